"""The axes along which an input is repeated, and its gradient summed."""

from __future__ import annotations

from dataclasses import dataclass

from gradcheck.cases.conditions.call_view import CallView
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


def repeats(call: CallView, name: str) -> Repeats:
    """Read from the signature how an input is repeated.

    Without a signature, or with several outputs, nothing is known and nothing is repeated.
    """
    signature = call.shapes.signature
    if signature is None or len(signature.outputs) != 1 or not call.outputs:
        return _NOWHERE
    missing = call.shapes.missing
    shape, out = call.inputs[name].shape, call.outputs[0].shape
    own = _names(signature.inputs[list(call.inputs).index(name)], missing)
    others = _names(signature.outputs[0], missing)
    core = len(shape) - len(own)
    first = len(out) - len(others)  # the first of the output's own axes
    before = first - core  # leading axes that the input does not have
    ahead = (1,) * before + shape[:core]
    stretched = tuple(i for i in range(first) if ahead[i] == 1 < out[i])
    foreign = (first + i for i, own_name in enumerate(others) if own_name not in own)
    summed = (*stretched, *(axis for axis in foreign if out[axis] > 1))
    broadcast = stretched if any(a.leading for a in signature.inputs) else ()
    return Repeats(out[:first], shape[core:], broadcast, summed)


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


def _names(argument: ArgumentAxes, missing: frozenset[str | None]) -> tuple[str, ...]:
    """An argument's own axes; a fixed size is named by its number."""
    return tuple(str(dim).rstrip("?") for dim in argument.dims if dim.name not in missing)
