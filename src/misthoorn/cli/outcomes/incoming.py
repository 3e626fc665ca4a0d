import sys
from pathlib import Path

import click

from misthoorn.cli import Failure, set_up_django
from misthoorn.cli.audit import note, why_option

TRY_AGAIN = 75  # EX_TEMPFAIL of sysexits.h: mail servers keep the mail and try again


@click.command("incoming")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@why_option
def command(files: tuple[Path, ...], *, why: str) -> None:
    """Take mails that came back: reports of failures, answers of machines and of people. Without FILES: from a pipe.

    For a mail server's pipe: exit code 0 when it is kept, 75 when it should be tried again later.

    Example: misthoorn incoming < mail.eml
    """
    try:
        set_up_django()
        if files:  # a mail server's pipe is nobody who looks
            note("incoming mail", {"files": len(files)}, why=why)
        raws = [path.read_bytes() for path in files] or [sys.stdin.buffer.read()]
        for raw in raws:
            click.echo(_take(raw))
    except Exception as error:
        if files:
            raise
        click.echo(f"misthoorn: the mail could not be kept now ({error}). Try again later.", err=True)
        sys.exit(TRY_AGAIN)


def _take(raw: bytes) -> str:
    from misthoorn.common import clock
    from misthoorn.notification.incoming.outcome import take_incoming

    if not raw.strip():
        raise Failure("There is no mail in what was given. Name a file, or send one through a pipe.")
    taken = take_incoming(raw=raw, at=clock.now())
    about = f"message {taken.message}" if taken.message else "no message of ours"
    return f"{taken.kind}: about {about}{'; it came before' if taken.again else ''}"
