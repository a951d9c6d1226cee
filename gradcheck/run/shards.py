"""Shards: parts of a run for machines that share nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gradcheck.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """A part of a run, numbered from 1.

    `selected` are the ops of all parts together, in order.
    """

    number: int
    total: int
    selected: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.number}/{self.total}"

    def has(self, op: str) -> bool:
        """Whether an op is in this part, by its name alone."""
        import hashlib  # it takes a tenth of the start-up

        digest = hashlib.sha256(op.encode(errors="surrogatepass")).digest()
        return int.from_bytes(digest[:8], "big") % self.total == self.number - 1


def parsed_shard(text: str) -> tuple[int, int]:
    """The number and the total of "2/3".

    Raises:
        SettingsError: if it is no such thing.
    """
    match = re.fullmatch(r"\s*(\d{1,6})\s*/\s*(\d{1,6})\s*", text)
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        raise SettingsError(
            f"{text!r} is no shard; write 1/3, 2/3 or 3/3 for the parts of a run in three."
        )
    return int(match[1]), int(match[2])


def missing(shards: Sequence[Shard]) -> list[str]:
    """The parts of the run that are not among these, as "2/3"."""
    total = shards[0].total
    present = {shard.number for shard in shards}
    return [f"{number}/{total}" for number in range(1, total + 1) if number not in present]
