"""The first known mistake that explains every specimen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

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
from gradcheck.diagnosis.projections import projections
from gradcheck.diagnosis.randomness import new_mask
from gradcheck.diagnosis.specimen import Specimen
from gradcheck.diagnosis.survey import Survey
from gradcheck.diagnosis.vjp_probes import layouts, rules
from gradcheck.results.failure import Failure
from gradcheck.results.kind import Kind

SWAPPED = "the two are swapped"
_BESIDE = 6  # arbitrary: cases in which another gradient is looked at; small ones tell little


def looks_like(survey: Survey) -> str:
    """Describe each wrong gradient by the right one; empty where unknown."""
    if survey.failure.kind is Kind.DETERMINISM:
        return new_mask(survey.subject, survey.failing)
    words = {name: _described(survey, _telling(survey, name)) for name in survey.arguments}
    known = {name: text for name, text in words.items() if text}
    beside: dict[str, str] = {}
    if survey.failure.kind is Kind.VALUE and not any(SWAPPED in text for text in known.values()):
        beside = {name: _described(survey, wrong) for name, wrong in _beside(survey, words)}
    if not any(beside.values()):
        return next((f"{_whose(name, survey.failure)}{text}" for name, text in known.items()), "")
    parts = (known | beside).items()
    return "; ".join(f"∂L/∂{name}: {text or 'wrong as well'}" for name, text in parts)


def _telling(survey: Survey, name: str) -> list[Specimen]:
    """Specimens of one input that show the failure."""
    specimens = survey.specimens(name)
    if survey.failure.kind is Kind.VALUE:
        return [s for s in specimens if s.wrong.any() or _is_kinked(s)]
    if survey.failure.kind is Kind.SHAPE:
        return [s for s in specimens if s.returned.shape != s.x.shape]
    return specimens


def _described(survey: Survey, specimens: Sequence[Specimen]) -> str:
    if not specimens:
        return ""
    cases = [*survey.failing, *survey.passing]
    mistake = first_that_fits(_mistakes(survey.failure.kind, specimens, cases), specimens)
    return "" if mistake is None else mistake.words


def _beside(survey: Survey, known: Iterable[str]) -> Iterator[tuple[str, list[Specimen]]]:
    """Other inputs whose gradient is wrong in the same cases."""
    specimens = [s for name in survey.arguments for s in survey.specimens(name)][::-1]
    names = dict.fromkeys(n for s in specimens for n in s.trial.inputs.differentiable)
    for name in names:
        if name not in known:
            others = (other for s in specimens if (other := s.beside(name)) is not None)
            wrong = [*islice((other for other in others if other.wrong.any()), _BESIDE)]
            if wrong:
                yield name, wrong[::-1]


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
    yield from parts(specimens[0])
    yield from rules()
    yield from projections(specimens)
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
