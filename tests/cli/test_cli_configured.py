"""What the commands and the core understand in the same way."""

import pytest

from gradcheck import registry
from gradcheck.cli.configured import is_path


@pytest.mark.parametrize("module", ["a.py", "a/b", "a\\b", "a.b", "a", "./a", "py", ".py"])
def test_a_path_is_told_from_a_dotted_name_as_the_registry_does(module):
    assert is_path(module) == registry._is_path(module)
