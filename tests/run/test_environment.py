"""Versions and machines: what differs, what can be compared, what names both."""

from dataclasses import fields, replace

import hypothesis
import numpy as np

import gradcheck
from gradcheck.run.environment import Environment

HERE = Environment(
    gradcheck="1.0",
    python="3.11.7",
    numpy="2.1.0",
    hypothesis="6.150",
    system="Linux",
    machine="x86_64",
    processor="A",
)


def test_this_process_is_described():
    here = Environment.current()
    versions = (here.gradcheck, here.numpy, here.hypothesis)
    assert versions == (gradcheck.__version__, np.__version__, hypothesis.__version__)
    assert all(isinstance(getattr(here, field.name), str) for field in fields(here))


def test_each_difference_is_a_sentence():
    other = replace(HERE, numpy="2.4.2", processor="")
    assert list(HERE.differences(other)) == ["numpy 2.1.0, now 2.4.2", "processor A, now unknown"]
    assert not list(HERE.differences(HERE))


def test_a_long_version_is_cut():
    (said,) = HERE.differences(replace(HERE, numpy="9" * 500))
    assert said == f"numpy 2.1.0, now {'9' * 60}"


def test_times_are_comparable_on_one_kind_of_machine():
    assert HERE.same_machine(replace(HERE, numpy="9", python="9"))
    for name in ("system", "machine", "processor"):
        assert not HERE.same_machine(replace(HERE, **{name: "other"}))


def test_without_its_machine_only_versions_are_left():
    bare = HERE.without_machine()
    assert (bare.system, bare.machine, bare.processor) == ("", "", "")
    assert bare.numpy == HERE.numpy


def test_work_on_two_machines_names_both_once():
    both = HERE.also_on(replace(HERE, processor="B"))
    assert (both.system, both.processor) == ("Linux", "A + B")
    assert both.also_on(replace(HERE, processor="B")) == both
