"""Ops are remembered with the module that defined them, and forgotten on demand."""

import sys
from types import ModuleType

import pytest

import gradcheck as gc
from gradcheck.spec.definitions import collected, defined_in, kept_out


@pytest.fixture(autouse=True)
def forget():
    with kept_out():
        yield


def defined_by(name):
    """An op that a module of that name defines."""
    space = {"__name__": name, "gc": gc}
    exec("spec = gc.op(name='f')(lambda x: x)", space)  # noqa: S102
    return space["spec"]


def failing(name):
    return defined_by(name), 1 / 0


@pytest.fixture
def module(monkeypatch):
    def register(name):
        made = ModuleType(name)
        monkeypatch.setitem(sys.modules, name, made)
        return made

    return register


def test_a_module_and_its_parts_have_their_ops(module):
    package, part, other = module("pack"), module("pack.part"), module("package")
    specs = [defined_by(name) for name in ("pack", "pack.part", "package")]
    assert defined_in(package) == specs[:2]
    assert defined_in(part) == specs[1:2]
    assert defined_in(other) == specs[2:]


def test_a_module_of_the_same_name_is_another(module):
    first = module("again")
    defined_by("again")
    second = module("again")
    assert defined_in(first) == []
    assert defined_in(second) == []


def test_an_op_of_no_module_belongs_to_none(module):
    defined_by("nowhere")
    assert defined_in(module("nowhere")) == []


def test_what_is_kept_out_is_forgotten(module):
    home = module("home")
    first = defined_by("home")
    with kept_out():
        defined_by("home")
    assert defined_in(home) == [first]


def test_what_is_kept_out_is_forgotten_after_an_error_too(module):
    home = module("home")
    with pytest.raises(ZeroDivisionError), kept_out():
        failing("home")
    assert defined_in(home) == []


def test_collected_are_those_of_the_block_alone(module):
    home = module("home")
    first = defined_by("home")
    with collected() as specs:
        second = defined_by("home")
    third = defined_by("home")
    assert specs == [second]
    assert defined_in(home) == [first, second, third]


def test_an_error_undoes_the_definitions_of_its_block(module):
    home = module("home")
    first = defined_by("home")
    with pytest.raises(ZeroDivisionError), collected() as specs:
        failing("home")
    assert specs == []
    assert defined_in(home) == [first]
