"""gradcheck tells whether a hand-written gradient is right.

    import gradcheck as gc

    @gc.op("(...)->(...)")
    def sigmoid(x):
        return 1 / (1 + np.exp(-x))

    @sigmoid.derivative
    def _(out):
        return out * (1 - out)

    print(gc.check(sigmoid))

The names in `__all__` are the public interface. They are imported when they are first
used, so that `gradcheck --help` does not wait for NumPy and Hypothesis.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradcheck.results.rendering import register

if TYPE_CHECKING:
    from gradcheck.api import assert_gradient as assert_gradient
    from gradcheck.api import check as check
    from gradcheck.api import check_at as check_at
    from gradcheck.api import check_case as check_case
    from gradcheck.errors import GradcheckError as GradcheckError
    from gradcheck.errors import GradientError as GradientError
    from gradcheck.ndarrays.broadcasting import unbroadcast as unbroadcast
    from gradcheck.pytest_plugin.parametrize import pytest_ops as pytest_ops
    from gradcheck.results.result import Result as Result
    from gradcheck.results.verdict import Verdict as Verdict
    from gradcheck.spec.axis_params import axes_of as axes_of
    from gradcheck.spec.axis_params import axis_of as axis_of
    from gradcheck.spec.axis_params import permutation_of as permutation_of
    from gradcheck.spec.calls import call as call
    from gradcheck.spec.dims import size as size
    from gradcheck.spec.domains import distinct as distinct
    from gradcheck.spec.domains import domain as domain
    from gradcheck.spec.domains import integers as integers
    from gradcheck.spec.domains import lower_triangular as lower_triangular
    from gradcheck.spec.domains import nonnegative as nonnegative
    from gradcheck.spec.domains import nonzero as nonzero
    from gradcheck.spec.domains import orthogonal as orthogonal
    from gradcheck.spec.domains import positive as positive
    from gradcheck.spec.domains import real as real
    from gradcheck.spec.domains import spd as spd
    from gradcheck.spec.domains import symmetric as symmetric
    from gradcheck.spec.domains import unit_norm as unit_norm
    from gradcheck.spec.domains import well_conditioned as well_conditioned
    from gradcheck.spec.drawing import arrays as arrays
    from gradcheck.spec.op import op as op
    from gradcheck.spec.registry import Registry as Registry
    from gradcheck.spec.spec import OpSpec as OpSpec

__version__ = "0.1.0"

_HOME = {
    "api": (
        "assert_gradient",
        "check",
        "check_at",
        "check_case",
    ),
    "errors": (
        "GradcheckError",
        "GradientError",
    ),
    "ndarrays.broadcasting": ("unbroadcast",),
    "pytest_plugin.parametrize": ("pytest_ops",),
    "results.result": ("Result",),
    "results.verdict": ("Verdict",),
    "spec.axis_params": (
        "axes_of",
        "axis_of",
        "permutation_of",
    ),
    "spec.calls": ("call",),
    "spec.dims": ("size",),
    "spec.domains": (
        "distinct",
        "domain",
        "integers",
        "lower_triangular",
        "nonnegative",
        "nonzero",
        "orthogonal",
        "positive",
        "real",
        "spd",
        "symmetric",
        "unit_norm",
        "well_conditioned",
    ),
    "spec.drawing": ("arrays",),
    "spec.op": ("op",),
    "spec.registry": ("Registry",),
    "spec.spec": ("OpSpec",),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = ["__version__", *sorted(_MODULE_OF)]  # noqa: PLE0604 - strings, from the table above

# In a source checkout the catalogue and the profiles lie beside this package, not in it.
_here = Path(__file__).resolve().parent
if not (_here / "ops").is_dir() and (_here.parent / "ops" / "__init__.py").is_file():
    __path__.append(str(_here.parent))


register(lambda: importlib.import_module("gradcheck.reports.terminal.console"))


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'gradcheck' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"gradcheck.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
