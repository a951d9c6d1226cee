"""`gradcheck museum`: the list, a demonstration, and the verification."""

import pytest

import gradcheck as gc
from gradcheck.audit import museum
from gradcheck.audit.museum.exhibits import bug


@pytest.fixture
def collection(monkeypatch):
    """Put up two exhibits of our own; the second one's wrong gradient is right."""
    made = []
    for key, wrong in (("R01", 1), ("R03", 2)):
        shown = bug(
            key,
            "Forgets the 2.",
            exposed_by="any input",
            cited=("owner/project#1", "owner/project#2"),
            op=gc.op("(n)->(n)", name=f"double_{key}", dims={"n": gc.size(max=3)}),
        )(lambda x: 2 * x)
        shown.wrong.vjp(lambda g, factor=wrong: factor * g)
        shown.right.vjp(lambda g: 2 * g)
        made.append(shown)
    monkeypatch.setattr(museum.collection, "exhibits", lambda: tuple(made))
    monkeypatch.setattr(museum, "exhibits", lambda: tuple(made))
    return made


def test_the_list_has_a_row_for_each(gradcheck):
    done = gradcheck("museum")
    assert (done.code, done.err) == (0, "")
    for shown in museum.exhibits():
        (row,) = (line for line in done.out.splitlines() if line.startswith(f"{shown.id} "))
        assert row.split()[1] == shown.op
    for word in ("what is wrong", "Never uses the cotangent.", "pytorch/pytorch#995 +1"):
        assert word in done.out


def test_the_list_as_bare_ids(gradcheck):
    ids = gradcheck("museum", "--format", "concise").out.split()
    assert ids == [shown.id for shown in museum.exhibits()]


@pytest.mark.slow
def test_a_demonstration_tells_the_story_and_shows_both_gradients(gradcheck):
    done = gradcheck("museum", "t19")
    assert (done.code, done.err) == (0, "")
    story, _, rest = done.out.partition("The wrong gradient")
    wrong, _, right = rest.partition("The right gradient")
    assert story.startswith("T19   l1   Sum of absolute values.")
    assert "Forgets the sign of negative entries." in story
    for word in ("FAIL l1", "∂L/∂x is wrong", "smallest case", "first_mistakes.py:"):
        assert word in wrong
    assert "reproduce       gradcheck museum T19 --seed 0" in wrong
    assert "PASS" in right


def test_where_it_was_found_is_given_as_links(gradcheck, collection):
    lines = gradcheck("museum", "R01").out.splitlines()
    (first,) = (n for n, line in enumerate(lines) if "found in" in line)
    assert lines[first].endswith("https://github.com/owner/project/issues/1")
    assert lines[first + 1].strip() == "https://github.com/owner/project/issues/2"


@pytest.mark.slow
def test_a_demonstration_of_several_in_lines(gradcheck, collection):
    done = gradcheck("museum", "R01", "R03", "--format", "concise", "--seed", "4")
    assert done.code == 1
    assert [line.partition(":")[0] for line in done.out.splitlines()] == [
        "R01 wrong, seed 4",
        "R01 right, seed 4",
        "R03 wrong, seed 4",
        "R03 right, seed 4",
    ]


def test_verification_tells_nothing_but_the_numbers_if_all_hold(gradcheck, collection):
    done = gradcheck("museum", "--verify", "R01", "--seeds", "2")
    assert (done.code, done.err) == (0, "")
    (line,) = done.out.splitlines()
    assert line.startswith("2 of 2 wrong gradients found, 2 of 2 right ones passed in ")


@pytest.mark.slow
def test_verification_names_what_does_not_hold(gradcheck, collection):
    done = gradcheck("museum", "--verify", "--seeds", "2", "--seed", "5")
    assert done.code == 1
    titles, first, second, _, footer = done.out.splitlines()
    assert titles.split() == ["id", "op", "gradient", "seed", "verdict", "why"]
    assert first.split()[:5] == ["R03", "double_R03", "wrong", "5", "PASS"]
    assert second.split()[3] == "6"
    assert footer.startswith("2 of 4 wrong gradients found, 4 of 4 right ones passed in ")


@pytest.mark.slow
def test_verification_in_lines_has_one_per_gradient_of_those_that_do_not_hold(
    gradcheck, collection
):
    lines = gradcheck("museum", "--verify", "--format", "concise").out.splitlines()
    assert [line.partition(":")[0] for line in lines[:-1]] == [
        "R03 wrong, seed 0",
        "R03 right, seed 0",
    ]


def test_a_right_gradient_that_does_not_pass_is_told_with_its_panel(gradcheck, collection):
    shown = bug("R05", "Is not.", exposed_by="nothing", op=gc.op("(n)->(n)", name="wrong_twice"))(
        lambda x: 2 * x
    )
    shown.wrong.vjp(lambda g: g.copy())
    shown.right.vjp(lambda g: 3 * g)
    collection.append(shown)
    done = gradcheck("museum", "R05")
    assert done.code == 1
    right = done.out.partition("The right gradient")[2]
    assert "FAIL wrong_twice" in right
    assert "smallest case" in right


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["R02"], "There is no exhibit 'R02'. Did you mean "),
        (["--seeds", "2"], "--seeds says with how many seeds to verify: add --verify."),
        (["--verify", "--seeds", "0"], "0 is not in the range x>=1"),
        (["R01", "--seed", "-1"], "-1 is not in the range x>=0"),
    ],
)
def test_misuse_is_explained(gradcheck, arguments, message):
    done = gradcheck("museum", *arguments)
    assert (done.code, done.out) == (2, "")
    assert message in done.err
