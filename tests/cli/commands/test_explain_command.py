"""`gradcheck explain`: properties, verdicts and words of reports."""

import pytest

from gradcheck.checks.properties.catalogue import properties
from gradcheck.reports.text.glossary import GROUPS, normal, words
from gradcheck.results.verdict import Verdict
from gradcheck.spec.property_names import ESSENTIAL, NAMES, ON_REQUEST, SKIPPABLE


def flat(text):
    return " ".join(text.split())


def test_all_is_listed_by_group(gradcheck):
    done = gradcheck("explain")
    assert (done.code, done.err) == (0, "")
    rows = done.out.partition("\n\n")[0].splitlines()
    assert rows[0].split() == ["property", "checked", "what", "holds"]
    assert [row.split()[0] for row in rows[1:] if not row.startswith(" ")] == list(NAMES)
    for title in GROUPS.values():
        assert f"\n{title} " in done.out


def test_bare_names(gradcheck):
    names = gradcheck("explain", "--format", "concise").out.splitlines()
    assert names == [*NAMES, *(each.word for each in words())]


@pytest.mark.parametrize("word", ["looks like", "only-where", "MARGIN", "wrong-shape", "hazard"])
def test_a_word_is_explained(gradcheck, word):
    done = gradcheck("explain", *word.split())
    assert (done.code, done.err) == (0, "")
    assert flat(done.out).startswith(normal(word))


def test_a_word_that_is_a_property_too_has_both_pages(gradcheck):
    page = gradcheck("explain", "reference").out
    assert page.count("\nreference\n") + page.startswith("reference\n") == 2
    assert "gc.op(..., skip=" in page
    assert "measured from the forward alone" in flat(page)


@pytest.mark.parametrize("name", NAMES)
def test_a_property_is_explained_in_full(gradcheck, name):
    done = gradcheck("explain", name)
    assert (done.code, done.err) == (0, "")
    (explained,) = (each for each in properties() if each.name == name)
    assert done.out.startswith(f"{name}\n")
    assert flat(explained.text) in flat(done.out)
    assert "checked" in done.out


def test_when_a_property_is_checked(gradcheck):
    assert "with each case" in gradcheck("explain", "purity").out
    assert "the properties take turns" in gradcheck("explain", "linearity").out
    assert "once per op" in gradcheck("explain", "vacuity").out
    for name in ON_REQUEST:
        assert f"--also {name}, or also=('{name}',) in a spec" in gradcheck("explain", name).out


def test_how_to_leave_a_property_out(gradcheck):
    for name in set(SKIPPABLE) - set(ON_REQUEST):
        assert f'skip={{"{name}": "the reason, in words"}}' in gradcheck("explain", name).out
    for name in ESSENTIAL:
        out = gradcheck("explain", name).out
        assert "not possible" in out
        assert "skip=" not in out


def test_case_does_not_matter(gradcheck):
    assert gradcheck("explain", "Linearity").out == gradcheck("explain", "linearity").out
    assert gradcheck("explain", "vacuous").out == gradcheck("explain", "VACUOUS").out


@pytest.mark.parametrize("verdict", Verdict)
def test_a_verdict_is_explained(gradcheck, verdict):
    done = gradcheck("explain", verdict)
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0] == verdict
    assert "what to do" in done.out
    assert len(flat(done.out)) > 80


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("linerity", "Did you mean 'linearity'?"),
        ("layout", "Did you mean 'layouts'?"),
        ("inconclusve", "Did you mean 'INCONCLUSIVE'?"),
        ("looks lik", "Did you mean 'looks like'?"),
    ],
)
def test_an_unknown_name_gets_the_nearest(gradcheck, name, hint):
    done = gradcheck("explain", name)
    assert (done.code, done.out) == (2, "")
    assert done.error.startswith(f"'{name}' is no word of a report; 'gradcheck explain' lists")
    assert done.error.endswith(hint)


def test_a_name_unlike_any_gets_no_hint(gradcheck):
    assert "Did you mean" not in gradcheck("explain", "qqqq").error


def test_a_narrow_page_keeps_names_and_commands_whole(gradcheck, monkeypatch):
    monkeypatch.setenv("COLUMNS", "50")
    lines = gradcheck("explain").out.splitlines()
    assert {line.split()[0] for line in lines if line} >= set(NAMES)
    page = gradcheck("explain", "determinism").out
    assert 'gc.op(..., skip={"determinism": "the reason, in words"})\n' in page
