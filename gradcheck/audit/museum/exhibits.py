"""Exhibits, and the decorator that makes one of a forward."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gradcheck.spec.spec import OpSpec

Function = Callable[..., Any]
_GITHUB = "https://github.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """One wrong gradient and the right one of the same forward.

    Attributes:
        id: "R01" for a mistake that was released, "T01" for one that is typical.
        said: the mistake in a sentence.
        exposed_by: the input that shows it.
        cited: issues about it, "owner/repo#n"; empty for a typical first mistake.
        wrong: the op with the wrong gradient.
        right: the same op with the right one.
    """

    id: str
    said: str
    exposed_by: str
    cited: tuple[str, ...]
    wrong: OpSpec
    right: OpSpec

    @property
    def op(self) -> str:
        """The name of the op."""
        return self.right.name

    @property
    def links(self) -> tuple[str, ...]:
        """Where the cited issues stand."""
        return tuple(re.sub(r"^(.+)#(\d+)$", rf"{_GITHUB}/\1/issues/\2", c) for c in self.cited)


def bug(
    key: str,
    said: str,
    *,
    exposed_by: str,
    op: Callable[[Function], OpSpec],
    cited: tuple[str, ...] = (),
) -> Callable[[Function], Exhibit]:
    """Make an exhibit of a forward, whose two gradients follow.

    Args:
        key: the id.
        said, exposed_by, cited: as in `Exhibit`.
        op: what `gc.op(...)` returned; it makes both ops of the one forward.
    """

    def of(forward: Function) -> Exhibit:
        return Exhibit(
            id=key,
            said=said,
            exposed_by=exposed_by,
            cited=cited,
            wrong=op(forward),
            right=op(forward),
        )

    return of
