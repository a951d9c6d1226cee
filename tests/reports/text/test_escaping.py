"""Whatever an op is called and says, every report can be read, and has the text.

A text that cannot be shown as it is has a visible replacement: `visible` of it.
"""

import io
import json
import re
import unicodedata
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from junitparser import JUnitXml
from markdown_it import MarkdownIt

from gradcheck.reports.formats.github import as_github
from gradcheck.reports.formats.junit import as_junit
from gradcheck.reports.formats.markdown import as_markdown
from gradcheck.reports.formats.sarif import as_sarif
from gradcheck.reports.report import Report
from gradcheck.reports.terminal.console import PipeConsole, as_html
from gradcheck.reports.terminal.run_report import as_headlines, as_lines, as_table
from gradcheck.reports.text import escaping
from gradcheck.reports.text.origins import OpOrigin
from gradcheck.reports.text.printable import block, visible
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
    return [visible(text), visible(f"{text}2"), visible(f"{text}3")]


@given(texts)
def test_junit_has_the_text(text):
    written = as_junit(report_about(text))
    root = ET.fromstring(written)  # noqa: S314 - our own
    assert [case.get("name") for case in root.iter("testcase")] == names(text)
    assert {case.get("classname") for case in root.iter("testcase")} == {visible(text)}
    assert root.find(".//error").get("message").startswith(visible(text).rstrip("."))
    assert block(f"Trace\n{text}".rstrip()) in root.find(".//error").text
    (suite,) = JUnitXml.fromstring(written.encode())
    assert [case.name for case in suite] == names(text)


@given(texts)
def test_sarif_has_the_text(text):
    written = as_sarif(report_about(text))
    assert written.encode()
    results = json.loads(written)["runs"][0]["results"]
    said = [result["message"]["text"] for result in results]
    apart = block(f"{visible(text)}2: {text}").replace("](", "] (")
    assert said[1].replace("{{", "{").replace("}}", "}") == apart
    for message in said:
        assert "{" not in message.replace("{{", "")
        assert "](" not in message
        assert not any(unprintable(c) for c in message if c != "\n")


@given(texts)
def test_markdown_has_the_text(text):
    parsed = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    tokens = parsed.parse(as_markdown(report_about(text)))
    cells, fences = [], []
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type == "inline" and before.type in ("td_open", "th_open"):
            cells.append(token.children)
        elif token.type == "fence":
            fences.append(token.content)
    assert len(cells) == 4 + 2 * 4 + 6 + 6
    shown = ["".join(c.content for c in cell if c.type != "html_inline") for cell in cells]
    assert [shown[4], shown[8], shown[18]] == list(map(spaced, names(text)))
    allowed = {"text", "code_inline", "text_special", "html_inline"}
    assert {c.type for cell in cells for c in cell} <= allowed
    inline = {c.content for cell in cells for c in cell if c.type == "html_inline"}
    assert inline <= {"<code>", "</code>"}
    assert len(fences) == 2
    assert not any(unprintable(c) for fence in fences for c in fence if c != "\n")


def spaced(name):
    """A code span of GitHub's Markdown loses one blank on either side, if it has both."""
    return name[1:-1] if name.startswith(" ") and name.endswith(" ") and name.strip() else name


@given(texts)
@example("##[error]x")
@example("  ::error::x")
def test_github_carries_out_its_own_commands_only(text):
    lines = as_github(report_about(text)).split("\n")
    found = [line for line in lines if line.lstrip().startswith("::")]
    kinds = [re.split("[ :]", line.lstrip()[2:])[0] for line in found]
    assert kinds == ["group", "endgroup"] * 3 + ["error", "notice"]
    assert not any("##[" in line for line in lines if line not in found)
    for line in found:
        assert not any(unprintable(c) for c in line)
        assert line.startswith("::")
    properties = found[-1].removeprefix("::notice ").partition("::")[0]
    title = properties.removeprefix("title=")
    for code, character in (("%3A", ":"), ("%2C", ","), ("%25", "%")):
        title = title.replace(code, character)
    assert title == visible(f"INCONCLUSIVE {text}2")


@pytest.mark.parametrize("layout", [as_table, as_lines, as_headlines])
@given(text=texts)
def test_a_terminal_gets_colours_of_ours_only(layout, text):
    file = io.StringIO()
    page = PipeConsole(
        file=file, width=10_000, color_system="standard", force_terminal=True, legacy_windows=False
    )
    page.show(*layout(report_about(text), 10_000))
    written = file.getvalue()
    plain = re.sub(r"\x1b\[[\d;]*m", "", written)
    assert not any(unprintable(c) for c in plain if c != "\n")
    assert all(name in plain or layout is as_headlines for name in names(text)), (
        "markup in a name would be taken for a style, and be missing"
    )
    assert visible(f"{text}2") in plain


@given(texts)
def test_html_of_a_notebook_has_no_elements_of_an_op(text):
    written = as_html(report_about(text).finished.results[0])
    root = ET.fromstring(written)  # noqa: S314 - our own
    assert {element.tag for element in root.iter()} <= {"pre", "span"}
    shown = "".join("".join(root.itertext()).split())  # a long name is folded
    assert shown.startswith("".join(f"ERROR {visible(text)}".split()))


@given(texts)
def test_xml_keeps_what_it_can(text):
    element = ET.Element("a", {"b": escaping.xml_attribute(text)})
    element.text = escaping.xml_text(text)
    read = ET.fromstring(ET.tostring(element))  # noqa: S314 - our own
    assert read.get("b") == visible(text)
    assert read.text == block(text)


@given(texts)
def test_prose_stays_prose_only_if_nothing_in_it_is_markup(text):
    written = escaping.markdown_prose(text)
    (inline,) = [t for t in MarkdownIt("commonmark").parse(f"x {written}") if t.type == "inline"]
    if written == visible(text):
        assert [child.type for child in inline.children] == ["text"]


@given(texts)
@example("````\n```")
def test_a_fence_holds_its_text_whatever_it_is(text):
    (token,) = MarkdownIt("commonmark").parse(escaping.markdown_fence(text))
    assert (token.type, token.content) == ("fence", f"{block(text)}\n")


def test_a_text_is_cut_visibly():
    assert escaping.shortened("abcdef", 6) == "abcdef"
    assert escaping.shortened("abcdefg", 6) == "abcde…"


def unprintable(character):
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp")
