"""Calls of an op's own functions, whose exceptions leave as `OpRaised`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcheck.checks.exceptions import FAULTS, OpRaised
from gradcheck.checks.violation import Culprit
from gradcheck.ndarrays.types import Array


def called(culprit: Culprit, function: Callable[..., Any], /, *args: Any, **params: Any) -> Any:
    """Call one of an op's functions.

    Raises:
        OpRaised: with what it raised.
    """
    try:
        return function(*args, **params)
    except FAULTS as error:
        raise OpRaised(error, culprit) from error


def as_tuple(returned: Any) -> tuple[Array, ...]:
    """The returned array, or arrays, as a tuple."""
    return tuple(map(np.asarray, returned if isinstance(returned, tuple) else (returned,)))
