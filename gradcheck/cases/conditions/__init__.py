"""Conditions on a call, in one table.

Coverage counts those that hold in the cases of a run, a mutant names one as its trigger, and
a diagnosis separates failing cases from passing ones by them. Each module has those of one
kind; those of `on_gradients` are left out of coverage.
"""

from gradcheck.cases.conditions.all_conditions import CONDITIONS, in_order, possible, traits_of
from gradcheck.cases.conditions.call_view import CallView
from gradcheck.cases.conditions.condition import Condition, Trait
from gradcheck.cases.conditions.possible import Scope

__all__ = ["CONDITIONS", "CallView", "Condition", "Scope", "Trait", "in_order", "possible"]
__all__ += ["traits_of"]
