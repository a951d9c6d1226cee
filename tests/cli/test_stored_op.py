"""The op of a stored failure: the command that replays it, and which modules are loaded."""

import shlex

import pytest

from gradcheck.cli.stored_op import replay_command


def options(modules, configured=()):
    words = shlex.split(replay_command("3f9c2a", modules, configured))
    assert words[:3] == ["gradcheck", "replay", "3f9c2a"]
    return words[3:]


@pytest.mark.parametrize("module", ["my_ops.py", "./deep/my_ops.py", "installed.ops"])
def test_a_module_that_a_replay_loads_by_itself_is_not_named(own_directory, module):
    assert options([module]) == []


@pytest.mark.parametrize("module", ["../my_ops.py", "/elsewhere/my ops.py", "a\x1b.py"])
def test_any_other_module_is_named(own_directory, module):
    assert options([module, "my_ops.py"]) == ["--ops", module]


def test_a_configured_file_is_trusted_wherever_it_lies(own_directory):
    assert options(["../my_ops.py"], configured=["../my_ops.py", "dotted.name"]) == []
    assert options(["../other.py"], configured=["../my_ops.py"]) == ["--ops", "../other.py"]


def test_a_link_is_judged_by_its_target(own_directory, tmp_path_factory):
    target = tmp_path_factory.mktemp("elsewhere") / "ops.py"
    target.write_text("")
    (own_directory / "link.py").symlink_to(target)
    assert options(["link.py"]) == ["--ops", "link.py"]
