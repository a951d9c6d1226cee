"""The page of `gradcheck show`."""

import io

import numpy as np
import pytest
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.reports.terminal.console import PipeConsole
from gradcheck.reports.terminal.worked_example import page
from gradcheck.results.failure import CaseReport


@pytest.fixture
def spec():
    @gc.op(
        "(...,n),(n)->(...)",
        name="weighted",
        tags=("demo", "linalg"),
        source="Giles (2008), [section] 2",
        domains={"x": gc.positive(), "w": lambda n: gc.real(0, n)},
        dims={"n": gc.size(min=1)},
        params={"keep": st.booleans()},
        nondiff=("w",),
        rtol=1e-5,
        reason="the forward rounds",
    )
    def weighted(x, w, keep=False, scale=2.0):
        """Weighted sum.

        y = Σ xᵢ wᵢ  ⇒  ∂L/∂x = ∂L/∂y w
        """
        return (x * w).sum(-1, keepdims=keep) * scale

    return weighted.vjp(lambda g, w: g * w)


@pytest.fixture
def example(compare):
    return CaseReport(
        inputs={"x": np.array([[1.0, 2.0], [3.0, 4.0]]), "w": np.array([0.5, -1.0])},
        params={"keep": False, "scale": 2.0},
        outputs=(np.array([-3.0, -5.0]),),
        cotangents=(np.ones(2),),
        gradients={"x": np.array([[1.0, -2.0], [1.0, -2.0]])},
        comparisons=tuple(
            compare(f"x[{i},{j}]", v, v + 1.3e-11) for i in (0, 1) for j, v in ((0, 1.0), (1, -2.0))
        ),
    )


def written(*parts, width=80):
    file = io.StringIO()
    PipeConsole(file=file, width=width, color_system=None, highlight=False).show(*parts)
    lines = [line.rstrip() for line in file.getvalue().splitlines()]
    return "\n".join(line for line in lines if ".py:" not in line)


@pytest.mark.parametrize("width", [80, 120])
def test_page(spec, example, snapshot, width):
    assert written(*page(spec, example), width=width) == snapshot


def test_where_it_is_defined_is_told(spec, example):
    file = io.StringIO()
    PipeConsole(file=file, width=80).show(*page(spec, example))
    defined = [line.split() for line in file.getvalue().splitlines() if ".py:" in line]
    assert [words[:-1] for words in defined] == [["defined", "at"], ["vjp"]]
    assert all("test_worked_example.py:" in words[-1] for words in defined)


def test_numeric_gradient_is_left_out_unless_every_entry_has_one(spec, example, compare):
    from dataclasses import replace

    fewer = replace(example, comparisons=example.comparisons[1:])
    text = written(*page(spec, fewer))
    assert "analytic" in text
    assert "numeric " not in text


def test_a_complex_gradient_is_put_together_from_its_parts(spec, compare):
    case = CaseReport(
        inputs={"z": np.array([1 + 1j])},
        gradients={"z": np.array([2 - 3j])},
        comparisons=(compare("z[0].real", 2.0, 2.0), compare("z[0].imag", -3.0, -3.5)),
    )
    lines = written(*page(spec, case)).splitlines()
    assert [line.split(maxsplit=1)[1] for line in lines[-3:]] == [
        "[2.-3.j]",
        "[2.-3.5j]",
        "[0.+0.5j]",
    ]


def test_several_outputs_are_numbered(spec, example):
    from dataclasses import replace

    two = replace(example, outputs=(np.ones(1), np.zeros(1)), cotangents=(np.ones(1), None))
    lines = written(*page(spec, two)).splitlines()
    starts = [line.split()[0] for line in lines if line.startswith(("  out", "  g"))]
    assert starts == ["out[0]", "out[1]", "g[0]", "g[1]"]


def test_control_characters_of_a_docstring_are_visible(example):
    def shout(x):
        return x

    shout.__doc__ = "Loud \x1b[31m and [bold]."
    spec = gc.op(name="shout")(shout).vjp(lambda g: g)
    assert "Loud \\x1b[31m and [bold]." in written(*page(spec, example))
