"""Everything that can be configured: the one table that files, variables and docs follow."""

from __future__ import annotations

from dataclasses import dataclass

from gradcheck.cli.config.choices import COLORS, DTYPES, FORMATS, HAZARDS, SORTS
from gradcheck.cli.config.kinds import (
    Kind,
    flag,
    jobs,
    many,
    number,
    one_of,
    reasons,
    size,
    whole,
    words,
)
from gradcheck.spec.property_names import ON_REQUEST, SKIPPABLE

LOOSE = 1e-2
"""A relative tolerance above this lets a gradient pass that has hardly a right digit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One thing that can be configured.

    Attributes:
        name: in a file; in capitals behind GRADCHECK_ it is the environment variable.
        kind: what it may be.
        default: what holds where nothing is said; None where nothing does.
        option: the option that overrides it on the command line.
        about: what it does, for the documentation.
        commands: the commands that read it; empty for all that have the option.
        is_path: whether it is a path, relative to the file that names it.
    """

    name: str
    kind: Kind
    default: object
    option: str
    about: str
    commands: tuple[str, ...] = ()
    is_path: bool = False

    @property
    def variable(self) -> str:
        return f"{PREFIX}{self.name.upper()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpKey:
    """One thing that a table about ops can say."""

    name: str
    kind: Kind
    about: str


PREFIX = "GRADCHECK_"
_SECONDS = number("a number of seconds, more than 0")
_NAMES = words("text")

