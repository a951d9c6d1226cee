"""Texts that want to be something else, and the report of a run that says nothing but them."""

import unicodedata

from hypothesis import strategies as st

from gradcheck.reports.report import Report
from gradcheck.reports.text.origins import OpOrigin
from gradcheck.reports.text.printable import visible
from gradcheck.results.events import RunFinished
from gradcheck.results.failure import CaseReport, Failure, Raised
from gradcheck.results.kind import Kind
from gradcheck.results.result import Result
from gradcheck.results.settings import Settings
from gradcheck.results.verdict import Verdict
from gradcheck.spec.binding import Location

FRAGMENTS = (
    "|", "`", "```", "\\", "\\|", "<b>", "</td>", "<!--", "]]>", "&amp;", "&#64;", "*a*", "_a_",
    "~~", "@user", "#1", "GH-1", "www.a.org", "http://a.org", ":smile:", "[red]", "[/]", "[a](b)",
    "{0}", "%0A", "%25", "::error::", "::stop-commands::x", "##[error]", ":", ",", "=", "- ", "# ",
    "\x1b[31m", "\x1b]8;;x\x07", "\x9b1m", "\0", "\b", "\r", "\n", "\r\n", "\t", "\u2028",
    "\u202e", "\u200b", "\ufeff", "\ufffe", "\ud800", "\U0001f600", "e\u0301", " ", "a", "ä", "1",
)  # fmt: skip
texts = st.one_of(
    st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=6).map("".join),
    st.text(st.characters(exclude_categories=()), min_size=1, max_size=12),
)


def report_about(text):
    """The report of a run in which all that can come from an op is this text."""
    case = CaseReport(inputs={}, params={text: text}, layout=text)
    raised = Raised(
        type=text,
        message=text,
        location=Location(f"/there/{text}.py", 3),
        traceback=f"Trace\n{text}",
    )
    failure = Failure(
        kind=Kind.RAISED,
        headline=text,
        message=text,
        argument=text,
        broken=text,
        case=case,
        raised=raised,
        location=Location(f"/there/{text}.py", 2),
        looks_like=text,
        only_where=text,
        besides=(text,),
    )
    results = (
        Result(op=text, verdict=Verdict.ERROR, failure=failure, notes=(text,)),
        Result(op=f"{text}2", verdict=Verdict.INCONCLUSIVE, reason=text, unusable={text: 2}),
        Result(op=f"{text}3", verdict=Verdict.PASS, where=text, probes=1, notes=(text,)),
    )
    return Report(
        finished=RunFinished(results, 1.0),
        planned=3,
        settings=Settings(),
        verbosity=2,
        command_for=lambda op: f"gradcheck run {op}",
        origins={result.op: OpOrigin(text) for result in results},
    )


def names(text):
    """Names of the three ops of such a report, as they are shown."""
    return [visible(text), visible(f"{text}2"), visible(f"{text}3")]


def unprintable(character):
    """Tell whether a character moves the cursor, hides or has no meaning."""
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp")
