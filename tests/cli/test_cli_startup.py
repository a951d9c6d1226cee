"""What has to be quick imports nothing that is slow."""

import os
import subprocess
import sys

import pytest

HEAVY = ("numpy", "hypothesis", "rich", "importlib.metadata", "gradcheck.spec", "gradcheck.engine")
SCRIPT = """
import sys
from gradcheck.__main__ import main
try:
    main(sys.argv[1:])
except SystemExit as caught:
    print("status", caught.code)
finally:
    print("loaded", [name for name in {heavy!r} if name in sys.modules])
"""


def loaded_by(*arguments, **environment):
    """Return output of the command line and which heavy modules it imported."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(heavy=HEAVY), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )
    assert "status" in done.stdout, done.stderr
    return done.stdout + done.stderr


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
        ["completion", "bash"],
        ["completion", "zsh"],
        ["completion", "fish"],
        ["run", "-n", "0"],
        ["nonsense"],
    ],
    ids=" ".join,
)
def test_nothing_heavy_is_imported(arguments):
    assert "loaded []" in loaded_by(*arguments)


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("gradcheck r", "run"),
        ("gradcheck run --fail", "--fail-fast"),
        ("gradcheck --v", "--version"),
    ],
)
def test_completing_imports_nothing_heavy(words, completed):
    place = str(len(words.split()) - 1)
    printed = loaded_by(_GRADCHECK_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=place)
    assert f"plain,{completed}" in printed
    assert "loaded []" in printed
