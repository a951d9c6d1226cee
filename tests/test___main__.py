"""The entry point: streams that are closed, and what each kind of error comes to."""

import io
import subprocess
import sys

import pytest

from gradcheck import __main__ as entry
from gradcheck.cli.exit_codes import ExitCode
from gradcheck.errors import GradcheckError, OutputError


@pytest.fixture
def status(monkeypatch):
    """Run the command line with a group that does as it is told; return the status."""

    def call(action):
        monkeypatch.setattr(entry.group, "main", action)
        with pytest.raises(SystemExit) as caught:
            entry.main(["list"])
        return caught.value.code

    return call


def raising(error):
    def act(*_arguments, **_options):
        raise error

    return act


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (GradcheckError("no\x1b[31m"), ExitCode.USAGE, "Error: no\\x1b[31m"),
        (OutputError("full"), ExitCode.INTERNAL, "Error: full"),
        (OSError(2, "No such file"), ExitCode.INTERNAL, "This is a bug in gradcheck"),
        (ZeroDivisionError("a\x1b"), ExitCode.INTERNAL, "ZeroDivisionError: a\\x1b"),
        (KeyboardInterrupt(), ExitCode.INTERRUPTED, "Interrupted."),
    ],
)
def test_an_error_has_its_status_and_its_words(status, capsys, error, code, said):
    assert status(raising(error)) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err


@pytest.mark.parametrize(("returned", "code"), [(None, 0), (0, 0), (1, 1), (ExitCode.NOTHING, 5)])
def test_the_status_of_a_command_is_that_of_the_process(status, returned, code):
    assert status(lambda *_a, **_o: returned) == code


@pytest.mark.parametrize("closed", ["none", "closed"])
def test_a_closed_standard_output_is_told_of(status, capsys, monkeypatch, closed):
    stream = None if closed == "none" else io.StringIO()
    if stream is not None:
        stream.close()
    monkeypatch.setattr(sys, "stdout", stream)
    assert status(lambda *_a, **_o: sys.stdout.write("results") and 0) == ExitCode.OK
    sys.stdout.close()
    assert capsys.readouterr().err == (
        "Note: standard output is closed: --report writes results to a file.\n"
    )


def test_a_closed_standard_error_is_no_obstacle(status, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    assert status(raising(GradcheckError("no"))) == ExitCode.USAGE
    sys.stderr.close()
    assert capsys.readouterr().out == ""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="closes streams by a POSIX shell")
@pytest.mark.parametrize("closing", [">&-", "2>&-", "<&- >&- 2>&-", "2</dev/null"])
def test_a_process_without_streams_works(tmp_path, closing):
    command = f"{sys.executable} -m gradcheck run exp -n 2 --report json=out.json {closing}"
    done = subprocess.run(
        ["/bin/sh", "-c", command], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == ExitCode.OK
    assert '"op":"exp"' in (tmp_path / "out.json").read_text(encoding="utf-8")
    assert ("standard output is closed" in done.stderr.decode()) == (closing == ">&-")
