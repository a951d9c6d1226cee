"""The op of a stored failure: which modules are loaded for it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.cli.config.relative_paths import located
from gradcheck.spec.importing import is_path

if TYPE_CHECKING:
    from gradcheck.cli.configured_command import Configuration
    from gradcheck.run.history.stored_failure import StoredFailure
    from gradcheck.run.workers.tasks import Loading
    from gradcheck.spec.spec import OpSpec

_LONGEST_NAME = 60  # characters in a message; arbitrary: from 30 to 100 it fits on a line
_LONGEST_ERROR = 1000  # characters; arbitrary: a dozen lines, less than a screen


def replay_command(stored: str, modules: Sequence[str], configured: Sequence[str]) -> str:
    """The command that runs a stored failure again."""
    far = [module for module in modules if not _is_trusted(module, configured)]
    return shlex.join(["gradcheck", "replay", stored, *(p for m in far for p in ("--ops", m))])


def _is_trusted(module: str, configured: Sequence[str]) -> bool:
    """Whether a module is loaded because a stored failure names it.

    A file that was passed on must not choose what runs: what it may name are the files below
    the current folder, those that the project itself names, and what is installed.
    """
    if not is_path(module):
        return True
    if not module.isprintable():
        return False
    path = Path(os.path.realpath(module))
    known = (os.path.realpath(each) for each in configured if is_path(each))
    return path.is_relative_to(Path.cwd()) or str(path) in known


def op_of(stored: StoredFailure, modules: Sequence[str], configuration: Configuration) -> OpSpec:
    """Load the op of a failure, as it is configured.

    Args:
        modules: where to load from instead of where it came from.
        configuration: names trusted modules, and has the tables about single ops.

    Raises:
        LoadError, SelectionError: if it is not there any more.
    """
    from gradcheck.cli.config.op_tables import overridden
    from gradcheck.cli.op_sources import importable
    from gradcheck.errors import LoadError, SelectionError, did_you_mean
    from gradcheck.results.documents.document_errors import excerpt
    from gradcheck.spec.registry import Registry

    ops = configuration.config.settings["ops"]
    configured = located(ops)
    registry = Registry()
    for module in modules or stored.origins.modules:
        if not (modules or _is_trusted(module, configured)):
            raise LoadError(
                f"{stored.id} was found in {excerpt(module)}, which does not lie below the current "
                "folder. If you trust that file, name it with --ops."
            )
        if not modules and is_path(module) and not os.path.exists(module):  # noqa: PTH110
            raise LoadError(
                f"{stored.id} was found in {excerpt(module)}, which is not here. Replay it in the "
                "folder where it was found, or name the file with --ops."
            )
        try:
            with importable(ops.folder):
                registry.load(module)
        except LoadError as error:
            raise LoadError(str(error)[:_LONGEST_ERROR]) from error
    if stored.origins.builtin and not modules:
        registry.load_builtin()
    if stored.op not in registry:
        name = stored.op[:_LONGEST_NAME]
        raise SelectionError(
            f"{stored.id} is about the op {excerpt(stored.op)}, which is not there."
            f"{did_you_mean(name, [spec.name for spec in registry])}"
        )
    return overridden(registry.get(stored.op), configuration.config.tables)


def loading_of(
    stored: StoredFailure, modules: Sequence[str], configuration: Configuration
) -> Loading:
    """The sources of the same op for a worker process."""
    from gradcheck.run.workers.tasks import Loading

    return Loading(
        modules=tuple(modules or stored.origins.modules),
        builtin=stored.origins.builtin and not modules,
        beside=configuration.config.settings["ops"].folder,
    )
