"""Axes that may be stretched far, as costs grow no faster.

An attention over 65537 places would need 34 GB, as would the Jacobian that a gradient of
softmax may build; a loop in Python over them takes seconds. So a case over 1024 is looked at
before one over 65536 is run. The look counts bytes and lines, not seconds: what runs must not
depend on how fast the machine is.
"""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from gradcheck.cases.case import Case
from gradcheck.cases.shapes import THRESHOLDS, Stretch
from gradcheck.checks.exceptions import FAULTS
from gradcheck.checks.subject import Subject

_BYTES_EACH = 64  # that an op may need per byte of its inputs; arbitrary: far below 1025 of each
_BYTES_ANYWAY = 2**18  # arbitrary: what Python and NumPy take for themselves is less
_LINES = 512  # of Python that it may run; derived: a loop over 1025 entries runs more


@dataclass(slots=True)
class Scout:
    """Measures cases of moderate size to see which axes may grow.

    Attributes:
        subject: the op.
        cheap: for each axis that was looked at, whether it may grow.
    """

    subject: Subject
    cheap: dict[str, bool] = field(default_factory=dict)

    def allows(self, stretch: Stretch | None) -> bool:
        """Whether to run cases of a stretch; the nearest ones always run."""
        if stretch is None or stretch.over == THRESHOLDS[0]:
            return True
        return self.cheap.get(stretch.axis, False)

    def look(self, case: Case, stretch: Stretch | None) -> None:
        """Measure one call of forward and vjp for each stretched axis."""
        if stretch is None or stretch.axis in self.cheap:
            return
        size = sum(x.nbytes for x in case.inputs)
        most = _BYTES_EACH * size + _BYTES_ANYWAY
        costs = _costs(self.subject, case)
        self.cheap[stretch.axis] = all(peak <= most and lines <= _LINES for peak, lines in costs)


def _costs(subject: Subject, case: Case) -> Iterator[tuple[int, int]]:
    """Peak bytes, and lines of Python, of the functions of an op."""
    inputs, params = case.arranged(), case.params
    results: list[Any] = []
    yield _cost(lambda: results.append(subject.forward(*inputs, **params)))
    for out in results:
        outputs = tuple(map(np.asarray, out if isinstance(out, tuple) else (out,)))
        cotangents = case.cotangent.cotangents(outputs)
        g = cotangents if isinstance(out, tuple) else cotangents[0]
        yield _cost(partial(subject.vjp, g, inputs, params, out))
    if (reference := subject.reference) is not None:
        yield _cost(lambda: reference(*inputs, **params))


def _cost(function: Callable[[], Any]) -> tuple[int, int]:
    lines = 0

    def count(_frame: Any, event: str, _argument: Any) -> Any:
        nonlocal lines
        lines += event == "line"
        return count

    traced, tracer = tracemalloc.is_tracing(), sys.gettrace()
    if not traced:
        tracemalloc.start()
    tracemalloc.reset_peak()
    before, _ = tracemalloc.get_traced_memory()
    sys.settrace(count)
    try:
        function()
    except FAULTS:
        lines = sys.maxsize
    finally:
        sys.settrace(tracer)
        _, peak = tracemalloc.get_traced_memory()
        if not traced:
            tracemalloc.stop()
    return peak - before, lines
