"""How modules of ops are named: by their file, or with dots as `import` has it."""

from __future__ import annotations


def is_path(module: str) -> bool:
    """Whether a module is named by its file."""
    return module.endswith(".py") or "/" in module or "\\" in module
