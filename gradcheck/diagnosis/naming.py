"""The first known mistake that explains every specimen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from gradcheck.cases.case import Case
from gradcheck.diagnosis.accumulation import accumulation
from gradcheck.diagnosis.arrangements import arrangements
from gradcheck.diagnosis.constants import constants
from gradcheck.diagnosis.cotangent_faults import cotangents, parts
from gradcheck.diagnosis.digits import digits
from gradcheck.diagnosis.factors import chains, formulas, itself
from gradcheck.diagnosis.mistake import Mistake, everywhere, first_that_fits, in_some_entries
from gradcheck.diagnosis.other_points import elsewhere
from gradcheck.diagnosis.specimen import Specimen
from gradcheck.diagnosis.survey import Survey
from gradcheck.diagnosis.vjp_probes import layouts, rules
from gradcheck.results.failure import Failure
from gradcheck.results.kind import Kind


def looks_like(survey: Survey) -> str:
    """Describe the returned gradient by the right one; empty where unknown."""
    for name in survey.arguments:
        specimens = survey.specimens(name)
        if survey.failure.kind is Kind.VALUE:
            specimens = [s for s in specimens if s.wrong.any() or _is_kinked(s)]
        elif survey.failure.kind is Kind.SHAPE:
            specimens = [s for s in specimens if s.returned.shape != s.x.shape]
        if not specimens:
            continue
        cases = [*survey.failing, *survey.passing]
        mistake = first_that_fits(_mistakes(survey.failure.kind, specimens, cases), specimens)
        if mistake is not None:
            return f"{_whose(name, survey.failure)}{mistake.words}"
    return ""


def _mistakes(
    kind: Kind, specimens: Sequence[Specimen], cases: Sequence[Case]
) -> Iterator[Mistake]:
    """The mistakes that can make a failure of that kind."""
    if kind in (Kind.VALUE, Kind.SHAPE):
        yield from _of_values(specimens, cases)
    elif kind is Kind.NONFINITE:
        yield from digits(specimens)
    elif kind in (Kind.ZERO, Kind.LINEARITY):
        yield from rules()
    elif kind is Kind.LAYOUT:
        yield from layouts()


def _of_values(specimens: Sequence[Specimen], cases: Sequence[Case]) -> Iterator[Mistake]:
    """All mistakes in the order that they are tried, simple ones first."""
    yield from constants(specimens, everywhere)
    yield from arrangements(specimens)
    yield from itself(everywhere)
    yield from cotangents(specimens)
    yield from formulas(specimens, everywhere)
    yield from accumulation()
    yield from parts()
    yield from rules()
    yield from constants(specimens, in_some_entries)
    yield from chains(specimens)
    yield from elsewhere(specimens, cases)
    yield from itself(in_some_entries)
    yield from formulas(specimens, in_some_entries)
    yield from digits(specimens)


def _is_kinked(specimen: Specimen) -> bool:
    """Whether a kink may hide that several entries are wrong together."""
    return bool(np.isinf(specimen.right.bar).any())


def _whose(name: str, failure: Failure) -> str:
    """Say whose gradient is meant where several are wrong."""
    compared = failure.case.comparisons if failure.case is not None else ()
    wrong = {c.argument for c in compared if not c.agrees and c.argument}
    return f"∂L/∂{name}: " if len(wrong) > 1 else ""
