"""The type of a property."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from gradcheck.checks.trial import Trial
    from gradcheck.checks.violation import Violation

When = Literal["always", "in turn", "on request", "per run"]
LAYOUT_HINT = "If it is to take C-contiguous arrays only, say layouts=('C',) in the spec."


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """A requirement on an op besides the value of its gradient.

    It is checked "always" with each case, "in turn" with some, "on request" where `also=`
    asks for it, or "per run" on all cases together.
    """

    name: str
    when: When
    text: str  # the docstring of its module
    # Absent where the examination or the engine itself sees it.
    check: Callable[[Trial], Violation | None] | None = None
    hint: str = ""  # for the message where the op raises on what this property tries

    @property
    def summary(self) -> str:
        """The first line of the text."""
        return self.text.strip().partition("\n")[0]
