"""Entry point of `gradcheck` and `python -m gradcheck`."""

from __future__ import annotations

import errno
import io
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from gradcheck.cli.exit_codes import ExitCode
from gradcheck.cli.main import group
from gradcheck.errors import GradcheckError, OutputError

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line, by default with the process's arguments, and exit."""
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


def _make_output_encodable() -> None:
    """Show question marks where a stream cannot encode ∂ or ±."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


if __name__ == "__main__":
    main()
