"""Bounds of the named sizes of a signature."""

from __future__ import annotations

from dataclasses import dataclass

from gradcheck.errors import SpecError


@dataclass(frozen=True, slots=True)
class Size:
    """The sizes that a named dimension may have."""

    min: int = 0
    max: int | None = None
    multiple_of: int = 1

    def __str__(self) -> str:
        top = f"…{self.max}" if self.max is not None else "…"
        step = f", multiples of {self.multiple_of}" if self.multiple_of > 1 else ""
        return f"{self.min}{top}{step}"


def size(*, min: int = 0, max: int | None = None, multiple_of: int = 1) -> Size:  # noqa: A002 - reads as it should: size(min=1)
    """Narrow a named size of the signature: `dims={"n": gc.size(min=1, multiple_of=2)}`.

    Raises:
        SpecError: if no size is left.
    """
    if min < 0 or multiple_of < 1:
        raise SpecError(
            f"size(min={min}, multiple_of={multiple_of}): min is 0 or more, multiple_of 1 or more."
        )
    smallest = -(-min // multiple_of) * multiple_of
    if max is not None and smallest > max:
        raise SpecError(f"size(min={min}, max={max}, multiple_of={multiple_of}) allows no size.")
    return Size(min, max, multiple_of)
