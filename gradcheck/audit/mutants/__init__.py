"""Mutants: right gradients, broken on purpose, that a check should notice."""

from gradcheck.audit.mutants.all_mutants import MUTANTS, select

__all__ = ("MUTANTS", "select")