KEYS = (
    Key(
        name="ops",
        kind=many(_NAMES, 'a list of files and dotted module names, ["my_ops.py"]'),
        default=(),
        option="--ops",
        about="Modules of ops; files are relative to the file that names them.",
        commands=("run", "list", "show", "audit"),
    ),
    Key(
        name="builtin",
        kind=flag(),
        default=False,
        option="--builtin",
        about="Load the built-in ops too. Without `ops` they are always loaded.",
    ),
    Key(
        name="select",
        kind=many(_NAMES, 'a list of names and globs, ["my_*"]'),
        default=(),
        option="OPS",
        about="The ops to check, by name or glob; none stands for all.",
    ),
    Key(
        name="keyword",
        kind=words("an expression such as 'soft and not loss'"),
        default="",
        option="-k",
        about="Only ops whose name or tags fit this expression.",
    ),
    Key(
        name="tags",
        kind=many(_NAMES, 'a list of tags, ["nn"]'),
        default=(),
        option="--tag",
        about="Only ops with one of these tags.",
    ),
    Key(
        name="exclude",
        kind=many(_NAMES, 'a list of names and globs, ["my_*"]'),
        default=(),
        option="--exclude",
        about="Ops to leave out. One that the command line names in full is checked all the same.",
    ),
    Key(
        name="cases",
        kind=whole(1),
        default=100,
        option="--cases",
        about="Cases per op.",
    ),
    Key(
        name="seed",
        kind=whole(0),
        default=0,
        option="--seed",
        about="Equal seeds give equal cases.",
    ),
    Key(
        name="dtypes",
        kind=many(one_of(*DTYPES), f"a list of dtypes: {', '.join(DTYPES)}"),
        default=(),
        option="--dtype",
        about="Draw inputs in these dtypes instead of those each op names.",
    ),
    Key(
        name="also",
        kind=many(one_of(*ON_REQUEST), f"a list of properties: {', '.join(ON_REQUEST)}"),
        default=(),
        option="--also",
        about="Properties to check besides, which are checked on request only.",
        commands=("run",),
    ),
    Key(
        name="hazards",
        kind=one_of(*HAZARDS),
        default="note",
        option="--hazards",
        about="Whether what is right but risky fails: a gradient that is the cotangent itself, or "
        "shares memory; a layout that the forward refuses.",
        commands=("run",),
    ),
    Key(
        name="order",
        kind=whole(1, 2),
        default=1,
        option="--order",
        about="2 differentiates the vjp as well.",
        commands=("run",),
    ),
    Key(
        name="max_time",
        kind=_SECONDS,
        default=None,
        option="--max-time",
        about="Seconds per op, after which no further case is drawn and the one under way is left.",
        commands=("run",),
    ),
    Key(
        name="max_run_time",
        kind=_SECONDS,
        default=None,
        option="--max-run-time",
        about="Seconds for the whole run; ops that it does not reach are VACUOUS.",
    ),
    Key(
        name="jobs",
        kind=jobs(),
        default=None,
        option="--jobs",
        about='Ops that are checked at a time, in worker processes; `"auto"` takes every '
        "processor.",
        commands=("run",),
    ),
    Key(
        name="isolate",
        kind=flag(),
        default=None,
        option="--isolate",
        about="Check in worker processes, so that an op that crashes or hangs ends nothing else; "
        "where nothing is said, with `jobs`.",
        commands=("run",),
    ),
    Key(
        name="max_memory",
        kind=size(),
        default=None,
        option="--max-memory",
        about='Memory that a worker process may take, `"512M"` or `"2G"`; on Linux.',
        commands=("run",),
    ),
    Key(
        name="scheduler",
        kind=words('the address of a Dask scheduler, "tcp://host:8786", or "local"'),
        default=None,
        option="--scheduler",
        about='Address of a Dask scheduler on whose cluster ops are checked; `"local"` starts one.',
        commands=("run",),
    ),
    Key(
        name="shrink",
        kind=flag(),
        default=True,
        option="--shrink",
        about="Reduce a failing case to a small one.",
    ),
    Key(
        name="database",
        kind=flag(),
        default=True,
        option="--database",
        about="Keep failing draws in `.gradcheck/examples` and try those kept there first.",
    ),
    Key(
        name="corpus",
        kind=words('a folder, "tests/gradcheck-corpus"'),
        default="gradcheck-corpus",
        option="--corpus",
        about="Folder of pinned cases, with which every run of their ops starts; relative to the "
        "file that names it.",
        is_path=True,
    ),
    Key(
        name="baseline",
        kind=words('a file, "baseline.json"'),
        default=None,
        option="--baseline",
        about="Saved run to compare with: what got worse fails; relative to the file that names "
        "it.",
        is_path=True,
    ),
    Key(
        name="fail_fast",
        kind=flag(),
        default=False,
        option="--fail-fast",
        about="Stop at the first op that fails.",
    ),
    Key(
        name="strict",
        kind=flag(),
        default=False,
        option="--strict",
        about="INCONCLUSIVE and VACUOUS fail as well.",
    ),
    Key(
        name="format",
        kind=one_of(*FORMATS),
        default="table",
        option="--format",
        about="A table with a panel per failure, a line per op, a JSON document, or a log with "
        "annotations for GitHub Actions.",
        commands=("run",),
    ),
    Key(
        name="report",
        kind=many(_NAMES, 'a list of reports, ["junit", "json=out.json"]'),
        default=(),
        option="--report",
        about="Reports to write as well; files are relative to the current folder.",
    ),
    Key(
        name="color",
        kind=one_of(*COLORS),
        default="auto",
        option="--color",
        about="Colour the output; auto looks at the terminal, NO_COLOR and FORCE_COLOR.",
    ),
    Key(
        name="sort",
        kind=one_of(*SORTS),
        default=None,
        option="--sort",
        about="Order of the rows; that of the modules where nothing is said.",
    ),
    Key(
        name="failures_only",
        kind=flag(),
        default=False,
        option="--failures-only",
        about="Show only ops that failed, or of which nothing is known.",
    ),
    Key(
        name="verbosity",
        kind=whole(-1, 2),
        default=0,
        option="-v",
        about="-1 is -q, 1 is -v, 2 is -vv.",
        commands=("run",),
    ),
)
BY_NAME = {key.name: key for key in KEYS}
ABOUT_OPS = ("builtin", "select", "keyword", "tags", "exclude")
"""Keys that refer to the modules of `ops`: where those are replaced, these are void."""

_REASON = "the reason, in words"
OP_KEYS = (
    OpKey(
        name="rtol",
        kind=number("a number between 0 and 1", below=1),
        about="Relative tolerance in float64; needs `reason`.",
    ),
    OpKey(name="reason", kind=words(_REASON), about="Why `rtol` is not the default."),
    OpKey(
        name="xfail",
        kind=words(_REASON),
        about="Why the op is expected to fail; that it passes is an error.",
    ),
    OpKey(name="skip", kind=words(_REASON), about="Why the op is not checked."),
    OpKey(
        name="skip_properties",
        kind=reasons(SKIPPABLE),
        about="Properties that need not hold, each with the reason.",
    ),
)
OP_BY_NAME = {key.name: key for key in OP_KEYS}
