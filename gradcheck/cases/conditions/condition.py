"""A trait: something that a case shows, such as "x has an exact zero"."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache


@dataclass(frozen=True, order=True, slots=True)
class Trait:
    """Something that a case shows, in words that also stand after "only where".

    Attributes:
        group: what it is about: "rank", "value", "layout", …
        subject: the argument, size or param that shows it; empty where it is the whole call.
        value: what is shown, as short as it stands in a table: "zero", "> 1024".
        words: the whole phrase: "x has an exact zero", "n > 1024".
    """

    group: str
    subject: str
    value: str
    words: str = field(compare=False, default="")

    def __str__(self) -> str:
        return self.words


@lru_cache(maxsize=1 << 14)
def trait(group: str, subject: str, value: str, template: str) -> Trait:
    """Return a trait; in the template of its words `{}` stands for the subject."""
    return Trait(group, subject, value, template.replace("{}", subject, 1))
