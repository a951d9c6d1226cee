"""Shards: a run in parts that several machines check, without a word between them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from gradcheck.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """One part of a run.

    Attributes:
        number: which one, from 1.
        total: how many there are.
        selected: the ops of all parts together, in order.
    """

    number: int
    total: int
    selected: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.number}/{self.total}"

    def has(self, op: str) -> bool:
        """Whether an op is in this part: that depends on its name alone."""
        digest = hashlib.sha256(op.encode(errors="surrogatepass")).digest()
        return int.from_bytes(digest[:8], "big") % self.total == self.number - 1


def parsed_shard(text: str) -> tuple[int, int]:
    """The number and the total of "2/3".

    Raises:
        SettingsError: if it is no such thing.
    """
    found = re.fullmatch(r"\s*(\d{1,6})\s*/\s*(\d{1,6})\s*", text)
    if found is None or not 1 <= int(found[1]) <= int(found[2]):
        raise SettingsError(
            f"{text!r} is no shard; write 1/3, 2/3 or 3/3 for the parts of a run in three."
        )
    return int(found[1]), int(found[2])


def missing(shards: Sequence[Shard]) -> list[str]:
    """The parts that are not among these, "2/3", where they are parts of one run."""
    total = shards[0].total
    present = {shard.number for shard in shards}
    return [f"{number}/{total}" for number in range(1, total + 1) if number not in present]
