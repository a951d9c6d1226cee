"""Ops of up to ten million numbers: the cost of a case grows as its size, its memory stays bounded.

Time is the processor's in a whole run over one op, `gc.check`, divided by its cases: they are
drawn, checked with the properties whose turn it is, and the worst of them is looked at again.
Equal seeds draw the same kinds of cases at every size. Beside it stands `check_at`, which draws
nothing. What is held to a bound is the cost per entry at the largest size beside that at a
hundredth of it. It would be 1 but for caches: 10⁵ numbers (0.8 MB) stay in one between two passes
over them, 10⁷ do not, and their pages have to be fetched from the system. NumPy pays for that
too: the op's own ratio stands beside.

Extra memory is the peak that `tracemalloc` sees in a case with every property, less the peak of one
plain forward and vjp whose results are kept, beside the bytes of all inputs and outputs. A gradient
in float32 is judged in double precision: there they count as what they take in that.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

import gradcheck as gc
from benchmarks.memory import peak
from benchmarks.products import Array, layer_norm, layer_norm_vjp, random_arrays
from benchmarks.rows import Row, at_most
from benchmarks.timing import readable
from gradcheck.cases.case import Case
from gradcheck.cases.cotangents import CotangentPlan
from gradcheck.checks.examine import examine
from gradcheck.checks.properties.catalogue import due
from gradcheck.checks.subject import subject_of

NAME = "large"
_CACHES = 1.5
_LONG = 2.0
_COLUMNS = 10
_ROW = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class _Op:
    """An op for some number of entries in all inputs and outputs.

    Attributes:
        name: of the op.
        forward, vjp: as `check_at` takes them.
        signature: with named sizes.
        sizes: the sizes for that many entries.
    """

    name: str
    forward: Callable[..., Any]
    vjp: Callable[..., Any]
    signature: str
    sizes: Callable[[int], dict[str, int]]

    def spec(self, entries: int, dtype: str = "float64") -> gc.OpSpec:
        """The op on inputs of these sizes and no others."""
        count = self.signature.partition("->")[0].count("(")
        dims = {name: gc.size(min=n, max=n) for name, n in self.sizes(entries).items()}
        domains = dict.fromkeys(("x", "y", "z")[:count], gc.real(-3, 3))
        made = gc.op(self.signature, name=self.name, dims=dims, domains=domains, dtypes=(dtype,))
        spec: gc.OpSpec = made(self.forward).vjp(self.vjp)
        return spec

    def inputs(self, entries: int) -> list[Array]:
        """Random inputs of these sizes."""
        sizes = self.sizes(entries)
        given = self.signature.partition("->")[0].strip("()").split("),(")
        shapes = [tuple(sizes[n] for n in each.split(",")) for each in given]
        return random_arrays(*shapes)


def _tanh(x: Array) -> Array:
    return np.tanh(x)


def _tanh_vjp(g: Array, x: Array) -> Array:
    out = np.tanh(x)
    return np.asarray(g * np.conj(1 - out * out))


def _logsumexp(x: Array) -> Array:
    most = x.max(-1)
    return np.asarray(most + np.log(np.exp(x - most[..., None]).sum(-1)))


def _logsumexp_vjp(g: Array, x: Array) -> Array:
    return np.asarray(g[..., None] * np.exp(x - _logsumexp(x)[..., None]))


def _layer_norm(x: Array, y: Array, z: Array) -> Array:
    return layer_norm(x, y, z)


def _layer_norm_vjp(g: Array, x: Array, y: Array, z: Array) -> tuple[Array, ...]:
    return layer_norm_vjp(g, x, y, z)


def _matmul(x: Array, y: Array) -> Array:
    return np.asarray(x @ y)


def _matmul_vjp(g: Array, x: Array, y: Array) -> tuple[Array, Array]:
    return g @ y.T, x.T @ g


def _fma(x: Array, y: Array, z: Array) -> Array:
    return x * y + z


def _fma_vjp(g: Array, x: Array, y: Array, z: Array) -> tuple[Array, ...]:  # noqa: ARG001 - named as in `_fma`
    return g * y, g * x, g.copy()


def _square(x: Array) -> Array:
    return x * x


def _square_vjp(g: Array, x: Array) -> Array:
    return np.asarray(2 * g * np.conj(x))


def _flat(share: int) -> Callable[[int], dict[str, int]]:
    return lambda entries: {"n": entries // share}


_TANH = _Op(name="tanh", forward=_tanh, vjp=_tanh_vjp, signature="(n)->(n)", sizes=_flat(2))
_LAYER_NORM = _Op(
    name="layer_norm",
    forward=_layer_norm,
    vjp=_layer_norm_vjp,
    signature="(n,k),(k),(k)->(n,k)",
    sizes=lambda entries: {"n": max(entries // 2 // _ROW, 1), "k": min(_ROW, entries // 2)},
)
_OPS = (
    _TANH,
    _Op(
        name="logsumexp",
        forward=_logsumexp,
        vjp=_logsumexp_vjp,
        signature="(m,n)->(m)",
        sizes=lambda entries: {"m": _COLUMNS, "n": entries // _COLUMNS},
    ),
    _LAYER_NORM,
    _Op(
        name="matmul",
        forward=_matmul,
        vjp=_matmul_vjp,
        signature="(n,k),(k,m)->(n,m)",
        sizes=lambda entries: {"n": max(entries // 2 // _COLUMNS, 1), "k": 10, "m": 10},
    ),
    _Op(
        name="x y + z",
        forward=_fma,
        vjp=_fma_vjp,
        signature="(n),(n),(n)->(n)",
        sizes=_flat(4),
    ),
)
_SQUARE = _Op(name="square", forward=_square, vjp=_square_vjp, signature="(n)->(n)", sizes=_flat(4))


def rows(*, smoke: bool) -> Iterator[Row]:
    """Measure from 10² to 10⁷ entries (10⁴ in a smoke run)."""
    powers = range(2, 5 if smoke else 8)
    cases = 3 if smoke else 4
    for op in _OPS:
        yield _time(op, [10**k for k in powers], cases)
    most = 3 * 10**5 if smoke else 10**7
    for op in _OPS:
        yield _memory(op, most, "float64")
    yield _memory(_TANH, most, "float32")
    yield _memory(_LAYER_NORM, most, "float32")
    yield _memory(_SQUARE, most, "complex128")
    yield _located(3 * 10**5 if smoke else 10**6)


def _time(op: _Op, sizes: Sequence[int], cases: int) -> Row:
    """The cost per entry at the largest size beside that at a hundredth of it."""
    specs = [op.spec(n) for n in sizes]
    whole = [_whole(spec, cases) for spec in specs]
    at_point = [_seconds(partial(_at, op, op.inputs(n))) for n in sizes]
    plain = [_seconds(partial(_plain, op, op.inputs(n))) for n in (sizes[-3], sizes[-1])]
    each = ", ".join(f"{seconds / n * 1e9:.3g}" for seconds, n in zip(whole, sizes, strict=True))
    return Row(
        item=NAME,
        measure=f"cost per entry at 10^{math.log10(sizes[-1]):g} / at "
        f"10^{math.log10(sizes[-3]):g}, {op.name}, a case of a whole check",
        ratio=_growth(whole, sizes),
        target=at_most(_CACHES),
        detail=f"{each} ns from 10^2 on; {readable(whole[-1])} a case; check_at "
        f"{_growth(at_point, sizes):.2f}, {readable(at_point[-1])}; the op alone "
        f"{plain[1] / plain[0] / 100:.2f}",
    )


def _growth(seconds: Sequence[float], sizes: Sequence[int]) -> float:
    return (seconds[-1] / sizes[-1]) / (seconds[-3] / sizes[-3])


def _whole(spec: gc.OpSpec, cases: int) -> float:
    """Seconds of one case of a check."""

    def check() -> None:
        result = gc.check(spec, cases=cases)
        assert result, str(result)

    return _seconds(check) / cases


def _at(op: _Op, inputs: Sequence[Array]) -> None:
    result = gc.check_at(op.forward, op.vjp, *inputs)
    assert result, str(result)


def _plain(op: _Op, inputs: Sequence[Array]) -> tuple[Any, Any]:
    out = op.forward(*inputs)
    return out, op.vjp(np.ones_like(out), *inputs)


def _seconds(work: Callable[[], object]) -> float:
    """The best of two runs, of which the first warms up; a long one needs no warming up."""
    best = math.inf
    for _ in range(2):
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
        if best > _LONG:
            break
    return best


def _memory(op: _Op, entries: int, dtype: str) -> Row:
    """Extra memory of a case with every property."""
    spec = op.spec(entries, dtype)
    inputs = _cast(op.inputs(entries), dtype)
    case = Case(
        inputs=tuple(inputs),
        names=spec.inputs,
        sizes=op.sizes(entries),
        domains=tuple(gc.real() for _ in inputs),
        dtype=dtype,
        cotangent=CotangentPlan(seed=66),
    )
    every = due(0, 1, frozenset(), frozenset())
    subject = subject_of(spec)

    def check() -> None:
        found = examine(subject, case, due=every)
        assert found.failure is None
        assert not found.unusable

    held, plain = _needed(op, _cast(inputs, "complex128" if dtype == "complex128" else "float64"))
    extra = peak(check) - plain
    return Row(
        item=NAME,
        measure=f"extra memory / inputs and outputs, {op.name} of {entries:,}, "
        f"{dtype}, every property",
        ratio=extra / held,
        target=at_most(4),
        detail=f"{extra / 2**20:.1f} MiB / {held / 2**20:.1f} MiB",
    )


def _needed(op: _Op, inputs: Sequence[Any]) -> tuple[int, int]:
    """Bytes of the inputs and outputs, and the peak of one plain forward and vjp."""
    held = sum(array.nbytes for array in (*inputs, op.forward(*inputs)))
    return held, peak(lambda: _plain(op, inputs))


def _cast(inputs: Sequence[Array], dtype: str) -> list[Any]:
    if dtype == "complex128":
        return [x + 1j * x[::-1] for x in inputs]
    return [x.astype(dtype) for x in inputs]


def _located(entries: int) -> Row:
    """Extra memory of a check that finds one wrong entry among all."""

    def wrong(g: Array, x: Array) -> Array:
        gradient = _tanh_vjp(g, x)
        gradient[x.size // 3] *= 1 + 1e-4
        return gradient

    (x,) = _TANH.inputs(entries)
    found: list[gc.Result] = []
    started = time.perf_counter()
    most = peak(lambda: found.append(gc.check_at(_tanh, wrong, x)))
    seconds = time.perf_counter() - started
    assert found[0].where == f"x[{x.size // 3}]", str(found[0])
    held = 2 * x.nbytes
    extra = most - peak(lambda: _plain(_TANH, [x]))
    return Row(
        item=NAME,
        measure=f"extra memory / inputs and outputs, tanh of {entries:,} with one entry "
        "wrong by 1e-4, which is found",
        ratio=extra / held,
        target=at_most(4),
        detail=f"{extra / 2**20:.1f} MiB / {held / 2**20:.1f} MiB; {readable(seconds)}",
    )
