"""From failing and passing cases to the words that a report shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradcheck.cases.case import Case
from gradcheck.checks.subject import Subject
from gradcheck.diagnosis.locating import only_where
from gradcheck.diagnosis.naming import looks_like
from gradcheck.diagnosis.survey import Survey
from gradcheck.results.failure import Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """The mistake behind a failure; each part empty where it is unknown.

    Attributes:
        looks_like: what the returned gradient is, beside the right one.
        only_where: what all failing cases have and no passing one has, or hardly any.
    """

    looks_like: str = ""
    only_where: str = ""


def diagnose(
    subject: Subject, failing: Sequence[Case], passing: Sequence[Case], failure: Failure
) -> Diagnosis:
    """Name the mistake behind a failure.

    Args:
        subject: the op.
        failing: cases that fail in this way, the reduced one last.
        passing: cases in which nothing is wrong.
        failure: the failure of the reduced case.
    """
    survey = Survey(subject, failing, passing, failure)
    with np.errstate(all="ignore"):
        return Diagnosis(looks_like=looks_like(survey), only_where=only_where(survey))
