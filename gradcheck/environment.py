"""What a run was made with: versions and machine, as far as numbers may depend on them."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass, fields

import hypothesis
import numpy as np

from gradcheck import __version__


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Versions and machine.

    Attributes:
        gradcheck, python, numpy, hypothesis: versions.
        system: the operating system.
        machine: the processor's architecture.
    """

    gradcheck: str
    python: str
    numpy: str
    hypothesis: str
    system: str
    machine: str

    @classmethod
    def current(cls) -> Environment:
        """The environment of this process."""
        return cls(
            gradcheck=__version__,
            python=".".join(map(str, sys.version_info[:3])),
            numpy=np.__version__,
            hypothesis=hypothesis.__version__,
            system=platform.system(),
            machine=platform.machine(),
        )

    def differences(self, other: Environment) -> Iterator[str]:
        """Yield "numpy 2.1.0, now 2.4.2" for all that is not the same in another one."""
        for name in (field.name for field in fields(self)):
            before, now = getattr(self, name), getattr(other, name)
            if before != now:
                yield f"{name} {before}, now {now}"
