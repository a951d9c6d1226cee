"""The registry: ops by name, loaded from modules of Python code.

The built-in catalogue comes in by the same door as a user's module: an entry point in the
group `gradcheck.ops`.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import entry_points
from pathlib import Path

from gradcheck.errors import LoadError, SelectionError, SpecError, did_you_mean, listing
from gradcheck.spec.keywords import keyword_filter
from gradcheck.spec.loading import load_ops
from gradcheck.spec.sources import sources_of
from gradcheck.spec.spec import OpSpec

BUILTIN = "gradcheck.ops"
GROUP = "gradcheck.ops"


class Registry:
    """Ops by name, in the order in which they were added."""

    def __init__(self, specs: Iterable[OpSpec] = ()) -> None:
        self._specs: dict[str, OpSpec] = {}
        for spec in specs:
            self.add(spec)

    def __len__(self) -> int:
        return len(self._specs)

    def __iter__(self) -> Iterator[OpSpec]:
        return iter(list(self._specs.values()))

    def __contains__(self, name: object) -> bool:
        return name in self._specs

    def __repr__(self) -> str:
        return f"Registry({', '.join(self._specs)})"

    def add(self, spec: OpSpec) -> OpSpec:
        """Add a complete op.

        Raises:
            SpecError: if it has no gradient, or if another op has its name.
        """
        self._check(spec)
        self._specs[spec.name] = spec
        return spec

    def _check(self, spec: OpSpec) -> None:
        if not isinstance(spec, OpSpec):
            raise SpecError(f"A registry holds ops made by gc.op; got {spec!r}.")
        if not spec.complete:
            raise SpecError(
                f"op {spec.name!r} ({spec.location}) has no gradient: add one with "
                f"@{spec.name}.vjp or @{spec.name}.derivative."
            )
        other = self._specs.get(spec.name)
        if other is not None and other is not spec:
            raise SpecError(_clash(spec, other))
        sources_of(spec)  # raises where domains and params do not fit together

    def get(self, name: str) -> OpSpec:
        """Return the op of that name.

        Raises:
            SelectionError: if there is none; it names the nearest one.
        """
        if name not in self._specs:
            raise SelectionError(
                f"There is no op {name!r}.{did_you_mean(name, self._specs)} "
                f"'gradcheck list' shows all {len(self)}."
            )
        return self._specs[name]

    def load(self, module: str | Path) -> list[OpSpec]:
        """Import a module, by dotted name or path, and add its ops.

        Raises:
            LoadError: if it is missing, fails while it is imported, or defines no op.
            SpecError: if an op has no gradient or a name that is taken.
        """
        specs = load_ops(str(module))
        if not specs:
            raise LoadError(
                f"{module} defines no op. An op is made by @gradcheck.op(...) and given its "
                "gradient by @NAME.vjp."
            )
        for spec in specs:
            self._check(spec)
        for spec in specs:
            self.add(spec)
        return specs

    def load_builtin(self) -> None:
        """Add the built-in catalogue and what installed plugins register."""
        plugins = (entry.value for entry in entry_points(group=GROUP))
        for module in dict.fromkeys((BUILTIN, *plugins)):
            self.load(module)

    def select(
        self,
        patterns: Sequence[str] = (),
        *,
        keyword: str = "",
        tags: Sequence[str] = (),
        exclude: Sequence[str] = (),
    ) -> list[OpSpec]:
        """Return ops by name or glob, keyword expression and tags.

        Args:
            patterns: names or globs (`'log*'`); an op that fits any of them is meant.
            keyword: words joined by `and`, `or`, `not` and parentheses; a word fits an op
                whose name or tags contain it.
            tags: an op that has any of them is meant.
            exclude: names or globs to leave out.

        Raises:
            SelectionError: for a pattern or tag that fits nothing, or a malformed keyword.
        """
        for pattern in (*patterns, *exclude):
            self._require(pattern)
        known_tags = sorted({tag for spec in self for tag in spec.tags})
        for tag in tags:
            if tag not in known_tags:
                raise SelectionError(
                    f"No op has the tag {tag!r}; known are {listing(known_tags)}."
                    f"{did_you_mean(tag, known_tags)}"
                )
        matches = keyword_filter(keyword)
        return [
            spec
            for spec in self
            if (not patterns or _fits(spec.name, patterns))
            and not _fits(spec.name, exclude)
            and (not tags or set(tags) & set(spec.tags))
            and matches(spec)
        ]

    def _require(self, pattern: str) -> None:
        if not any(_fits(name, [pattern]) for name in self._specs):
            if any(c in pattern for c in "*?["):
                raise SelectionError(
                    f"No op fits {pattern!r}; 'gradcheck list' shows all {len(self)}."
                )
            self.get(pattern)


def _fits(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def _clash(spec: OpSpec, other: OpSpec) -> str:
    if spec.location == other.location and spec.module != other.module:
        return (
            f"{spec.module!r} is the same file as {other.module!r}, imported twice "
            f"({spec.location.file}); name it one way only."
        )
    return (
        f"Two ops are called {spec.name!r}: {other.location} and {spec.location}. "
        "Rename one, or give it name='...'."
    )
