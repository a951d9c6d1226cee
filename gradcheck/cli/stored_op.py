"""The op that a stored failure is about: what is loaded for it, and what never is."""

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

_NAMED = 60  # characters of a name that a message shows
_SAID = 1000  # characters of an error that is told


def replay_command(stored: str, modules: Sequence[str], configured: Sequence[str]) -> str:
    """What to type to run a stored failure again, given its id and where its op came from."""
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
    path = Path(module).resolve()
    known = (Path(each).resolve() for each in configured if is_path(each))
    return path.is_relative_to(Path.cwd()) or path in known


def op_of(stored: StoredFailure, modules: Sequence[str], configuration: Configuration) -> OpSpec:
    """Load the op that a failure is about, as the configuration has it.

    Args:
        stored: the failure.
        modules: where to load from instead of where it came from.
        configuration: says where else ops may come from, and what holds for single ones.

    Raises:
        LoadError, SelectionError: if it is not there any more.
    """
    from gradcheck.cli.config.op_tables import overridden
    from gradcheck.cli.op_sources import importable
    from gradcheck.errors import LoadError, SelectionError, did_you_mean
    from gradcheck.results.documents.document_errors import told
    from gradcheck.spec.registry import Registry

    ops = configuration.config.settings["ops"]
    configured = located(ops)
    registry = Registry()
    for module in modules or stored.origins.modules:
        if not (modules or _is_trusted(module, configured)):
            raise LoadError(
                f"{stored.id} was found in {told(module)}, which does not lie below the current "
                "folder. If you trust that file, name it with --ops."
            )
        if not modules and is_path(module) and not os.path.isfile(module):  # noqa: PTH113
            raise LoadError(
                f"{stored.id} was found in {told(module)}, which is not here. Replay it in the "
                "folder where it was found, or name the file with --ops."
            )
        try:
            with importable(ops.folder):
                registry.load(module)
        except LoadError as error:
            raise LoadError(str(error)[:_SAID]) from error
    if stored.origins.builtin and not modules:
        registry.load_builtin()
    if stored.op not in registry:
        name = stored.op[:_NAMED]
        raise SelectionError(
            f"{stored.id} is about the op {told(stored.op)}, which is not there."
            f"{did_you_mean(name, [spec.name for spec in registry])}"
        )
    return overridden(registry.get(stored.op), configuration.config.tables)


def loading_of(
    stored: StoredFailure, modules: Sequence[str], configuration: Configuration
) -> Loading:
    """Where a worker process loads the op from that `op_of` has found here."""
    from gradcheck.run.workers.tasks import Loading

    return Loading(
        modules=tuple(modules or stored.origins.modules),
        builtin=stored.origins.builtin and not modules,
        beside=configuration.config.settings["ops"].folder,
    )
