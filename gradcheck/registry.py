"""The registry: ops by name, loaded from modules of Python code.

Defining an op notes it under the module that defined it; loading a module takes what it
defined into a registry. The built-in catalogue comes in by the same door as a user's
module: an entry point in the group `gradcheck.ops`.
"""

from __future__ import annotations

import fnmatch
import hashlib
import importlib
import importlib.util
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import entry_points
from itertools import pairwise
from pathlib import Path
from types import ModuleType

from gradcheck.cases import CasePlan
from gradcheck.errors import LoadError, SelectionError, SpecError, did_you_mean, listing
from gradcheck.modules import is_path
from gradcheck.spec import OpSpec

BUILTIN = "gradcheck.ops"
GROUP = "gradcheck.ops"

# Each op with the module object that defined it: a module of the same name may be
# imported again from another place, and is another module then.
_definitions: list[tuple[OpSpec, ModuleType | None]] = []
_taken_by_load: dict[str, tuple[ModuleType, list[OpSpec]]] = {}


@contextmanager
def kept_out() -> Iterator[None]:
    """Forget the ops that are defined meanwhile: no registry is to load them."""
    before = len(_definitions)
    try:
        yield
    finally:
        del _definitions[before:]


def note_definition(spec: OpSpec) -> None:
    """Remember an op as defined, for the registry that loads its module."""
    _definitions.append((spec, sys.modules.get(spec.module)))


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
        CasePlan.of(spec)

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
        """Import a module, by dotted name or by path, and add the ops that it defines.

        Raises:
            LoadError: if it is missing, fails while it is imported, or defines no op.
            SpecError: if an op has no gradient or a name that is taken.
        """
        specs = _defined_by(str(module))
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
        targets = {BUILTIN: "the built-in catalogue"}
        targets |= {e.value: f"the plugin {e.name!r}" for e in entry_points(group=GROUP)}
        for module in targets:
            self.load(module)

    def select(
        self,
        patterns: Sequence[str] = (),
        *,
        keyword: str = "",
        tags: Sequence[str] = (),
        exclude: Sequence[str] = (),
    ) -> list[OpSpec]:
        """Return ops by name or glob, keyword expression and tags; no pattern means all.

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
        matches = _keyword(keyword)
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


def _keyword(expression: str) -> Callable[[OpSpec], bool]:
    """Compile a keyword expression, `(soft or log) and not loss`, into a test of an op."""
    if not expression.strip():
        return lambda spec: True
    tokens = re.findall(r"\(|\)|[^\s()]+", expression)
    python = " ".join(
        t if t in ("and", "or", "not", "(", ")") else f"fits({t.lower()!r})" for t in tokens
    )
    try:
        code = compile(python, "<keyword expression>", "eval")
    except SyntaxError:
        code = None
    # What Python would take for a call, `soft (log)`, or for an empty tuple is no expression.
    called = any(a not in ("and", "or", "not", "(") and b == "(" for a, b in pairwise(tokens))
    if code is None or called or ("(", ")") in pairwise(tokens):
        raise SelectionError(
            f"-k {expression!r} is not an expression; write words with 'and', 'or', 'not' and "
            "parentheses, as in 'soft and not loss'."
        )

    def matches(spec: OpSpec) -> bool:
        words = [spec.name.lower(), *(tag.lower() for tag in spec.tags)]
        fits = {"fits": lambda word: any(word in w for w in words), "__builtins__": {}}
        return bool(eval(code, fits))  # noqa: S307 - built above from quoted words only

    return matches


def _defined_by(module: str) -> list[OpSpec]:
    """Import a module once and return the ops defined by it and by what it imports."""
    key = str(Path(module).resolve()) if is_path(module) else module
    known = _taken_by_load.get(key)
    if known is not None and sys.modules.get(known[0].__name__) is known[0]:
        return known[1]
    before = len(_definitions)
    imported = _import(module)
    fresh = [spec for spec, _ in _definitions[before:]]
    earlier = [spec for spec, home in _definitions[:before] if _belongs(spec, home, imported)]
    specs = list(dict.fromkeys([*earlier, *fresh, *_listed(imported)]))
    _taken_by_load[key] = imported, specs
    return specs


def _belongs(spec: OpSpec, home: ModuleType | None, module: ModuleType) -> bool:
    """Whether an op was defined by a module, or by a part of a package, that is in use."""
    if home is None or sys.modules.get(spec.module) is not home:
        return False
    return home is module or spec.module.startswith(f"{module.__name__}.")


def _listed(module: ModuleType) -> list[OpSpec]:
    """Ops that a module holds in its namespace, though another one may have defined them."""
    return [value for value in vars(module).values() if isinstance(value, OpSpec)]


def _import(module: str) -> ModuleType:
    before = len(_definitions)
    try:
        return _import_path(Path(module)) if is_path(module) else _import_name(module)
    except LoadError:
        raise
    except SpecError as error:
        del _definitions[before:]
        raise SpecError(f"{_last_line_in(error)}{error}") from error
    except (Exception, SystemExit) as error:
        del _definitions[before:]
        raise LoadError(
            f"Importing {module} failed: {_last_line_in(error)}{type(error).__name__}: {error}"
        ) from error


def _import_path(path: Path) -> ModuleType:
    if not path.is_file():
        siblings = [p.name for p in path.parent.glob("*.py")] if path.parent.is_dir() else []
        raise LoadError(f"There is no file {path}.{did_you_mean(path.name, siblings)}")
    path = path.resolve()
    known = sys.modules.get(path.stem)
    if known is not None and Path(getattr(known, "__file__", None) or "").resolve() == path:
        return known
    # A name that an installed module has stays that module's.
    taken = known is not None or _importable_from_elsewhere(path)
    digest = hashlib.sha256(str(path).encode()).hexdigest()[:12]
    name = f"{path.stem}_{digest}" if taken else path.stem
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise LoadError(f"{path} cannot be imported; a module of ops is a Python file.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    sys.path.insert(0, str(path.parent))
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    finally:
        sys.path.remove(str(path.parent))
    return module


def _importable_from_elsewhere(path: Path) -> bool:
    try:
        found = importlib.util.find_spec(path.stem)
    except (ImportError, ValueError):
        return False
    return found is not None and Path(found.origin or "").resolve() != path


def _import_name(name: str) -> ModuleType:
    here = str(Path.cwd())
    sys.path.insert(0, here)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise
        hint = f" Did you mean the file {name}.py?" if Path(f"{name}.py").is_file() else ""
        raise LoadError(
            f"There is no module {name!r} (looked in {here} and in the installed packages).{hint}"
        ) from None
    finally:
        sys.path.remove(here)


def _last_line_in(error: BaseException) -> str:
    """The innermost line of a traceback that is in no library: where to look first."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if "importlib" not in f.filename and not f.filename.startswith("<")]
    package = str(Path(__file__).parent)
    theirs = [f for f in own if Path(f.filename).parent != Path(package)]
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}: "
    return f"{theirs[-1].filename}:{theirs[-1].lineno}: " if theirs else ""
