"""Entry point of `gradcheck` and `python -m gradcheck`."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from collections.abc import Sequence
from typing import NoReturn, TextIO

import click

from gradcheck.cli.exit_codes import ExitCode
from gradcheck.cli.main import group
from gradcheck.errors import GradcheckError, OutputError

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO)
_LAST_STREAM = 2  # derived: POSIX numbers standard input, output and error from 0


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line, by default with the process's arguments, and exit."""
    _open_closed_streams()
    _make_output_encodable()
    sys.exit(_run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    try:
        status = group.main(arguments, prog_name="gradcheck", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except GradcheckError as error:
        click.echo(f"Error: {_printable(str(error))}", err=True)
        return ExitCode.INTERNAL if isinstance(error, OutputError) else ExitCode.USAGE
    except OSError as error:
        if error.errno not in _NO_ROOM:
            _report_bug(error)
        else:
            _report_no_room(error)
        return ExitCode.INTERNAL
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        return ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last line of defence, it tells everything
        _report_bug(error)
        return ExitCode.INTERNAL
    return int(status or ExitCode.OK)


def _report_no_room(error: OSError) -> None:
    from gradcheck.reports.terminal.console import console

    console().abandon()
    click.echo(f"Error: The output cannot be written: {error.strerror}.", err=True)


def _report_bug(error: Exception) -> None:
    import traceback

    from gradcheck import __version__

    lines = "".join(traceback.format_exception(error)).rstrip()
    click.echo(_printable(lines), err=True)
    click.echo(
        f"\nInternal error in gradcheck {__version__}: {type(error).__name__}. This is a bug in "
        "gradcheck, not in your gradient. Please report it with the lines above.",
        err=True,
    )


def _printable(text: str) -> str:
    """Escape control characters; keep line breaks."""
    from gradcheck.reports.text.printable import block

    return block(text)


def _open_closed_streams() -> None:
    """Drop output to streams that a service or shell has closed."""
    closed = [name for name in ("stdout", "stderr") if _is_closed(getattr(sys, name))]
    if not closed:
        return
    # A file that is opened later would get the number of a stream, and what is printed to it.
    with contextlib.suppress(OSError):
        while (number := os.open(os.devnull, os.O_RDWR)) <= _LAST_STREAM:
            os.set_inheritable(number, True)
        os.close(number)
    for name in closed:
        setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - for the whole process
    if closed == ["stdout"]:
        click.echo("Note: standard output is closed: --report writes results to a file.", err=True)


def _is_closed(stream: TextIO | None) -> bool:
    if stream is None or stream.closed:
        return True
    try:
        number = stream.fileno()
    except (OSError, ValueError):
        return False  # no file, as under a test
    try:
        os.write(number, b"")  # a stream may also be a file that is open for reading
    except OSError as error:
        return error.errno == errno.EBADF
    return False


def _make_output_encodable() -> None:
    """Show question marks where a stream cannot encode ∂ or ±."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


if __name__ == "__main__":
    main()
