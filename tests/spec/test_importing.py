"""How modules of ops are named."""

import pytest

from gradcheck.spec.importing import is_path


@pytest.mark.parametrize("module", ["a.py", ".py", "a/b", "./a", "a\\b", "a.b/c"])
def test_what_ends_in_py_or_has_a_folder_in_it_is_a_path(module):
    assert is_path(module)


@pytest.mark.parametrize("module", ["a", "a.b", "py", "a.pyc", ""])
def test_anything_else_is_a_dotted_name(module):
    assert not is_path(module)
