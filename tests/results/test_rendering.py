"""A result prints by the renderer that was registered last."""

import pytest

from gradcheck.results import rendering
from gradcheck.results.result import Result
from gradcheck.results.verdict import Verdict

RESULT = Result(op="f", verdict=Verdict.PASS)


class Loud:
    def as_line(self, result):
        return f"{result.op}!"

    def as_text(self, result):
        return f"{result.op}!\n"

    def as_html(self, result):
        return f"<b>{result.op}</b>"

    def renderables(self, result):
        return [result.op]


@pytest.fixture(autouse=True)
def own_renderer(monkeypatch):
    monkeypatch.setattr(rendering, "_loaders", list(rendering._loaders))


def test_everything_that_a_result_prints_comes_from_it():
    rendering.register(Loud)
    assert (repr(RESULT), str(RESULT)) == ("f!", "f!\n")
    assert RESULT._repr_html_() == "<b>f</b>"
    assert list(RESULT.__rich_console__(None, None)) == ["f"]


def test_the_last_one_counts_and_is_loaded_only_when_something_prints():
    loaded = []
    rendering.register(Loud)
    rendering.register(lambda: loaded.append(1) or Loud())
    assert loaded == []
    assert str(RESULT) == "f!\n"
    assert loaded == [1]


def test_the_package_registers_its_own():
    assert repr(RESULT) == "<Result f: PASS>"
