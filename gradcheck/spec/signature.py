"""The shape of an op's inputs and outputs, in NumPy's gufunc notation.

    (...,m,n),(...,n,p)->(...,m,p)     batched matrix product
    (n?,k),(k,m?)->(n?,m?)             a dimension that may be missing
    (...,3),(...,3)->(...,3)           a fixed size
    (...,d),(k,d),(k)->(...,k)         a linear layer: its weights have no batch axes

Equal names are equal sizes. `...` stands for any leading axes; those of different
inputs broadcast against each other. A size that only outputs have is free.
Notation: https://numpy.org/doc/stable/reference/c-api/generalized-ufuncs.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from gradcheck.errors import SpecError

_DIM = re.compile(r"(?:(?P<name>[A-Za-z_]\w*)|(?P<size>\d+))(?P<optional>\?)?")
_GAP = re.compile(r"[\w?]+\s+\w+")
_EXAMPLE = "for example '(...,m,n),(...,n,p)->(...,m,p)'"


@dataclass(frozen=True, slots=True)
class Dim:
    """One core dimension: a named size, or a fixed one."""

    name: str | None
    size: int | None
    optional: bool

    def __str__(self) -> str:
        return f"{self.name if self.size is None else self.size}{'?' * self.optional}"


@dataclass(frozen=True, slots=True)
class ArgumentAxes:
    """The axes of an input or output; `leading` if `...` comes first."""

    leading: bool
    dims: tuple[Dim, ...]

    def __str__(self) -> str:
        return f"({','.join(['...'] * self.leading + [str(dim) for dim in self.dims])})"


@dataclass(frozen=True, slots=True)
class Signature:
    """A parsed signature; `str()` gives it back in its normal form."""

    inputs: tuple[ArgumentAxes, ...]
    outputs: tuple[ArgumentAxes, ...]

    def __str__(self) -> str:
        return f"{','.join(map(str, self.inputs))}->{','.join(map(str, self.outputs))}"

    @property
    def input_names(self) -> tuple[str, ...]:
        """Names of the sizes that inputs have, in order of appearance."""
        return _names(self.inputs)

    @property
    def optional_names(self) -> tuple[str, ...]:
        """Names of the sizes that may be missing."""
        dims = [dim for argument in self.inputs for dim in argument.dims]
        return tuple(dict.fromkeys(d.name for d in dims if d.optional and d.name))

    def mismatch(
        self, shapes: Sequence[tuple[int, ...]], sizes: Mapping[str, int | None]
    ) -> str | None:
        """Say how output shapes disagree with the signature, or return None.

        `sizes` are the sizes of the inputs by name; None stands for a missing dimension.
        """
        if len(shapes) != len(self.outputs):
            return f"{len(shapes)} output(s) where the signature {self} has {len(self.outputs)}"
        free: dict[str, int | None] = dict(sizes)
        for argument, shape in zip(self.outputs, shapes, strict=True):
            if not _fits(argument, shape, free):
                known = {k: v for k, v in free.items() if k in _names((argument,))}
                where = ", ".join(f"{k} = {v}" for k, v in known.items() if v is not None)
                return (
                    f"an output of shape {shape} where the signature says {argument}"
                    f"{f' with {where}' if where else ''}"
                )
        return None

    def sizes_of(self, shapes: Sequence[tuple[int, ...]]) -> dict[str, int | None] | None:
        """Sizes by name of inputs of such shapes; None where they differ."""
        sizes: dict[str, int | None] = {}
        pairs = zip(self.inputs, shapes, strict=False)
        fits = len(shapes) == len(self.inputs) and all(_fits(a, s, sizes) for a, s in pairs)
        return sizes if fits else None


@cache
def parse_signature(text: str) -> Signature:
    """Parse gufunc notation.

    Raises:
        SpecError: with a sentence of its own for each mistake in the notation.
    """
    compact = re.sub(r"\s+", "", text)
    if compact.count("->") != 1:
        raise SpecError(f"Signature {text!r} needs exactly one '->', {_EXAMPLE}.")
    if gap := _GAP.search(text):
        raise SpecError(
            f"Signature {text!r}: {gap[0]!r} is not a size; a comma is missing where the space is."
        )
    left, right = compact.split("->")
    signature = Signature(_arguments(left, text, "left"), _arguments(right, text, "right"))
    dims = [d for a in (*signature.inputs, *signature.outputs) for d in a.dims]
    optional = {dim.name for dim in dims if dim.optional}
    for dim in dims:
        if dim.name in optional and not dim.optional:
            raise SpecError(
                f"Signature {text!r} writes the size {dim.name!r} with and without '?'; "
                f"write '{dim.name}?' in each place."
            )
        if dim.optional and dim.name not in signature.input_names:
            raise SpecError(
                f"Signature {text!r}: {str(dim)!r} may be missing, but no input has it; a size "
                "is missing from an output where it is missing from the inputs."
            )
    return signature


def _arguments(text: str, whole: str, side: str) -> tuple[ArgumentAxes, ...]:
    if not re.fullmatch(r"\([^()]*\)(,\([^()]*\))*", text):
        raise SpecError(
            f"Signature {whole!r}: the {side} side {text!r} is not a list of parenthesised "
            f"arguments, {_EXAMPLE}."
        )
    return tuple(_argument(inner, whole) for inner in re.findall(r"\(([^()]*)\)", text))


def _argument(text: str, whole: str) -> ArgumentAxes:
    tokens = text.split(",") if text else []
    leading = bool(tokens) and tokens[0] == "..."
    dims = []
    for token in tokens[leading:]:
        if token == "...":
            raise SpecError(
                f"Signature {whole!r}: '...' stands for leading axes and must come first, "
                f"as in '({','.join(['...', *(t for t in tokens if t != '...')])})'."
            )
        match = _DIM.fullmatch(token)
        if match is None:
            raise SpecError(
                f"Signature {whole!r}: {token!r} is not a size; allowed are a name, a number, "
                "either with '?' behind it, and '...' in the first place."
            )
        size = match["size"]
        if size is not None and match["optional"]:
            raise SpecError(
                f"Signature {whole!r}: {token!r} is a fixed size and cannot be missing; "
                "give it a name, as in '(n?)', and narrow it with dims=."
            )
        dims.append(
            Dim(match["name"], None if size is None else int(size), bool(match["optional"]))
        )
    return ArgumentAxes(leading, tuple(dims))


def _names(arguments: Sequence[ArgumentAxes]) -> tuple[str, ...]:
    dims = [dim for argument in arguments for dim in argument.dims]
    return tuple(dict.fromkeys(dim.name for dim in dims if dim.name is not None))


def _fits(argument: ArgumentAxes, shape: tuple[int, ...], sizes: dict[str, int | None]) -> bool:
    """Match a shape from its last axis on; fill in free sizes."""
    dims = [d for d in argument.dims if d.name is None or sizes.get(d.name, 0) is not None]
    if len(shape) < len(dims) or (len(shape) > len(dims) and not argument.leading):
        return False
    core = shape[len(shape) - len(dims) :]
    for dim, size in zip(dims, core, strict=True):
        expected = dim.size if dim.name is None else sizes.setdefault(dim.name, size)
        if expected != size:
            return False
    return True
