"""`gradcheck plot` writes a picture, always the same one, or says why there is none."""

import xml.etree.ElementTree as ET

import pytest

from gradcheck.cli.commands.plot_command import _file_name

FEW = ("-n", "10")


def words(path):
    """The texts of an SVG."""
    root = ET.parse(path).getroot()  # noqa: S314 - our own file
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    return ["".join(e.itertext()) for e in root.iter() if e.tag.endswith(("}title", "}text"))]


def test_a_passing_op_is_drawn_beside_the_caller(gradcheck, own_directory, right_ops):
    done = gradcheck("plot", "my_cube", "--ops", right_ops, *FEW)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("my_cube.svg: PASS my_cube, derivative by x")
    texts = words(own_directory / "my_cube.svg")
    assert any(text.startswith("my_cube: derivative by x") for text in texts)
    for text in ("from the analytic value", "error bar", "rounding, at most", "error"):
        assert any(each.startswith(text) for each in texts), text


def test_of_a_failing_op_it_is_the_entry_that_fails(gradcheck, own_directory, wrong_ops):
    done = gradcheck("plot", "my_cube", "--ops", wrong_ops, *FEW)
    assert done.code == 0
    run = gradcheck("run", "my_cube", "--ops", wrong_ops, *FEW, "--no-database")
    (row,) = [line for line in run.out.splitlines() if line.startswith("my_cube")]
    entry = row.split()[4]
    assert done.out == f"my_cube.svg: FAIL my_cube, derivative by {entry}\n"
    assert f"my_cube: derivative by {entry}" in words(own_directory / "my_cube.svg")


def test_equal_runs_give_equal_bytes(gradcheck, own_directory, right_ops):
    for name in ("one.svg", "two.SVG"):
        gradcheck("plot", "my_cube", "--ops", right_ops, *FEW, "-o", name)
    one, two = ((own_directory / name).read_bytes() for name in ("one.svg", "two.SVG"))
    assert one == two


def test_a_file_that_was_not_named_is_not_overwritten(gradcheck, own_directory, right_ops):
    path = own_directory / "my_cube.svg"
    path.write_text("mine")
    done = gradcheck("plot", "my_cube", "--ops", right_ops, *FEW)
    assert done.code == 2
    assert done.error == "There is a file 'my_cube.svg' already; -o my_cube.svg replaces it."
    assert path.read_text() == "mine"
    done = gradcheck("plot", "my_cube", "--ops", right_ops, *FEW, "-o", "my_cube.svg")
    assert done.code == 0
    assert words(path)


@pytest.mark.parametrize(
    ("output", "message"),
    [
        (
            "cube.png",
            "'cube.png' cannot be drawn: plot writes SVG, to a file that ends in .svg.",
        ),
        ("cube", "'cube' cannot be drawn: plot writes SVG, to a file that ends in .svg."),
        ("nowhere/cube.svg", "There is no folder 'nowhere' to write 'cube.svg' to."),
    ],
)
def test_a_file_that_cannot_be_written_is_told_before_anything_runs(
    gradcheck, right_ops, monkeypatch, output, message
):
    monkeypatch.setattr("gradcheck.run.search.check_op", None)
    done = gradcheck("plot", "my_cube", "--ops", right_ops, "-o", output)
    assert (done.code, done.error) == (2, message)


def test_a_disk_that_is_full_leaves_the_picture_that_was_there(
    gradcheck, own_directory, right_ops, monkeypatch
):
    def full(*_):
        raise OSError(28, "No space left on device")

    (own_directory / "cube.svg").write_text("before")
    monkeypatch.setattr("pathlib.Path.replace", full)
    done = gradcheck("plot", "my_cube", "--ops", right_ops, *FEW, "-o", "cube.svg")
    assert done.code == 2
    assert done.error == "'cube.svg' cannot be written: No space left on device."
    assert (own_directory / "cube.svg").read_text() == "before"


def test_what_fails_without_a_number_cannot_be_drawn(gradcheck, own_directory, module):
    path = module(
        """
        import numpy as np
        import gradcheck as gc

        gc.op("(...)->(...)", name="sine")(np.sin).vjp(lambda g, x: np.zeros((9, 9)))
        """
    )
    done = gradcheck("plot", "sine", "--ops", path, *FEW)
    assert done.code == 2
    assert done.error == (
        "Nothing to draw: sine fails, but not by the value of one entry: ∂L/∂x has the wrong "
        "shape. See 'gradcheck run sine'."
    )
    assert not list(own_directory.glob("*.svg"))


def test_an_op_without_any_slope_cannot_be_drawn(gradcheck, module):
    path = module(
        """
        import numpy as np
        import gradcheck as gc

        gc.op("(...)->(...)", name="zero")(lambda x: 0 * x).vjp(lambda g, x: np.zeros(x.shape))
        """
    )
    done = gradcheck("plot", "zero", "--ops", path, *FEW)
    assert done.code == 2
    assert "no case of zero has an entry whose derivative is not zero" in done.error


def test_a_name_is_never_taken_for_markup(gradcheck, own_directory, module):
    path = module(
        r"""
        import numpy as np
        import gradcheck as gc

        gc.op("(...)->(...)", name="$\\frac{</svg>&\x1b")(np.sin).derivative(lambda x: np.cos(x))
        """
    )
    done = gradcheck("plot", "$\\frac{</svg>&\x1b", "--ops", path, *FEW, "-o", "odd.svg")
    assert (done.code, done.err) == (0, "")
    assert "\x1b" not in done.out
    assert any("</svg>&" in text for text in words(own_directory / "odd.svg"))


@pytest.mark.parametrize(
    ("op", "name"),
    [
        ("exp", "exp.svg"),
        ("norm[/]", "norm___.svg"),
        ("../../etc/passwd", "_.._etc_passwd.svg"),
        ("...", "op.svg"),
        ("x" * 10_000, "x" * 100 + ".svg"),
    ],
)
def test_the_default_name_stays_in_this_folder(op, name):
    assert _file_name(op) == name
