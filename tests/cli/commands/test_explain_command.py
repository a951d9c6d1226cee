"""`gradcheck explain`: properties and verdicts, each with what to do about it."""

import pytest

from gradcheck.checks.properties.catalogue import properties
from gradcheck.results.verdict import Verdict
from gradcheck.spec.property_names import ESSENTIAL, NAMES, ON_REQUEST, SKIPPABLE


def flat(text):
    return " ".join(text.split())


def test_all_properties_are_listed(gradcheck):
    done = gradcheck("explain")
    assert (done.code, done.err) == (0, "")
    rows = done.out.splitlines()
    assert rows[0].split() == ["property", "checked", "what", "holds"]
    assert [row.split()[0] for row in rows[1:] if not row.startswith(" ")] == list(NAMES)
    for each in properties():
        assert each.summary.split()[0] in done.out


def test_bare_names(gradcheck):
    assert gradcheck("explain", "--format", "concise").out.split() == list(NAMES)


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
    ],
)
def test_an_unknown_name_gets_the_nearest(gradcheck, name, hint):
    done = gradcheck("explain", name)
    assert (done.code, done.out) == (2, "")
    assert done.error.startswith(f"'{name}' is neither a property nor a verdict.")
    assert "linearity" in done.error
    assert done.error.endswith(hint)


def test_a_name_unlike_any_gets_no_hint(gradcheck):
    assert "Did you mean" not in gradcheck("explain", "qqqq").error


def test_a_narrow_page_keeps_names_and_commands_whole(gradcheck, monkeypatch):
    monkeypatch.setenv("COLUMNS", "50")
    assert {line.split()[0] for line in gradcheck("explain").out.splitlines()} >= set(NAMES)
    page = gradcheck("explain", "determinism").out
    assert 'gc.op(..., skip={"determinism": "the reason, in words"})\n' in page
