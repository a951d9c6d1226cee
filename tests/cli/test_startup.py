"""What has to be quick imports nothing that is slow."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["run", "--help"],
        ["list", "--help"],
        ["show", "--help"],
        ["plot", "--help"],
        ["explain", "--help"],
        ["audit", "--help"],
        ["museum", "--help"],
        ["replay", "--help"],
        ["pin", "--help"],
        ["compare", "--help"],
        ["merge", "--help"],
        ["config", "--help"],
        ["init", "--help"],
        ["info", "--help"],
        ["completion", "bash"],
        ["completion", "zsh"],
        ["completion", "fish"],
        ["run", "-n", "0"],
        ["nonsense"],
    ],
    ids=" ".join,
)
def test_nothing_heavy_is_imported(loaded_by, arguments):
    assert "loaded []" in loaded_by(*arguments)


def test_the_help_page_imports_no_command():
    script = (
        "import sys, gradcheck.__main__ as entry\n"
        "try: entry.main(['--help'])\n"
        "finally: print([m for m in sys.modules if m.startswith('gradcheck.cli.c')])"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("\n[]\n")


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("gradcheck r", "run"),
        ("gradcheck run --fail", "--fail-fast"),
        ("gradcheck --v", "--version"),
    ],
)
def test_completing_imports_nothing_heavy(loaded_by, words, completed):
    place = str(len(words.split()) - 1)
    printed = loaded_by(_GRADCHECK_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=place)
    assert f"plain,{completed}" in printed
    assert "loaded []" in printed
