"""Traits of shapes: ranks, broadcast patterns, sizes, and how the axes compare."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from gradcheck.cases.case import Case
from gradcheck.cases.conditions.condition import Trait, trait
from gradcheck.cases.conditions.possible import Scope
from gradcheck.cases.shapes import LEADING, THRESHOLDS, signature_of, stretches_of
from gradcheck.spec.axis_params import AxisParam
from gradcheck.spec.dims import Size
from gradcheck.spec.signature import ArgumentAxes, Signature
from gradcheck.spec.spec import OpSpec

Shape = tuple[int, ...]
Sizes = Mapping[str, int | None]

_BLOCK = 8
_CANDIDATES = (0, 1, 2, 3, 4, 5, 7, 9, 11, 16)  # sizes that show all traits of small ones

_SIZES: Mapping[str, Callable[[int], bool]] = MappingProxyType(
    {
        "0": lambda n: n == 0,
        "1": lambda n: n == 1,
        "odd": lambda n: n % 2 == 1,
        "even": lambda n: n > 0 and n % 2 == 0,
        "prime": lambda n: n > 3 and all(n % d for d in range(2, int(n**0.5) + 1)),
        "> 8": lambda n: n > _BLOCK,
        "> 8, no multiple": lambda n: n > _BLOCK and n % _BLOCK != 0,
    }
    | {f"> {over}": lambda n, over=over: n > over for over in THRESHOLDS}
)
_OF_SIZE: Mapping[str, str] = MappingProxyType(
    {
        "0": "{} is 0",
        "1": "{} is 1",
        "odd": "{} is odd",
        "even": "{} is even",
        "prime": "{} is a prime above 3",
        "> 8": "{} > 8",
        "> 8, no multiple": "{} exceeds 8 and is no multiple of it",
        "missing": "{} is missing",
    }
    | {f"> {over}": f"{{}} > {over}" for over in THRESHOLDS}
)
_OF_AXIS: Mapping[str, str] = MappingProxyType(
    {
        "0": "an axis of {} has size 0",
        "1": "an axis of {} has size 1",
        "odd": "an axis of {} has an odd size",
        "even": "an axis of {} has an even size",
        "prime": "the size of an axis of {} is a prime above 3",
        "> 8": "an axis of {} is longer than 8",
        "> 8, no multiple": "the size of an axis of {} exceeds 8 and is no multiple of it",
    }
    | {f"> {over}": f"an axis of {{}} is longer than {over}" for over in THRESHOLDS}
)
_ENTRIES: Mapping[str, str] = MappingProxyType(
    {
        "none": "{} has no entries",
        "one": "{} has a single entry",
        "> 64": "{} has more than 64 entries",
        "> 1024": "{} has more than 1024 entries",
    }
)
_BATCH: Mapping[str, str] = MappingProxyType(
    {
        "none": "there are no leading axes",
        "empty": "a leading axis has size 0",
        "of 1": "the leading axes hold one entry",
        "of more": "the leading axes hold several entries",
    }
)
_BROADCAST: Mapping[str, str] = MappingProxyType(
    {
        "no input": "no input is broadcast",
        "both ways": "inputs are broadcast against each other",
        "lacks an axis": "{} lacks a leading axis",
        "lacks all axes": "{} lacks all leading axes",
        "first axis": "{} is stretched along its first axis",
        "middle axis": "{} is stretched along a middle axis",
        "last axis": "{} is stretched along its last leading axis",
    }
)
_EVERY_INPUT = tuple(_BROADCAST)[2:]
_SHAPE: Mapping[str, str] = MappingProxyType(
    {
        "square": "{} is square",
        "not square": "{} is not square",
        "tall": "{} has more rows than columns",
        "tall by 2": "{} has at least two rows more than columns",
        "wide": "{} has more columns than rows",
        "equal axes": "all axes of {} are equally long",
        "distinct axes": "no two axes of {} are equally long",
    }
)
_PROPORTIONS: Mapping[str, str] = MappingProxyType(
    {"all equal": "all sizes are equal", "all distinct": "all sizes are different"}
)
VALUES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "rank": (*(f"{n}-D" for n in range(7)), "> 2-D"),
        "broadcast": tuple(_BROADCAST),
        "batch": tuple(_BATCH),
        "size": tuple(_OF_SIZE),
        "axis": tuple(_OF_AXIS),
        "entries": tuple(_ENTRIES),
        "shape": (*_SHAPE, *_PROPORTIONS),
    }
)


def traits(case: Case, signature: Signature | None) -> tuple[Trait, ...]:
    """The traits of the shapes of a case."""
    shapes = tuple(x.shape for x in case.inputs)
    return _of_shapes(case.names, shapes, tuple(case.sizes.items()), signature)


@lru_cache(maxsize=4096)
def _of_shapes(
    names: tuple[str, ...],
    shapes: tuple[Shape, ...],
    sizes: tuple[tuple[str, int | None], ...],
    signature: Signature | None,
) -> tuple[Trait, ...]:
    found = [t for name, shape in zip(names, shapes, strict=True) for t in _of_input(name, shape)]
    found += _of_sizes(dict(sizes))
    arguments = signature.inputs if signature else (None,) * len(names)
    for name, shape, argument in zip(names, shapes, arguments, strict=False):
        if argument is None or argument.leading:
            found += [
                trait("axis", name, value, template)
                for value, template in _OF_AXIS.items()
                if any(_SIZES[value](n) for n in shape)
            ]
    found += _of_leading(names, shapes, dict(sizes), signature)
    return tuple(found)


def _of_input(name: str, shape: Shape) -> Iterator[Trait]:
    """Rank, number of entries, and proportions of one input."""
    yield _rank(name, len(shape))
    if len(shape) > 2:
        yield _high_rank(name)
    entries = int(np.prod(shape))
    shown = {"none": entries == 0, "one": entries == 1, "> 64": entries > 64}
    shown["> 1024"] = entries > 1024
    if len(shape) > 1:
        rows, columns = shape[-2:]
        long = min(shape) > 1
        shown |= {
            "square": rows == columns > 1,
            "not square": rows != columns,
            "tall": rows > columns,
            "tall by 2": rows >= columns + 2,
            "wide": rows < columns,
            "equal axes": long and len(set(shape)) == 1,
            "distinct axes": long and len(set(shape)) == len(shape),
        }
    for value, holds in shown.items():
        if holds:
            group, words = ("entries", _ENTRIES) if value in _ENTRIES else ("shape", _SHAPE)
            yield trait(group, name, value, words[value])


def _rank(name: str, rank: int) -> Trait:
    return trait("rank", name, f"{rank}-D", f"{{}} is {rank}-D")


def _high_rank(name: str) -> Trait:
    return trait("rank", name, "> 2-D", "{} has more than two axes")


def _of_sizes(sizes: Sizes) -> Iterator[Trait]:
    """Traits of the sizes of the signature, each by itself and all together."""
    for name, n in sizes.items():
        if n is None:
            yield trait("size", name, "missing", _OF_SIZE["missing"])
            continue
        for value, shown in _SIZES.items():
            if shown(n):
                yield trait("size", name, value, _OF_SIZE[value])
    known = [n for n in sizes.values() if n is not None]
    if len(known) > 1:
        if known[0] > 1 and len(set(known)) == 1:
            yield trait("shape", "", "all equal", _PROPORTIONS["all equal"])
        if len(set(known)) == len(known):
            yield trait("shape", "", "all distinct", _PROPORTIONS["all distinct"])


def _of_leading(
    names: Sequence[str], shapes: Sequence[Shape], sizes: Sizes, signature: Signature | None
) -> Iterator[Trait]:
    """How the leading axes of the inputs broadcast, and how many entries they hold."""
    leads = dict(zip(names, shapes, strict=True))
    if signature is not None:
        leads = {
            name: shape[: len(shape) - _core(argument, sizes)]
            for name, shape, argument in zip(names, shapes, signature.inputs, strict=False)
            if argument.leading
        }
    try:
        whole = np.broadcast_shapes(*leads.values())
    except ValueError:
        return  # without a signature, shapes need not have anything to do with each other
    if len(leads) > 1:
        yield from _of_broadcast(leads, whole)
    if signature is not None and any(a.leading and a.dims for a in signature.inputs):
        count = int(np.prod(whole))
        value = "none" if not whole else "empty" if not count else "of 1"
        value = "of more" if count > 1 else value
        yield trait("batch", "", value, _BATCH[value])


def _core(argument: ArgumentAxes, sizes: Sizes) -> int:
    """How many axes of an input are not leading ones."""
    return sum(dim.name is None or sizes.get(dim.name, 0) is not None for dim in argument.dims)


def _of_broadcast(leads: Mapping[str, Shape], whole: Shape) -> Iterator[Trait]:
    broadcast = 0
    for name, lead in leads.items():
        values = _stretches(lead, whole)
        broadcast += bool(values)
        for value in values:
            yield trait("broadcast", name, value, _BROADCAST[value])
    if broadcast > 1:
        yield trait("broadcast", "", "both ways", _BROADCAST["both ways"])
    if not broadcast and whole:
        yield trait("broadcast", "", "no input", _BROADCAST["no input"])


def _stretches(lead: Shape, whole: Shape) -> list[str]:
    """In which ways one input is broadcast to the whole shape."""
    values = []
    if len(lead) < len(whole):
        values.append("lacks an axis" if lead else "lacks all axes")
    last = len(lead) - 1
    places = {
        "first axis" if i == 0 else "last axis" if i == last else "middle axis"
        for i, (n, m) in enumerate(zip(lead, whole[len(whole) - len(lead) :], strict=True))
        if n == 1 < m
    }
    return [*values, *(value for value in _EVERY_INPUT if value in places)]


def possible(scope: Scope) -> Iterator[Trait]:
    """The traits that the shapes of an op could show, by its signature."""
    spec = scope.spec
    if spec.cases is not None:
        return
    signature = signature_of(spec)
    arguments = dict(zip(spec.inputs, signature.inputs, strict=False))
    for name, argument in arguments.items():
        yield from _possible_ranks(spec, name, argument, most=scope.ranks[name])
    leading = [name for name, argument in arguments.items() if argument.leading]
    if len(leading) > 1:
        for value in ("no input", "both ways"):
            yield trait("broadcast", "", value, _BROADCAST[value])
        for name in leading:
            for value in _EVERY_INPUT:
                yield trait("broadcast", name, value, _BROADCAST[value])
    if any(argument.leading and argument.dims for argument in signature.inputs):
        for value in ("none", "of 1", "of more"):
            yield trait("batch", "", value, _BATCH[value])
    yield from _possible_sizes(spec, signature, leading)
    for name, argument in arguments.items():
        yield from _possible_shapes(name, argument, with_signature=spec.signature is not None)


def _possible_ranks(
    spec: OpSpec, name: str, argument: ArgumentAxes, *, most: int
) -> Iterator[Trait]:
    """Ranks of an input that may have several; an axis can be chosen only where there is one."""
    fewest = sum(not dim.optional for dim in argument.dims)
    chosen = any(
        isinstance(p, AxisParam) and p.kind == "axis" and p.name == name
        for p in spec.params.values()
    )
    if fewest < most:
        for rank in range(max(fewest, int(chosen)), most + 1):
            yield _rank(name, rank)


def _possible_sizes(spec: OpSpec, signature: Signature, leading: Sequence[str]) -> Iterator[Trait]:
    beyond = {(stretch.axis, f"> {stretch.over}") for stretch in stretches_of(spec)}
    for name in signature.input_names:
        allowed = [n for n in _CANDIDATES if _allows(spec.dims.get(name), n)]
        for value, shown in _SIZES.items():
            if (name, value) in beyond or any(map(shown, allowed)):
                yield trait("size", name, value, _OF_SIZE[value])
        if name in signature.optional_names:
            yield trait("size", name, "missing", _OF_SIZE["missing"])
    for name in leading:
        for value, shown in _SIZES.items():
            if (LEADING, value) in beyond or any(map(shown, _CANDIDATES)):
                yield trait("axis", name, value, _OF_AXIS[value])


def _allows(size: Size | None, n: int) -> bool:
    if size is None:
        return True
    top = n if size.max is None else size.max
    return size.min <= n <= top and n % size.multiple_of == 0


def _possible_shapes(name: str, argument: ArgumentAxes, *, with_signature: bool) -> Iterator[Trait]:
    """Proportions of a matrix whose two sizes are free, and of an array of any shape."""
    if not with_signature:
        for value in ("square", "tall by 2", "wide", "equal axes", "distinct axes"):
            yield trait("shape", name, value, _SHAPE[value])
    if len(argument.dims) > 1:
        rows, columns = (dim.name for dim in argument.dims[-2:])
        if rows is not None and columns is not None and rows != columns:
            for value in ("square", "tall by 2", "wide"):
                yield trait("shape", name, value, _SHAPE[value])
