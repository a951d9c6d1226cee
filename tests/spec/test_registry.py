"""A registry holds ops by name, and selects among them."""

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.errors import LoadError, SelectionError, SpecError
from gradcheck.spec.registry import Registry
from tests.messages import message_of


def named(name, **given):
    return gc.op("(...)->(...)", name=name, **given)(np.exp).vjp(lambda g, out: g * out)


def names(specs):
    return [spec.name for spec in specs]


def test_a_registry_keeps_the_order():
    ops = Registry([named("b"), named("a")])
    assert names(ops) == ["b", "a"]
    assert len(ops) == 2
    assert "a" in ops
    assert "c" not in ops
    assert ops.get("a").name == "a"
    assert repr(ops) == "Registry(b, a)"


def test_adding_the_same_op_twice_is_no_clash():
    spec = named("a")
    ops = Registry([spec])
    assert ops.add(spec) is spec
    assert len(ops) == 1


def test_ops_without_a_gradient_are_refused():
    spec = gc.op("(...)->(...)", name="bare")(np.exp)
    assert message_of(SpecError, Registry().add, spec) == (
        f"op 'bare' ({spec.location}) has no gradient: add one with @bare.vjp or @bare.derivative."
    )


def test_only_ops_are_held():
    assert message_of(SpecError, Registry().add, 3) == "A registry holds ops made by gc.op; got 3."


def test_two_ops_of_one_name():
    first, second = named("a"), gc.op(name="a")(lambda x: x).vjp(lambda g: g)
    ops = Registry([first])
    assert message_of(SpecError, ops.add, second) == (
        f"Two ops are called 'a': {first.location} and {second.location}. "
        "Rename one, or give it name='...'."
    )
    assert ops.get("a") is first


def test_an_unknown_name():
    ops = Registry([named("matmul"), named("exp")])
    assert message_of(SelectionError, ops.get, "matmull") == (
        "There is no op 'matmull'. Did you mean 'matmul'? 'gradcheck list' shows all 2."
    )
    assert message_of(SelectionError, ops.get, "zzz") == (
        "There is no op 'zzz'. 'gradcheck list' shows all 2."
    )


def test_a_module_without_ops(write):
    write("my_ops.py", "x = 1\n")
    assert message_of(LoadError, Registry().load, "my_ops.py") == (
        "my_ops.py defines no op. An op is made by @gradcheck.op(...) and given its gradient by "
        "@NAME.vjp."
    )


def test_a_module_with_an_op_without_a_gradient(write):
    path = write("my_ops.py", 'import gradcheck as gc\n\ngc.op(name="bare")(lambda x: x)\n')
    assert message_of(SpecError, Registry().load, "my_ops.py") == (
        f"op 'bare' ({path}:3) has no gradient: add one with @bare.vjp or @bare.derivative."
    )


def test_the_builtin_catalogue():
    ops = Registry()
    ops.load_builtin()
    assert {"matmul", "exp", "add", "sum", "softmax", "conv2d", "layer_norm"} <= set(names(ops))
    assert all(spec.complete and spec.tags and spec.summary for spec in ops)
    assert all(spec.module.startswith("gradcheck.ops.") for spec in ops)


def test_loading_the_catalogue_twice_changes_nothing():
    ops = Registry()
    ops.load_builtin()
    before = list(ops)
    ops.load_builtin()
    ops.load("gradcheck.ops")
    assert list(ops) == before


EVERYTHING = ["log", "logsumexp", "softmax", "softplus", "Huber"]


SELECTIONS = [
    ({}, EVERYTHING),
    ({"patterns": ["log"]}, ["log"]),
    ({"patterns": ["log*"]}, ["log", "logsumexp"]),
    ({"patterns": ["softplus", "log"]}, ["log", "softplus"]),
    ({"patterns": ["soft???"]}, ["softmax"]),
    ({"patterns": ["[sH]*"]}, ["softmax", "softplus", "Huber"]),
    ({"patterns": ["*"], "exclude": ["log*"]}, ["softmax", "softplus", "Huber"]),
    ({"exclude": ["*"]}, []),
    ({"tags": ["unary"]}, ["log", "softplus"]),
    ({"tags": ["unary", "loss"]}, ["log", "logsumexp", "softplus"]),
    ({"tags": ["reduction"], "patterns": ["soft*"]}, ["softmax"]),
    ({"keyword": " "}, EVERYTHING),
    ({"keyword": "soft"}, ["softmax", "softplus"]),
    ({"keyword": "SOFT"}, ["softmax", "softplus"]),
    ({"keyword": "loss"}, ["logsumexp", "Huber"]),
    ({"keyword": "soft or log"}, ["log", "logsumexp", "softmax", "softplus"]),
    ({"keyword": "soft and not reduction"}, ["softplus"]),
    ({"keyword": "not (soft or log)"}, ["Huber"]),
    ({"keyword": "(soft or log) and not loss"}, ["log", "softmax", "softplus"]),
    ({"keyword": "not not log"}, ["log", "logsumexp"]),
    ({"keyword": "nothing_like_it"}, []),
]


@pytest.mark.parametrize(("what", "selected"), SELECTIONS, ids=[str(w) for w, _ in SELECTIONS])
def test_select(shelf, what, selected):
    assert names(shelf.select(**what)) == selected


NO_SELECTION = [
    (
        {"patterns": ["sofmax"]},
        "There is no op 'sofmax'. Did you mean 'softmax'? 'gradcheck list' shows all 5.",
    ),
    ({"patterns": ["log", "x*"]}, "No op fits 'x*'; 'gradcheck list' shows all 5."),
    ({"patterns": ["LOG"]}, "There is no op 'LOG'. 'gradcheck list' shows all 5."),
    (
        {"exclude": ["logs"]},
        "There is no op 'logs'. Did you mean 'log'? 'gradcheck list' shows all 5.",
    ),
    ({"exclude": ["?"]}, "No op fits '?'; 'gradcheck list' shows all 5."),
    (
        {"tags": ["reductions"]},
        "No op has the tag 'reductions'; known are Loss, loss, reduction and unary. Did you mean "
        "'reduction'?",
    ),
    ({"tags": ["zzz"]}, "No op has the tag 'zzz'; known are Loss, loss, reduction and unary."),
]


@pytest.mark.parametrize(("what", "said"), NO_SELECTION)
def test_selections_that_fit_nothing(shelf, what, said):
    assert message_of(SelectionError, shelf.select, **what) == said


def test_a_tag_where_no_op_has_one():
    said = message_of(SelectionError, Registry([named("a")]).select, tags=["x"])
    assert said == "No op has the tag 'x'; known are nothing."
