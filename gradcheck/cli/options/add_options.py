"""Decorators of several options at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Function = Callable[..., Any]
Decorator = Callable[[Function], Function]


def with_options(command: Function, *options: Decorator) -> Function:
    """Apply options so that help lists them in this order."""
    for option in reversed(options):
        command = option(command)
    return command
