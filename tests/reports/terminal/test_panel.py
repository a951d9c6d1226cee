"""What kind of mistake it is, and where it shows: in the panel, on one line, and as data."""

import io
from dataclasses import replace

import pytest

from gradcheck.reports.terminal.console import PipeConsole
from gradcheck.reports.terminal.panel import drawn_as, panel

TRANSPOSED = "the transpose of the right gradient (agrees after .T)"
WHERE = "a has an exact zero"


def diagnosed(result, **known):
    return replace(result, failure=replace(result.failure, **known))


def written(result, width=80):
    file = io.StringIO()
    PipeConsole(file=file, width=width, color_system=None).show(*panel(result))
    return [line.rstrip() for line in file.getvalue().splitlines()]


def test_the_panel_says_what_a_wrong_gradient_looks_like_and_where(wrong):
    lines = written(diagnosed(wrong, looks_like=TRANSPOSED, only_where=WHERE))
    assert f"  looks like      {TRANSPOSED}" in lines
    assert f"  only where      {WHERE}" in lines
    order = [line.split("  ")[1] for line in lines if line.startswith("  ")]
    assert order.index("looks like") + 1 == order.index("only where")
    assert order.index("only where") + 1 == order.index("smallest case")


def test_the_panel_says_nothing_where_nothing_is_known(wrong):
    page = "\n".join(written(wrong))
    assert "looks like" not in page
    assert "only where" not in page


def test_the_panel_tells_what_the_spec_can_say(raised):
    lines = written(diagnosed(raised, hint="Say layouts=('C',) in the spec."))
    place = lines.index("  hint            Say layouts=('C',) in the spec.")
    assert lines[place - 1].startswith("  at  ")
    assert not any(line.startswith("  hint") for line in written(raised))


@pytest.mark.parametrize("width", [40, 60])
def test_long_words_fold_beside_their_label(wrong, width):
    lines = written(diagnosed(wrong, looks_like=TRANSPOSED), width)
    first = next(i for i, line in enumerate(lines) if line.startswith("  looks like"))
    last = next(i for i, line in enumerate(lines) if "smallest case" in line)
    assert max(map(len, lines[first:last])) <= width
    assert " ".join(line[18:] for line in lines[first:last]) == TRANSPOSED


def test_words_of_an_op_do_not_reach_the_terminal_raw(wrong):
    page = "\n".join(written(diagnosed(wrong, only_where="mode = 'a\x1b[31m'")))
    assert "\x1b" not in page
    assert "mode = 'a\\x1b[31m'" in page


def test_data_carries_both(wrong):
    data = diagnosed(wrong, looks_like=TRANSPOSED, only_where=WHERE).to_dict()["failure"]
    assert (data["looks_like"], data["only_where"]) == (TRANSPOSED, WHERE)
    assert wrong.to_dict()["failure"]["looks_like"] == ""


def test_all_problems_stand_in_one_panel_the_worst_in_its_title(several):
    lines = written(several, width=120)
    assert lines[0].startswith("FAIL matmul   ∂L/∂b is wrong")
    first = lines.index("  besides         ∂L/∂a has the wrong dtype. It is float32; a is float64.")
    assert (
        lines[first + 1]
        == "  besides         the vjp changed a. It wrote into a\\x1b: work on a copy."
    )
    assert lines[first + 2].startswith("  smallest case")


def test_a_single_problem_has_nothing_besides(wrong):
    assert "besides" not in "\n".join(written(wrong))


@pytest.mark.parametrize(
    ("dtype", "layout", "of_g", "text"),
    [
        ("float64", "C", "C", ""),
        ("float32", "Fortran", "C", "float32, Fortran layout"),
        ("float64", "C", "strided", "cotangent in strided layout"),
        ("float64", "Fortran", "Fortran", "Fortran layout, cotangent in Fortran layout"),
    ],
)
def test_what_numbers_do_not_show_of_a_case_is_said(wrong, *, dtype, layout, of_g, text):
    plan = replace(wrong.failure.case.cotangent, layout=of_g)
    case = replace(wrong.failure.case, dtype=dtype, layout=layout, cotangent=plan)
    assert drawn_as(case) == text
    page = "\n".join(written(diagnosed(wrong, case=case), width=120))
    assert (f"  drawn as        {text}\n" in page) == bool(text)


def test_a_forward_that_raised_has_no_cotangent_to_speak_of(raised):
    plan = replace(raised.failure.case.cotangent, layout="strided")
    assert drawn_as(replace(raised.failure.case, cotangents=(), cotangent=plan)) == ""


@pytest.mark.parametrize("width", [60, 100])
def test_a_panel_with_all_that_it_can_say(several, snapshot, width):
    plan = replace(several.failure.case.cotangent, layout="Fortran")
    case = replace(several.failure.case, dtype="float32", layout="strided", cotangent=plan)
    result = diagnosed(several, looks_like=TRANSPOSED, only_where=WHERE, case=case)
    assert "\n".join(written(result, width)) == snapshot
