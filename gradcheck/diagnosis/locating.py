"""Where a mistake shows: in which entries, or in which cases."""

from __future__ import annotations

from gradcheck.diagnosis.case_candidates import on_cases
from gradcheck.diagnosis.entry_candidates import on_entries
from gradcheck.diagnosis.separation import Question, necessary, separating
from gradcheck.diagnosis.survey import Survey
from gradcheck.results.kind import Kind

_LEAST_PASSING = 4  # arbitrary: of fewer passing cases nothing is proven anyway


def only_where(survey: Survey) -> str:
    """Say what stands after "only where"; nothing where that is unknown.

    A condition that tells the two apart exactly is better than one with exceptions, and one
    on entries says more than one on cases.
    """
    questions = [*_on_entries(survey), *_on_cases(survey)]
    for answer in (separating, necessary):
        for question in questions:
            words = answer(question)
            if words:
                return words
    return ""


def _on_entries(survey: Survey) -> list[Question]:
    if survey.failure.kind not in (Kind.VALUE, Kind.NONFINITE):
        return []
    questions = []
    for name in survey.arguments:
        # A condition is held against the case that is shown before it is printed.
        specimens = [s for s in survey.specimens(name) if s.wrong.any()]
        held = (
            bool(specimens) and survey.shows(name) and specimens[-1] is survey.specimens(name)[-1]
        )
        question = on_entries(specimens, survey.right) if held else None
        if question is not None:
            questions.append(question)
    return questions


def _on_cases(survey: Survey) -> list[Question]:
    right = survey.right
    if survey.failure.kind is Kind.VALUE:
        right = [each for each in right if each.shows(survey.failure.argument)]
    if not survey.wrong or len(right) < _LEAST_PASSING:
        return []
    return [on_cases([*survey.wrong, *right], survey.subject.signature)]
