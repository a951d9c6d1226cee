"""All mutants, and those that globs select."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence

from gradcheck.audit.mutants import (
    conditional_mutants,
    cotangent_mutants,
    forms,
    memory_mutants,
    sums,
    value_mutants,
)
from gradcheck.audit.mutants.mutant import Mutant
from gradcheck.errors import SelectionError, did_you_mean

_FAMILIES = (value_mutants, cotangent_mutants, sums, conditional_mutants, forms, memory_mutants)
MUTANTS: tuple[Mutant, ...] = tuple(mutant for family in _FAMILIES for mutant in family.mutants())


def select(patterns: Sequence[str]) -> tuple[Mutant, ...]:
    """Return the mutants whose names fit any glob; all without any.

    Raises:
        SelectionError: for a glob that fits none.
    """
    names = [mutant.name for mutant in MUTANTS]
    for pattern in patterns:
        if not fnmatch.filter(names, pattern):
            raise SelectionError(
                f"There is no mutant {pattern!r}.{did_you_mean(pattern, names)} "
                "'gradcheck audit --list' shows all of them."
            )
    return tuple(
        mutant
        for mutant in MUTANTS
        if not patterns or any(fnmatch.fnmatchcase(mutant.name, p) for p in patterns)
    )
