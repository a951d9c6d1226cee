"""`gradcheck completion`: a script for each shell."""

import pytest


@pytest.mark.parametrize(
    ("shell", "word"),
    [("bash", "complete -o"), ("zsh", "#compdef"), ("fish", "complete --no-files")],
)
def test_completion(gradcheck, monkeypatch, shell, word):
    monkeypatch.setenv("SHELL", f"/usr/bin/{shell}")
    for arguments in (["completion", shell], ["completion"]):
        done = gradcheck(*arguments)
        assert done.code == 0
        assert word in done.out
        assert "_GRADCHECK_COMPLETE" in done.out


def test_completion_for_a_shell_that_is_not_known(gradcheck, monkeypatch):
    monkeypatch.setenv("SHELL", "/bin/tcsh")
    done = gradcheck("completion")
    assert done.code == 2
    assert done.error == "$SHELL is 'tcsh', so name the shell: one of bash, zsh, fish."
