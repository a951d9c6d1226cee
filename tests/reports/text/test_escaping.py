"""Text in the languages of reports: nothing in it is markup, and nothing of it is lost."""

from xml.etree import ElementTree as ET

from hypothesis import example, given
from markdown_it import MarkdownIt

from gradcheck.reports.text import escaping
from gradcheck.reports.text.printable import block, visible
from tests.reports.odd_text import texts


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
