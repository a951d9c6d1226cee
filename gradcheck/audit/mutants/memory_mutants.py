"""Vjps that share memory, write into arguments, misread layouts, or remember calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.audit.mutants.mutant import (
    Gradients,
    Mutant,
    Site,
    VjpCall,
    of_all,
    of_call,
    of_gradient,
)
from gradcheck.audit.mutants.unread import arrays_unread, input_unread, output_unread
from gradcheck.cases.conditions import CONDITIONS, Condition
from gradcheck.cases.conditions.on_gradients import equal_pair, identical, in_memory_order
from gradcheck.checks.subject import Subject
from gradcheck.ndarrays.types import Array


def mutants() -> Iterator[Mutant]:
    """Yield the mutants of this family."""
    yield from _shared()
    yield from _writing()
    yield from _misread()
    yield from _remembering()


def _shared() -> Iterator[Mutant]:
    yield Mutant(
        name="same-array-twice",
        description="returns one array for two inputs whose gradients are equal",
        trigger=CONDITIONS["gradient", "several"],
        plant=of_all(_same_array),
        breaks="the vjp",
    )
    yield Mutant(
        name="view-of-cotangent",
        description="is the cotangent itself, where the two are equal",
        trigger=CONDITIONS["gradient", "filled"],
        plant=of_gradient(_itself(lambda call: call.cotangents)),
    )
    yield Mutant(
        name="view-of-input",
        description="is an input itself, where the two are equal",
        trigger=CONDITIONS["gradient", "filled"],
        plant=of_gradient(_itself(lambda call: call.inputs)),
    )


def _writing() -> Iterator[Mutant]:
    written: tuple[tuple[str, str, Condition, Callable[[VjpCall], Sequence[Array]]], ...] = (
        (
            "cotangent-changed",
            "writes into the cotangent",
            CONDITIONS["gradient", "always"],
            _cotangents,
        ),
        (
            "input-changed",
            "writes into the first input",
            CONDITIONS["gradient", "always"],
            _first_input,
        ),
        (
            "output-changed",
            "writes into what the forward returned",
            CONDITIONS["gradient", "always"],
            _outputs,
        ),
        (
            "param-changed",
            "writes into a param",
            CONDITIONS["gradient", "array param"],
            _array_params,
        ),
    )
    for name, what, trigger, arrays in written:
        yield Mutant(
            name=name,
            description=what,
            trigger=trigger,
            plant=of_all(_changing(arrays)),
            breaks="the vjp",
        )


def _misread() -> Iterator[Mutant]:
    yield Mutant(
        name="input-in-memory-order",
        description="has a vjp that reads the input as it lies in memory",
        trigger=CONDITIONS["gradient", "input order"],
        plant=_input_in_memory_order,
        idle=input_unread,
    )
    yield Mutant(
        name="output-in-memory-order",
        description="is computed from the output as it lies in memory",
        trigger=CONDITIONS["gradient", "output order"],
        plant=of_call(_output_in_memory_order),
        idle=output_unread,
    )
    yield Mutant(
        name="raises-at-strided",
        description="makes the vjp raise where the cotangent is not contiguous",
        trigger=CONDITIONS["gradient", "not contiguous"],
        plant=of_call(_contiguous_only),
    )


def _remembering() -> Iterator[Mutant]:
    for name, what, plant in (
        ("doubled-when-repeated", "is doubled when a call is repeated", _doubled_when_repeated),
        ("buffer-reused", "is written into the array that was returned before", _one_buffer),
    ):
        yield Mutant(
            name=name,
            description=what,
            trigger=CONDITIONS["gradient", "filled"],
            plant=plant,
            shows="in further calls",
        )
    for name, what, plant in (
        ("first-call-kept", "takes the arrays of the first call with these shapes", _first_call),
        ("last-forward-kept", "takes the arrays of the forward's last call", _last_forward),
    ):
        yield Mutant(
            name=name,
            description=what,
            trigger=CONDITIONS["gradient", "always"],
            plant=plant,
            idle=arrays_unread,
            breaks="the vjp",
            shows="in further calls",
        )


def _same_array(_call: VjpCall, gradients: Gradients) -> tuple[Array, ...]:
    pair = equal_pair(gradients)
    if pair is not None:
        gradients[pair[1]] = gradients[pair[0]]
    return tuple(gradients)


def _itself(
    arguments: Callable[[VjpCall], Sequence[Array]],
) -> Callable[[VjpCall, int, Array], Array]:
    def change(call: VjpCall, _place: int, d: Array) -> Array:
        return next((a for a in arguments(call) if identical(a, d)), d)

    return change


def _cotangents(call: VjpCall) -> Sequence[Array]:
    return call.cotangents


def _outputs(call: VjpCall) -> Sequence[Array]:
    return call.outputs


def _first_input(call: VjpCall) -> Sequence[Array]:
    return call.inputs[:1]


def _array_params(call: VjpCall) -> Sequence[Array]:
    return [p for p in call.params.values() if isinstance(p, np.ndarray) and p.size]


def _changing(
    arrays: Callable[[VjpCall], Sequence[Array]],
) -> Callable[[VjpCall, Gradients], tuple[Array, ...]]:
    def change(call: VjpCall, gradients: Gradients) -> tuple[Array, ...]:
        for array in arrays(call):
            array[...] = array == 0  # every entry becomes another one
        return tuple(gradients)

    return change


def _input_in_memory_order(site: Site) -> Subject:
    """Let all gradients see it so: its own may not need it."""

    def broken(call: VjpCall) -> Any:
        if not call.has(site.place):
            return tuple(site.rule(call))
        at = call.active[site.place]
        inputs = list(call.inputs)
        inputs[at] = in_memory_order(inputs[at])
        return tuple(site.rule(replace(call, inputs=tuple(inputs))))

    return site.with_vjp(broken)


def _output_in_memory_order(call: VjpCall, _place: int) -> VjpCall:
    outputs = tuple(map(in_memory_order, call.outputs))
    return replace(call, out=outputs if isinstance(call.out, tuple) else outputs[0])


def _contiguous_only(call: VjpCall, _place: int) -> VjpCall:
    if not all(g.flags.forc for g in call.cotangents):
        raise ValueError("the cotangent is not contiguous")
    return call


def _doubled_when_repeated(site: Site) -> Subject:
    seen: set[tuple[str, bytes]] = set()

    def broken(call: VjpCall) -> Any:
        gradients = site.rule(call)
        arrays = b"".join(array.tobytes() for array in (*call.cotangents, *call.inputs))
        key = repr(call.params), arrays
        if key in seen and call.has(site.place):
            gradients[site.place] = np.asarray(2 * gradients[site.place])
        seen.add(key)
        return tuple(gradients)

    return site.with_vjp(broken)


def _first_call(site: Site) -> Subject:
    """A vjp with a cache that is keyed by shapes."""
    kept: dict[Any, tuple[tuple[Array, ...], Any]] = {}

    def broken(call: VjpCall) -> Any:
        key = (repr(call.params), tuple((x.shape, x.dtype) for x in call.inputs))
        inputs, out = kept.setdefault(key, (tuple(x.copy() for x in call.inputs), call.out))
        return tuple(site.rule(replace(call, inputs=inputs, out=out)))

    return site.with_vjp(broken)


def _last_forward(site: Site) -> Subject:
    """A layer that stores its input in the forward."""
    stored: dict[str, Any] = {}

    def forward(*inputs: Array, **params: Any) -> Any:
        stored["inputs"], stored["out"] = inputs, site.subject.forward(*inputs, **params)
        return stored["out"]

    def broken(call: VjpCall) -> Any:
        if [x.shape for x in stored.get("inputs", ())] == [x.shape for x in call.inputs]:
            return tuple(site.rule(replace(call, **stored)))
        return tuple(site.rule(call))

    return replace(site.with_vjp(broken), forward=forward)


def _one_buffer(site: Site) -> Subject:
    buffers: dict[Any, Array] = {}

    def broken(call: VjpCall) -> Any:
        gradients = site.rule(call)
        if call.has(site.place):
            d = gradients[site.place]
            buffer = buffers.setdefault((d.shape, d.dtype), np.empty_like(d))
            buffer[...] = d
            gradients[site.place] = buffer
        return tuple(gradients)

    return site.with_vjp(broken)
