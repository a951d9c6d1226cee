"""Along which axes of the output an input is repeated: there its gradient is a sum."""

from __future__ import annotations

from dataclasses import dataclass

from gradcheck.audit.mutants.mutant import VjpCall
from gradcheck.spec.signature import ArgumentAxes, Signature


@dataclass(frozen=True, slots=True)
class Repeats:
    """How one input is repeated in the one output of a call.

    Attributes:
        lead: the leading sizes of the output.
        core: the sizes of the input's own axes.
        broadcast: leading axes of the output along which the input is broadcast.
        summed: these, and the output's own axes that the input does not have; all longer
            than 1.
    """

    lead: tuple[int, ...]
    core: tuple[int, ...]
    broadcast: tuple[int, ...]
    summed: tuple[int, ...]


_NOWHERE = Repeats((), (), (), ())


def repeats(call: VjpCall, place: int) -> Repeats:
    """Read from the signature how the input of a gradient is repeated.

    Without a signature, or with several outputs, nothing is known and nothing is repeated.
    """
    signature = call.signature
    if signature is None or len(signature.outputs) != 1 or not call.has(place):
        return _NOWHERE
    missing = _missing(signature, call)
    x, out = call.argument(place), call.outputs[0]
    own = _names(signature.inputs[call.active[place]], missing)
    core = len(own)
    others = _names(signature.outputs[0], missing)
    first = out.ndim - len(others)  # the first of the output's own axes
    before = first - (x.ndim - core)  # leading axes that the input does not have
    lead, shape = out.shape[:first], (1,) * before + x.shape[: x.ndim - core]
    stretched = tuple(i for i in range(first) if shape[i] == 1 < lead[i])
    foreign = (first + i for i, name in enumerate(others) if name not in own)
    summed = (*stretched, *(axis for axis in foreign if out.shape[axis] > 1))
    broadcast = stretched if any(a.leading for a in signature.inputs) else ()
    return Repeats(lead, x.shape[x.ndim - core :], broadcast, summed)


def may_broadcast(signature: Signature | None, place: int) -> bool:
    """Whether some other input can have leading axes that this one lacks."""
    if signature is None or place >= len(signature.inputs):
        return False
    return any(a.leading for i, a in enumerate(signature.inputs) if i != place)


def may_be_summed(signature: Signature | None, place: int) -> bool:
    """Whether the output can have an axis that this input lacks."""
    if signature is None or place >= len(signature.inputs) or len(signature.outputs) != 1:
        return False
    own = _names(signature.inputs[place], frozenset())
    foreign = set(_names(signature.outputs[0], frozenset())) - set(own)
    unlike = signature.outputs[0].leading and not signature.inputs[place].leading
    return bool(foreign) or unlike or may_broadcast(signature, place)


def _missing(signature: Signature, call: VjpCall) -> frozenset[str]:
    """Optional sizes that are missing: those of inputs that are short of axes."""
    return frozenset(
        dim.name
        for argument, x in zip(signature.inputs, call.inputs, strict=False)
        for dim in argument.dims
        if dim.optional and dim.name is not None and x.ndim < len(argument.dims)
    )


def _names(argument: ArgumentAxes, missing: frozenset[str]) -> tuple[str, ...]:
    """The axes that an argument has by itself; a fixed size is named by its number."""
    return tuple(str(dim).rstrip("?") for dim in argument.dims if dim.name not in missing)
