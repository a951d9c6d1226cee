"""Conditions on shapes: ranks, broadcast patterns, sizes, and how the axes compare."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from gradcheck.cases.conditions.call_view import CallView, Shape
from gradcheck.cases.conditions.condition import Group, can
from gradcheck.cases.conditions.possible import Scope
from gradcheck.cases.shapes import LEADING, THRESHOLDS, stretches_of
from gradcheck.spec.axis_params import AxisParam
from gradcheck.spec.signature import Dim

_BLOCK = 8  # derived: float32 numbers of a vector register, which unrolled loops take at once
_CANDIDATES = (0, 1, 2, 3, 4, 5, 7, 9, 11, 16)  # sizes that show all there is of small ones
# Sizes one of which shows each condition on sizes.
_TRIED = (*range(2 * THRESHOLDS[0]), *(over + by for over in THRESHOLDS for by in range(1, 9)))
_MOST_RANKS = 10  # arbitrary: beyond the 6-D that is drawn there are only users' own cases


def _shape(call: CallView, name: str) -> Shape:
    return call.shapes.of[name]


def _names(call: CallView) -> tuple[str, ...]:
    return call.shapes.names


def _inputs(scope: Scope) -> tuple[str, ...]:
    return scope.spec.inputs if scope.spec.cases is None else ()


# Ranks.


def _possible_rank(scope: Scope, name: str, value: str) -> str | None:
    rank, argument, always = _RANKS.get(value), scope.argument(name), f"{name} always has an axis"
    if rank is None or argument is None:
        return always if rank == 0 and not scope.scalars else None
    fewest, most = sum(not dim.optional for dim in argument.dims), scope.ranks[name]
    if rank < max(fewest, int(_is_chosen(scope, name))):
        return f"{name} never has {rank} axes" if rank else always
    return can(fewest < most and rank <= most)


def _is_chosen(scope: Scope, name: str) -> bool:
    """Whether a param is an axis of an input."""
    params = scope.spec.params.values()
    return any(isinstance(p, AxisParam) and (p.kind, p.name) == ("axis", name) for p in params)


# Broadcasting, and the leading axes of all inputs together.


def _stretches(call: CallView) -> dict[str, set[str]]:
    """In which ways each input is broadcast to the whole shape."""
    leads, whole = call.shapes.leads, call.shapes.whole
    if whole is None or len(leads) < 2:
        return {}
    return {name: set(_stretched(lead, whole)) for name, lead in leads.items()}


def _stretched(lead: Shape, whole: Shape) -> Iterator[str]:
    last = len(lead) - 1
    for i, (n, m) in enumerate(zip(lead, whole[len(whole) - len(lead) :], strict=True)):
        if n == 1 < m:
            yield "first axis" if i == 0 else "last axis" if i == last else "middle axis"
    if len(lead) < len(whole):
        yield "lacks an axis" if lead else "lacks all axes"


def _how_many(call: CallView, _subject: str) -> tuple[int, int]:
    """How many inputs are broadcast, and to how many axes."""
    return sum(map(bool, _stretches(call).values())), len(call.shapes.whole or ())


def _between(scope: Scope, _subject: str, _value: str) -> str | None:
    return can(len(scope.leading()) > 1)


def _batched(call: CallView) -> tuple[str, ...]:
    """The whole call, where inputs have leading axes beside their own."""
    signature = call.shapes.signature
    leading = signature is not None and any(a.leading and a.dims for a in signature.inputs)
    return ("",) if leading and call.shapes.whole is not None else ()


def _possible_batch(scope: Scope, _subject: str, value: str) -> str | None:
    arguments = map(scope.argument, scope.spec.inputs)
    return can(value != "empty" and any(a is not None and a.leading and a.dims for a in arguments))


# Sizes of the signature, and of axes that have no name there.


def _size_names(scope: Scope) -> tuple[str, ...]:
    signature = scope.spec.signature
    return () if signature is None or scope.spec.cases is not None else signature.input_names


def _possible_size(scope: Scope, name: str, value: str) -> str | None:
    if value == "missing":
        return can(name in scope.optional_names())
    allowed = (n for n in _CANDIDATES if scope.allows(Dim(name, None, False), n))
    return can(any(map(_TESTS[value], allowed)) or _is_stretched(scope, name, value))


def _is_stretched(scope: Scope, axis: str, value: str) -> bool:
    """Whether an axis is drawn to be longer than usual."""
    return any((s.axis, f"> {s.over}") == (axis, value) for s in stretches_of(scope.spec))


def _possible_axis(scope: Scope, name: str, value: str) -> str | None:
    argument, test = scope.argument(name), _TESTS[value]
    if argument is None:
        return None
    if argument.leading:
        return can(any(map(test, _CANDIDATES)) or _is_stretched(scope, LEADING, value))
    if any(test(n) and scope.allows(dim, n) for dim in argument.dims for n in _TRIED):
        return None
    return f"no axis of {name} may be of {'odd size' if value == 'odd' else f'size {value}'}"


def _free_axes(call: CallView) -> Iterator[str]:
    """Inputs of which some axes have no name in the signature."""
    signature = call.shapes.signature
    arguments = signature.inputs if signature else (None,) * len(call.shapes.names)
    for name, argument in zip(call.shapes.names, arguments, strict=False):
        if argument is None or argument.leading:
            yield name


# Proportions of the axes of an input.


def _matrices(call: CallView) -> Iterator[str]:
    return (name for name, shape in call.shapes.of.items() if len(shape) > 1)


def _possible_proportion(scope: Scope, name: str, value: str) -> str | None:
    of_matrices = value in ("square", "tall by 2", "wide")
    argument = scope.argument(name)
    if argument is None or not (of_matrices or value in ("equal axes", "distinct axes")):
        return None
    ends = [dim.name for dim in argument.dims[-2:]] if of_matrices else []
    free = len(ends) == 2 and None not in ends and ends[0] != ends[1]
    return can(free or scope.spec.signature is None)


def _known_sizes(call: CallView, _subject: str) -> list[int]:
    return [n for n in call.shapes.size.values() if n is not None]


# fmt: off
_RANKS = {f"{rank}-D": rank for rank in range(_MOST_RANKS)}
# Value, words of a size, words of some axis of an input, and the test of a size.
_SIZES: tuple[tuple[str, str, str, Callable[[int], bool]], ...] = (
    ("0", "{} is 0", "an axis of {} has size 0", lambda n: n == 0),
    ("1", "{} is 1", "an axis of {} has size 1", lambda n: n == 1),
    ("odd", "{} is odd", "an axis of {} has an odd size", lambda n: n % 2 == 1),
    ("even", "{} is even", "an axis of {} has an even size", lambda n: n > 0 and n % 2 == 0),
    ("prime", "{} is a prime above 3", "the size of an axis of {} is a prime above 3",
     lambda n: n > 3 and all(n % d for d in range(2, math.isqrt(n) + 1))),
    ("> 8", "{} > 8", "an axis of {} is longer than 8", lambda n: n > _BLOCK),
    ("> 8, no multiple", "{} exceeds 8 and is no multiple of it",
     "the size of an axis of {} exceeds 8 and is no multiple of it",
     lambda n: n > _BLOCK and n % _BLOCK != 0),
    *((f"> {over}", f"{{}} > {over}", f"an axis of {{}} is longer than {over}",
       lambda n, over=over: n > over) for over in THRESHOLDS),
)
_TESTS = {value: test for value, _, _, test in _SIZES}
GROUPS = (
    Group(
        name="rank",
        rows=(
            *((value, f"{{}} is {value}", lambda shape, rank=rank: len(shape) == rank)
              for value, rank in _RANKS.items()),
            ("> 2-D", "{} has more than two axes", lambda shape: len(shape) > 2),
        ),
        part=_shape, subjects=_names, candidates=_inputs, possible=_possible_rank,
    ),
    Group(
        name="broadcast",
        rows=(
            ("no input", "no input is broadcast", lambda many: many[0] == 0 < many[1]),
            ("both ways", "inputs are broadcast against each other", lambda many: many[0] > 1),
        ),
        part=_how_many,
        subjects=lambda call: ("",) if _stretches(call) else (),
        possible=_between,
    ),
    Group(
        name="broadcast",
        rows=tuple((value, words, lambda ways, value=value: value in ways) for value, words in (
            ("lacks an axis", "{} lacks a leading axis"),
            ("lacks all axes", "{} lacks all leading axes"),
            ("first axis", "{} is stretched along its first axis"),
            ("middle axis", "{} is stretched along a middle axis"),
            ("last axis", "{} is stretched along its last leading axis"),
        )),
        part=lambda call, name: _stretches(call)[name],
        subjects=_stretches, candidates=Scope.leading, possible=_between,
    ),
    Group(
        name="batch",
        rows=(
            ("none", "there are no leading axes", lambda lead: not lead),
            ("empty", "a leading axis has size 0", lambda lead: 0 in lead),
            ("of 1", "the leading axes hold one entry", lambda lead: set(lead) == {1}),
            ("of more", "the leading axes hold several entries", lambda lead: math.prod(lead) > 1),
        ),
        part=lambda call, _: call.shapes.whole, subjects=_batched, possible=_possible_batch,
    ),
    Group(
        name="size",
        rows=(
            *((value, words, lambda n, test=test: n is not None and test(n))
              for value, words, _, test in _SIZES),
            ("missing", "{} is missing", lambda n: n is None),
        ),
        part=lambda call, name: call.shapes.size[name],
        subjects=lambda call: call.shapes.size, candidates=_size_names, possible=_possible_size,
    ),
    Group(
        name="axis",
        rows=tuple((value, words, lambda shape, test=test: any(map(test, shape)))
                   for value, _, words, test in _SIZES),
        part=_shape, subjects=_free_axes, candidates=Scope.leading, possible=_possible_axis,
    ),
    Group(
        name="entries",
        rows=(
            ("none", "{} has no entries", lambda shape: math.prod(shape) == 0),
            ("one", "{} has a single entry", lambda shape: math.prod(shape) == 1),
            ("> 64", "{} has more than 64 entries", lambda shape: math.prod(shape) > 64),
            ("> 1024", "{} has more than 1024 entries", lambda shape: math.prod(shape) > 1024),
        ),
        part=_shape, subjects=_names,
    ),
    Group(
        name="shape",
        rows=(
            ("square", "{} is square", lambda s: s[-2] == s[-1] > 1),
            ("not square", "{} is not square", lambda s: s[-2] != s[-1]),
            ("tall", "{} has more rows than columns", lambda s: s[-2] > s[-1]),
            ("tall by 2", "{} has at least two rows more than columns",
             lambda s: s[-2] >= s[-1] + 2),
            ("wide", "{} has more columns than rows", lambda s: s[-2] < s[-1]),
            ("equal axes", "all axes of {} are equally long",
             lambda s: min(s) > 1 and len(set(s)) == 1),
            ("distinct axes", "no two axes of {} are equally long",
             lambda s: min(s) > 1 and len(set(s)) == len(s)),
        ),
        part=_shape, subjects=_matrices, candidates=_inputs, possible=_possible_proportion,
    ),
    Group(
        name="shape",
        rows=(
            ("all equal", "all sizes are equal",
             lambda n: len(n) > 1 and n[0] > 1 and len(set(n)) == 1),
            ("all distinct", "all sizes are different",
             lambda n: len(n) > 1 and len(set(n)) == len(n)),
        ),
        part=_known_sizes,
    ),
)
