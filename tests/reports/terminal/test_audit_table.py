"""The report of an audit, as it looks at 80 and 120 columns."""

import io

import pytest

from gradcheck.audit.audit import Audit, OpAudit
from gradcheck.audit.mutants import select
from gradcheck.audit.mutants.outcome import Fate, MutantResult
from gradcheck.reports.terminal.audit_table import (
    AuditReport,
    as_lines,
    as_table,
    mutants_table,
    percent,
)
from gradcheck.reports.terminal.console import PipeConsole
from gradcheck.results.settings import Settings
from gradcheck.results.verdict import Verdict

DOUBLED = MutantResult(
    mutant="doubled",
    description="is twice as large",
    target="x",
    fate=Fate.KILLED,
    reason="∂L/∂x is wrong",
    kind="wrong value",
    cases=1,
)
NEVER = MutantResult(
    mutant="nan-at-zero",
    description="is NaN where the input is 0",
    target="x",
    fate=Fate.SURVIVED,
    reason="never triggered: no case had an exact zero in x",
    hint="let the domain of x contain 0, or say that it does not: gc.nonzero()",
    cases=100,
)
PASSED = MutantResult(
    mutant="buffer-reused",
    description="is written into the array that was returned before",
    target="odd\x1b[31m",
    fate=Fate.SURVIVED,
    reason="it shows in 97 of 100 cases, and all of them passed",
    cases=100,
)
SWAPPED = MutantResult(
    mutant="swapped",
    description="returns the gradients of the first and the last input in each other's place",
    target="",
    fate=Fate.EQUIVALENT,
    reason="there is only one differentiable input",
)


@pytest.fixture
def report():
    def make(*, interrupted=False, planned=3, every_mutant=False):
        ops = (
            OpAudit(op="exp", verdict=Verdict.PASS, mutants=(DOUBLED, SWAPPED), seconds=3.1),
            OpAudit(
                op="narrow[/]",
                verdict=Verdict.PASS,
                mutants=(DOUBLED, NEVER, PASSED, SWAPPED),
                untried=5,
                seconds=61.0,
            ),
            OpAudit(
                op="wrong",
                verdict=Verdict.FAIL,
                reason="At x[0] the analytic derivative is 2; the numeric one is 3 ± 1e-10.",
                seconds=0.02,
            ),
        )
        audit = Audit(ops=ops, seed=7, seconds=64.1, interrupted=interrupted)
        return AuditReport(
            audit=audit, planned=planned, settings=Settings(seed=7), every_mutant=every_mutant
        )

    return make


def written(shown, width):
    """Render without colour, blanks at line ends removed."""
    file = io.StringIO()
    page = PipeConsole(file=file, width=width, color_system=None, highlight=False, markup=False)
    page.show(*shown)
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines())


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("every_mutant", [False, True])
def test_table(report, snapshot, width, every_mutant):
    assert written(as_table(report(every_mutant=every_mutant), width), width) == snapshot


def test_lines(report, snapshot):
    assert written(as_lines(report(), 80), 80) == snapshot


def test_list_of_mutants(snapshot):
    chosen = select(["negated", "swapped", "cotangent-*"])
    assert written([mutants_table(chosen)], 80) == snapshot


def test_the_footer_says_what_was_left_out(report):
    footer = report(interrupted=True, planned=5).footer
    assert footer.startswith("interrupted · 3 ops, 6 mutants: 2 killed, 2 survived, 2 equivalent")
    assert " · 2 ops not audited · 5 mutants not tried · " in footer


@pytest.mark.parametrize(
    ("score", "text"),
    [(100.0, "100 %"), (99.99, "99.9 %"), (50.0, "50 %"), (0.0, "0 %"), (None, "–")],
)
def test_only_a_full_score_is_written_as_one(score, text):
    assert percent(score) == text
