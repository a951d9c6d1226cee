"""The private parts of Hypothesis: they are there, and nothing breaks where they are not."""

from dataclasses import replace
from importlib import import_module

import hypothesis.control
import hypothesis.internal.reflection
import numpy as np
import pytest
from hypothesis.internal.conjecture.engine import ConjectureRunner
from hypothesis.internal.conjecture.providers import HypothesisProvider

import gradcheck as gc
from gradcheck.cases import private_hooks
from gradcheck.cases.case import Case
from gradcheck.cases.private_hooks import (
    KEY_ATTRIBUTE,
    UNWANTED,
    Hook,
    draws_note,
    only_asked_for_draws,
    overrun,
)
from gradcheck.cases.sampling import Sample, draw_cases

METHODS = {
    "HypothesisProvider._maybe_draw_constant": HypothesisProvider,
    "ConjectureRunner.generate_mutations_from": ConjectureRunner,
}


@pytest.fixture(params=UNWANTED, ids=str)
def dropped(request, monkeypatch):
    """One of the methods as if Hypothesis had given it another name."""
    old = replace(request.param, name=f"{request.param.name}_of_old")
    hooks = tuple(old if hook is request.param else hook for hook in UNWANTED)
    monkeypatch.setattr(private_hooks, "UNWANTED", hooks)
    return old


def square(x):
    return x**2


def square_op():
    return gc.op("(...)->(...)", name="square")(square).vjp(lambda g, x: 2 * g * x)


def test_this_version_of_hypothesis_has_every_method_by_name():
    """If this fails, Hypothesis dropped a method: see which of its draws came instead."""
    assert {str(hook): hook.find() for hook in UNWANTED} == METHODS
    assert draws_note() == ()


def test_this_version_of_hypothesis_calls_every_method():
    called = set()
    with pytest.MonkeyPatch.context() as patch:
        for hook in UNWANTED:
            original = getattr(hook.find(), hook.name)

            def watched(*args, _hook=hook, _original=original, **kwargs):
                called.add(str(_hook))
                return _original(*args, **kwargs)

            patch.setattr(hook.find(), hook.name, watched)

        @hypothesis.settings(max_examples=20, database=None, derandomize=True)
        @hypothesis.given(hypothesis.strategies.lists(hypothesis.strategies.integers()))
        def test(values):
            assert values is not None

        test()
    assert called == set(METHODS)


def test_this_version_of_hypothesis_reads_the_key():
    assert KEY_ATTRIBUTE in hypothesis.internal.reflection.function_digest.__code__.co_names


def test_methods_are_switched_off_and_come_back():
    originals = [getattr(hook.find(), hook.name) for hook in UNWANTED]

    def fail():
        with only_asked_for_draws():
            assert [getattr(h.find(), h.name)("any", keyword=1) for h in UNWANTED] == [None, None]
            raise ArithmeticError

    with pytest.raises(ArithmeticError):
        fail()
    assert [getattr(hook.find(), hook.name) for hook in UNWANTED] == originals


def test_cases_are_drawn_without_a_method_and_the_result_says_so(dropped):
    result = gc.check(square_op(), cases=8)
    assert result.verdict is gc.Verdict.PASS
    (note,) = result.notes
    assert f"has no {dropped}:" in note
    assert "equal seeds do not draw" in note


@pytest.mark.parametrize(
    "hook", [Hook("hypothesis.no_such_module", "A", "b"), Hook("hypothesis", "NoClass", "b")]
)
def test_a_class_that_is_gone_is_not_found(hook):
    assert hook.find() is None


def test_a_run_with_every_method_has_no_note():
    assert gc.check(square_op(), cases=8).notes == ()


def test_samples_of_other_names_do_not_share_failing_draws(tmp_path):
    def fails(case):
        raise ArithmeticError

    def draw_one(draw):
        return Case(inputs=(np.ones(1),), names=("x",))

    for name in ("one", "other"):
        sample = Sample(name=name, cases=2, seed=0, database=tmp_path / "examples")
        with pytest.raises(ArithmeticError):
            draw_cases(draw_one, fails, sample)
    assert len([p for p in (tmp_path / "examples").iterdir() if p.is_dir()]) >= 2


@pytest.mark.parametrize("gone", ["current_build_context", "data"])
def test_the_reason_of_a_stop_is_unknown_where_hypothesis_does_not_say(monkeypatch, gone):
    control = import_module("hypothesis.control")
    if gone == "data":
        monkeypatch.setattr(control, "current_build_context", object)
    else:
        monkeypatch.delattr(control, gone)
    assert overrun() is False
