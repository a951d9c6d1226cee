"""A failure as a document: one failing case, complete enough to replay."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gradcheck.results.documents.codec import from_plain, to_plain
from gradcheck.results.documents.document_errors import DocumentError, excerpt
from gradcheck.results.documents.files import dumped, read, shown
from gradcheck.results.documents.values import is_held
from gradcheck.results.failure import CaseReport
from gradcheck.results.result import Result
from gradcheck.run.environment import Environment
from gradcheck.spec.fingerprint import fingerprint
from gradcheck.spec.spec import OpSpec

FORMAT: Literal["gradcheck-failure"] = "gradcheck-failure"
VERSION = 1  # of the document: a field that changes its meaning makes another one
_DIGITS = 8  # of an id; derived: 32 bits, so that of 1000 failures hardly two have the same
_ID = re.compile(f"[0-9a-f]{{{_DIGITS},64}}")
_IN_THE_ID = ("inputs", "params", "dtype", "layout", "cotangents")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origins:
    """Where an op was loaded from.

    Attributes:
        modules: files and dotted names, as they were given with --ops.
        builtin: whether the built-in ops were loaded.
    """

    modules: tuple[str, ...] = ()
    builtin: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFailure:
    """A failure that is kept.

    Attributes:
        id: a digest of op and case; equal failures have equal ids.
        fingerprint: of the op, see `gradcheck.spec.fingerprint`.
        found: when, in UTC, as ISO 8601.
        also: properties that were checked on request.
        result: of the run that found it; its failure holds the case.
    """

    format: Literal["gradcheck-failure"] = FORMAT
    version: int = VERSION
    id: str
    op: str
    origins: Origins
    fingerprint: str
    environment: Environment
    found: str = ""
    also: tuple[str, ...] = ()
    result: Result

    @classmethod
    def of(
        cls,
        result: Result,
        spec: OpSpec,
        origins: Origins,
        *,
        also: tuple[str, ...] = (),
        found: str = "",
    ) -> StoredFailure:
        """Describe the failure of a result.

        Raises:
            DocumentError: if there is no case, or it holds what cannot be kept as data.
        """
        case = _case_of(result)
        if case is None:
            raise DocumentError(f"The failure of {result.op!r} has no case that could be kept.")
        for name, value in case.params.items():
            if not is_held(value):
                raise DocumentError(
                    f"The failing case of {result.op!r} cannot be kept: its param {name!r} is a "
                    f"{type(value).__name__}, which is no plain data."
                )
        return cls(
            id=_id_of(result.op, case),
            op=result.op,
            origins=origins,
            fingerprint=fingerprint(spec),
            environment=Environment.current(),
            found=found,
            also=also,
            result=result,
        )

    @classmethod
    def load(cls, path: Path) -> StoredFailure:
        """Read one.

        Raises:
            DocumentError: if the file is missing or holds something else.
        """
        stored = from_plain(cls, read(path, kind=FORMAT, version=VERSION), shown(path))
        if _case_of(stored.result) is None:
            raise DocumentError(f"{shown(path)} holds no failing case.")
        if not _ID.fullmatch(stored.id):  # it becomes the name of a file
            raise DocumentError(
                f"{shown(path)}.id should be {_DIGITS} to 64 hexadecimal digits; "
                f"it is {excerpt(stored.id)}."
            )
        return stored

    @property
    def case(self) -> CaseReport:
        case = _case_of(self.result)
        assert case is not None
        return case

    def text(self) -> str:
        """Return it as JSON."""
        return dumped(to_plain(self), indent=1)


def is_storable(result: Result) -> bool:
    """Whether a result has a failing case."""
    return _case_of(result) is not None


def _case_of(result: Result) -> CaseReport | None:
    failure = result.failure
    return failure.case if failure is not None and failure.case and failure.case.inputs else None


def _id_of(op: str, case: CaseReport) -> str:
    plain = to_plain(case)
    essence = dumped([op, *(plain[key] for key in _IN_THE_ID)])
    return hashlib.sha256(essence.encode()).hexdigest()[:_DIGITS]
