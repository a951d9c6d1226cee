"""The table of options that can be configured, one row for each.

A row is the option of a command, the key of a file and the `GRADCHECK_*` variable; what they
allow, what help pages say, and what the documentation has to add.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from gradcheck.cli.config.option_choices import COLORS, DTYPES, FORMATS, HAZARDS, SORTS
from gradcheck.cli.config.value_kinds import (
    LOCAL,
    ValueKind,
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
from gradcheck.errors import listing
from gradcheck.reports.exports import FORMATS as REPORTS
from gradcheck.spec.property_names import ON_REQUEST, SKIPPABLE

PREFIX = "GRADCHECK_"
LOOSE = 1e-2  # arbitrary: a tolerance above it leaves hardly a right digit; 1e-3 to 1e-1 would do
Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """An option that can be configured.

    Attributes:
        name: the key in a file; in capitals behind GRADCHECK_ the environment variable.
        kind: the allowed values.
        default: None where there is none.
        flags: as click takes them, the one that the documentation names last; made of the name
            if they are not given.
        help: for help pages.
        about: for the documentation of the key, if `help` does not fit it.
        parameter: of commands, if it is not called like the key.
        metavar: for help pages, if click's does not fit.
        commands: those that read the key; empty for all that have the option.
        is_path: whether it is a path, relative to the file that names it.
        instead: the replacement of a deprecated key; else empty.
    """

    name: str
    kind: ValueKind
    default: object = None
    flags: tuple[str, ...] = ()
    help: str = ""
    about: str = ""
    parameter: str = ""
    metavar: str | None = None
    commands: tuple[str, ...] = ()
    is_path: bool = False
    instead: str = ""

    @property
    def variable(self) -> str:
        return f"{PREFIX}{self.name.upper()}"

    @property
    def _flags(self) -> tuple[str, ...]:
        return self.flags or (f"--{self.name.replace('_', '-')}",)

    @property
    def option(self) -> str:
        """The option as the documentation names it."""
        return self._flags[-1].partition("/")[0]

    @property
    def description(self) -> str:
        """The sentence for the documentation of the key."""
        return self.about or self.help

    def click_option(self, **changes: Any) -> Callable[[Command], Command]:
        """The option of a command, with changes to the arguments for click."""
        arguments = {
            "help": self.help,
            "metavar": self.metavar,
            "default": self.default,
            "show_default": not isinstance(self.default, bool) and self.default not in (None, ""),
            "callback": self._checked,
            **self.kind.click,
            **changes,
        }
        if arguments.get("multiple"):
            del arguments["default"], arguments["show_default"]
        return click.option(*self._flags, self.parameter or self.name, **arguments)

    def _checked(self, _context: click.Context, _parameter: click.Parameter, value: Any) -> Any:
        if value is None or not self.kind.refusal:
            return value
        try:
            return self.kind.read(self.kind.parse(value) if isinstance(value, str) else value)
        except ValueError:
            raise click.BadParameter(self.kind.refusal.format(value)) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpKey:
    """A key of a table about ops."""

    name: str
    kind: ValueKind
    about: str


_NAMES = words("text")
_GLOBS = many(_NAMES, 'a list of names and globs, ["my_*"]')
_SECONDS = number(
    "a number of seconds, more than 0", "{:g} is not a time limit; give seconds, more than 0."
)


def _switch(name: str, *short: str, default: bool | None = False, **texts: Any) -> Key:
    """The row of an option that is switched on and off."""
    on = name.replace("_", "-")
    flags = (*short, f"--{on}/--no-{on}")
    return Key(name=name, flags=flags, kind=flag(), default=default, **texts)


KEYS = (
    Key(
        name="ops",
        kind=many(_NAMES, 'a list of files and dotted module names, ["my_ops.py"]'),
        default=(),
        help="Load ops from a file or a dotted module name instead of the built-in ones; "
        "repeatable.",
        about="Modules of ops; files are relative to the file that names them.",
        parameter="modules",
        metavar="MODULE|PATH",
        commands=("run", "list", "show", "audit"),
    ),
    _switch(
        "builtin",
        help="With --ops: load the built-in ops and plugins too.",
        about="Load the built-in ops too. Without `ops` they are always loaded.",
    ),
    Key(
        name="select",
        flags=("OPS",),
        kind=_GLOBS,
        default=(),
        about="The ops to check, by name or glob; none stands for all.",
    ),
    Key(
        name="keyword",
        flags=("-k",),
        kind=words("an expression such as 'soft and not loss'"),
        default="",
        help="Only ops whose name or tags fit, as in 'soft and not loss'.",
        metavar="EXPR",
    ),
    Key(
        name="tags",
        flags=("-t", "--tag"),
        kind=many(_NAMES, 'a list of tags, ["nn"]'),
        default=(),
        help="Only ops with this tag; repeatable.",
        about="Only ops with one of these tags.",
    ),
    Key(
        name="exclude",
        kind=_GLOBS,
        default=(),
        help="Leave out a name or glob; repeatable.",
        about="Ops to leave out. One that the command line names in full is checked all the same.",
        metavar="OP",
    ),
    Key(
        name="cases",
        flags=("-n", "--cases"),
        kind=whole(1, refusal="{} is too few; at least 1 case must be drawn per op."),
        default=100,
        help="Cases per op.",
    ),
    Key(
        name="seed",
        kind=whole(0, refusal="{} is not a seed; a seed is a whole number, 0 or more."),
        default=0,
        help="Equal seeds give equal cases, whatever else is selected.",
    ),
    Key(
        name="dtypes",
        flags=("--dtype",),
        kind=many(one_of(*DTYPES), f"a list of dtypes: {', '.join(DTYPES)}"),
        default=(),
        help="Draw inputs in this dtype instead of those each op names; repeatable.",
        about="Draw inputs in these dtypes instead of those each op names.",
    ),
    Key(
        name="also",
        kind=many(one_of(*ON_REQUEST), f"a list of properties: {', '.join(ON_REQUEST)}"),
        default=(),
        help="Check this property as well, see 'gradcheck explain'; repeatable.",
        about="Properties to check besides, which are checked on request only.",
        commands=("run",),
    ),
    Key(
        name="hazards",
        kind=one_of(*HAZARDS),
        default="note",
        help="Note or fail what is right but risky: gradients that share memory, refused layouts.",
        about="Whether what is right but risky fails: a gradient that is the cotangent itself, or "
        "shares memory; a layout that the forward refuses.",
        commands=("run",),
    ),
    Key(
        name="order",
        kind=whole(1, 2),
        default=1,
        help="Deprecated, gone in the next release: 2 is the same as --also hessian.",
        about='Deprecated, gone in the next release: 2 is the same as `also = ["hessian"]`.',
        commands=("run",),
        instead='--also hessian, or also = ["hessian"] in a file',
    ),
    Key(
        name="max_time",
        kind=_SECONDS,
        help="Draw no further case of an op after this time.",
        about="Seconds per op, after which no further case is drawn and the one under way is left.",
        metavar="SECONDS",
        commands=("run",),
    ),
    Key(
        name="max_run_time",
        kind=_SECONDS,
        help="End the run after this time; ops that it does not reach are VACUOUS.",
        about="Seconds for the whole run; ops that it does not reach are VACUOUS.",
        metavar="SECONDS",
    ),
    Key(
        name="jobs",
        flags=("-j", "--jobs"),
        kind=jobs(),
        help="Check so many ops at a time, in worker processes; auto takes every processor.",
        about='Ops that are checked at a time, in worker processes; `"auto"` takes every '
        "processor.",
        metavar="N|auto",
        commands=("run",),
    ),
    _switch(
        "isolate",
        default=None,
        help="Check in a worker process: an op that crashes or never comes back ends nothing "
        "else.  [default: with -j]",
        about="Check in worker processes, so that an op that crashes or hangs ends nothing else; "
        "where nothing is said, with `jobs`.",
        commands=("run",),
    ),
    Key(
        name="max_memory",
        kind=size(),
        help="Memory that a worker process may take, as 512M or 2G.",
        about='Memory that a worker process may take, `"512M"` or `"2G"`; on Linux.',
        metavar="SIZE",
        commands=("run",),
    ),
    Key(
        name="scheduler",
        kind=words(f'the address of a Dask scheduler, "tcp://host:8786", or "{LOCAL}"'),
        help="Run on the Dask cluster whose scheduler is at this address, as tcp://host:8786; "
        "without one, on a cluster that is started here.",
        about='Address of a Dask scheduler on whose cluster ops are checked; `"local"` starts one.',
        metavar="[ADDRESS]",
        commands=("run",),
    ),
    Key(
        name="shrink",
        flags=("--shrink/--no-shrink",),
        kind=flag(),
        default=True,
        help="Reduce a failing case to a small one, or report it as it was drawn.  [default: "
        "shrink]",
        about="Reduce a failing case to a small one.",
    ),
    Key(
        name="diagnose",
        flags=("--diagnose/--no-diagnose",),
        kind=flag(),
        default=True,
        help="Say what kind of mistake a failure looks like, from further cases, or leave that "
        "out.  [default: diagnose]",
        about="Say what kind of mistake a failure looks like, from further cases.",
        commands=("run",),
    ),
    Key(
        name="failure_calls",
        flags=("--failure-calls",),
        kind=whole(1),
        help="Call a forward so often at most from its first failure to the panel, 30 s at most.  "
        "[default: 190 where a call takes 2 ms, more where it takes less]",
        about="Calls of a forward from its first failure to the panel, 30 s at most; where nothing "
        "is said, 190 if a call takes 2 ms or more, 2 000 above 0.2 ms, else 20 000.",
        metavar="N",
        commands=("run",),
    ),
    Key(
        name="database",
        flags=("--database/--no-database",),
        kind=flag(),
        default=True,
        help="Keep failing draws in .gradcheck, to try them first the next time, and failures to "
        "replay; or keep nothing.  [default: database]",
        about="Keep failing draws in `.gradcheck/examples` and try those kept there first.",
    ),
    Key(
        name="corpus",
        kind=words('a folder, "tests/gradcheck-corpus"'),
        default="gradcheck-corpus",
        help="Folder of pinned cases, with which every run of their ops starts.",
        about="Folder of pinned cases, with which every run of their ops starts; relative to the "
        "file that names it.",
        metavar="DIR",
        is_path=True,
    ),
    Key(
        name="baseline",
        kind=words('a file, "baseline.json"'),
        help="Compare with a saved run: what got worse fails, though it passes.",
        about="Saved run to compare with: what got worse fails; relative to the file that names "
        "it.",
        parameter="against",
        metavar="FILE",
        is_path=True,
    ),
    _switch("fail_fast", "-x", help="Stop at the first op that fails."),
    Key(
        name="maxfail",
        kind=whole(1, refusal="{} is no number of failures; give 1 or more."),
        help="Stop when N ops have failed.",
        metavar="N",
    ),
    _switch("strict", help="INCONCLUSIVE and VACUOUS fail as well."),
    Key(
        name="format",
        kind=one_of(*FORMATS),
        default="table",
        help="A table with a panel per failure, a line per op, a JSON document, or a log with "
        "annotations for GitHub Actions.",
        parameter="form",
        commands=("run",),
    ),
    Key(
        name="report",
        kind=many(_NAMES, 'a list of reports, ["junit", "json=out.json"]'),
        default=(),
        help=f"Write a report as well: {listing(REPORTS)}; to a file named after the format, or "
        "to PATH, where - is standard output; repeatable.",
        about="Reports to write as well; files are relative to the current folder.",
        parameter="reports",
        metavar="FORMAT[=PATH]",
    ),
    Key(
        name="report_dir",
        kind=words('a folder, "reports"'),
        help="Folder that the files of --report are written to; it is made where it is missing.",
        about="Folder that the files of `report` are written to; relative to the file that names "
        "it.",
        metavar="DIR",
        is_path=True,
    ),
    Key(
        name="durations",
        kind=whole(1, refusal="{} is no number of ops; give 1 or more."),
        help="List the N slowest ops at the end.",
        metavar="N",
    ),
    Key(
        name="color",
        kind=one_of(*COLORS),
        default="auto",
        help="Colour the output; auto looks at the terminal, NO_COLOR and FORCE_COLOR.",
    ),
    Key(
        name="sort",
        kind=one_of(*SORTS),
        help="Order of the rows: by name, worst first, or slowest first.",
        about="Order of the rows; that of the modules where nothing is said.",
    ),
    _switch("failures_only", help="Leave out the ops that passed."),
    Key(
        name="verbosity",
        flags=("-v",),
        kind=whole(-1, 2),
        default=0,
        about="-1 is -q, 1 is -v, 2 is -vv.",
        commands=("run",),
    ),
)
BY_NAME = {key.name: key for key in KEYS}
ABOUT_OPS = ("builtin", "select", "keyword", "tags", "exclude")
"""Keys that refer to the modules of `ops`: where those are replaced, these are void."""


def option(name: str, **changes: Any) -> Callable[[Command], Command]:
    """The option of a key, with changes to the arguments for click."""
    return BY_NAME[name].click_option(**changes)


_REASON = words("the reason, in words")
OP_KEYS = (
    OpKey(
        name="rtol",
        kind=number("a number between 0 and 1", below=1),
        about="Relative tolerance in float64; needs `reason`.",
    ),
    OpKey(name="reason", kind=_REASON, about="Why `rtol` is not the default."),
    OpKey(
        name="xfail",
        kind=_REASON,
        about="Why the op is expected to fail; that it passes is an error.",
    ),
    OpKey(name="skip", kind=_REASON, about="Why the op is not checked."),
    OpKey(
        name="skip_properties",
        kind=reasons(SKIPPABLE),
        about="Properties that need not hold, each with the reason.",
    ),
)
OP_BY_NAME = {key.name: key for key in OP_KEYS}
