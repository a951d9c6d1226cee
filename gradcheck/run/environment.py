"""Versions and machine, as far as numbers may depend on them."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path

import hypothesis
import numpy as np

from gradcheck import __version__

_OF_MACHINE = ("system", "machine", "processor")
_AND = " + "
_SHOWN = 60  # characters of a version that a message shows; arbitrary: more than versions have


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Versions and machine.

    Attributes:
        machine: the processor's architecture.
        processor: the processor's model, where that is known.
    """

    gradcheck: str
    python: str
    numpy: str
    hypothesis: str
    system: str
    machine: str
    processor: str = ""

    @classmethod
    def current(cls) -> Environment:
        return cls(
            gradcheck=__version__,
            python=platform.python_version(),
            numpy=np.__version__,
            hypothesis=hypothesis.__version__,
            system=platform.system(),
            machine=platform.machine(),
            processor=_processor(),
        )

    def differences(self, other: Environment) -> Iterator[str]:
        """Yield each difference from another one: "numpy 2.1.0, now 2.4.2"."""
        for name in (field.name for field in fields(self)):
            before, now = getattr(self, name), getattr(other, name)
            if before != now:
                yield f"{name} {before[:_SHOWN] or 'unknown'}, now {now[:_SHOWN] or 'unknown'}"

    def same_machine(self, other: Environment) -> bool:
        """Whether times that were taken with both can be compared."""
        return all(getattr(self, name) == getattr(other, name) for name in _OF_MACHINE)

    def without_machine(self) -> Environment:
        """The versions alone."""
        return replace(self, **dict.fromkeys(_OF_MACHINE, ""))

    def also_on(self, other: Environment) -> Environment:
        """The same environment, with the machines of both."""
        both = {}
        for name in _OF_MACHINE:
            ours, theirs = getattr(self, name), getattr(other, name)
            both[name] = ours if theirs in ours.split(_AND) else f"{ours}{_AND}{theirs}"
        return replace(self, **both)


@cache
def _processor() -> str:
    """The processor's model: on Linux from a file, elsewhere from Python."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor())
