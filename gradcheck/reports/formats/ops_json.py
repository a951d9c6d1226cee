"""Ops as JSON: what `gradcheck list` and `gradcheck show` say, for programs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from gradcheck.reports.text import words
from gradcheck.results.documents import to_plain
from gradcheck.results.documents.files import dumped

if TYPE_CHECKING:
    from gradcheck.results.failure import CaseReport
    from gradcheck.spec.binding import Location
    from gradcheck.spec.spec import OpSpec


def ops_as_json(specs: Iterable[OpSpec]) -> str:
    """Ops with their signatures, tags and summaries."""
    return dumped([_summary(spec) for spec in specs], indent=1)


def op_as_json(spec: OpSpec, example: CaseReport) -> str:
    """An op with all that its spec says, and its worked example."""
    rules = [rule for rule in (spec.gradient, spec.tangent_rule) if rule is not None]
    about = {
        **_summary(spec),
        "doc": spec.doc,
        "source": spec.source,
        "inputs": list(spec.inputs),
        "nondiff": sorted(spec.nondiff),
        "params": list(spec.param_defaults),
        "sizes": {name: str(size) for name, size in spec.dims.items()},
        "dtypes": list(spec.dtypes),
        "rtol": spec.rtol,
        "reason": spec.reason,
        "rules": {rule.kind: _place(rule.location) for rule in rules},
        "example": to_plain(example),
    }
    return dumped(about, indent=1)


def _summary(spec: OpSpec) -> dict[str, Any]:
    return {
        "name": spec.name,
        "signature": words.signature(spec),
        "tags": list(spec.tags),
        "summary": spec.summary,
        "location": _place(spec.location),
    }


def _place(location: Location | None) -> dict[str, Any] | None:
    return None if location is None else {"file": location.file, "line": location.line}
