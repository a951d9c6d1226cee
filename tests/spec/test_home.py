"""Ops that are shipped are code under test; the rest of the package is not."""

from pathlib import Path

import numpy as np
import pytest

import gradcheck
from gradcheck.spec.home import PACKAGE, is_own


def test_the_package_is_where_it_was_imported_from():
    assert Path(gradcheck.__file__).parent == PACKAGE


@pytest.mark.parametrize("file", ["api.py", "spec/op.py", "audit/museum/collection.py"])
def test_code_of_the_package_is_its_own(file):
    assert is_own(str(PACKAGE / file))


@pytest.mark.parametrize("file", ["ops/linalg.py", "audit/museum/rooms/layers.py"])
def test_ops_are_not_wherever_they_lie(file):
    assert not is_own(str(PACKAGE / file))


def test_other_code_is_not():
    assert not is_own(np.__file__)
    assert not is_own(__file__)
    assert not is_own("<string>")
    assert not is_own(str(PACKAGE.parent / "gradcheck_of_mine" / "ops.py"))
