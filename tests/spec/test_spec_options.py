"""Options are copied in the form that a spec keeps."""

import dataclasses
import inspect

import pytest

import gradcheck as gc
from gradcheck.spec.spec_options import SpecOptions, keywords_of
from tests.forwards import identity, scale
from tests.messages import message_of


def test_words_may_be_given_singly():
    spec = gc.op("(...)->(...)", tags="unary", dtypes="float32", nondiff="x")(identity)
    assert spec.tags == ("unary",)
    assert spec.dtypes == ("float32",)
    assert spec.nondiff == {"x"}


def test_a_spec_is_immutable():
    spec = gc.op("(n)->(n)", domains={"x": gc.positive()}, dims={"n": gc.size(min=1)})(scale)
    for name in ("name", "forward", "rtol", "tags"):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(spec, name, None)
    for values in (spec.domains, spec.dims, spec.params, spec.param_defaults):
        with pytest.raises(TypeError):
            values["x"] = None


def test_what_was_passed_in_may_change_afterwards():
    domains = {"x": gc.positive()}
    spec = gc.op(domains=domains)(identity)
    domains["x"] = gc.real(0, 1)
    assert spec.domains["x"].name == "positive"


def test_op_lists_every_option_with_its_default():
    empty = {None: {}, (): frozenset()}  # as a user writes it, as a spec keeps it
    written = inspect.signature(gc.op).parameters
    assert list(written) == ["signature", "name", *SpecOptions.__dataclass_fields__]
    kept = keywords_of(SpecOptions())
    for name, value in kept.items():
        default = written[name].default
        assert value == default or value == empty[default], name


def test_an_option_that_there_is_not():
    assert message_of(TypeError, gc.op, "(n)->(n)", tag="x") == (
        "op() got an unexpected keyword argument 'tag'"
    )


def test_a_copy_keeps_every_other_option():
    spec = gc.op("(n)->(n)", tags="a", dims={"n": gc.size(min=1)}, also="tails")(scale)
    copy = dataclasses.replace(spec, rtol=1e-6, reason="a test")
    assert keywords_of(copy) == keywords_of(spec) | {"rtol": 1e-6, "reason": "a test"}
