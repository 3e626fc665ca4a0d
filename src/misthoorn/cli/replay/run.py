"""From a wish to a time line: room is made, the story is played, what was told twice is counted."""

import json
import os
import sys

import click

from misthoorn.cli.demo import home, mailbox
from misthoorn.cli.demo.progress import Steps
from misthoorn.cli.replay.play import Play, Told

REACH_LIMIT = 50
_PORT = 8000


def run(*, organisations: int, as_json: bool) -> None:
    """Play the story, print the time line, and end with 1 when anybody was told the same twice.

    Raises:
        Failure: the folder or the database is somebody else's, or the mail server did not start.
    """
    os.environ["MISTHOORN_HOME"] = os.environ.get("MISTHOORN_HOME") or "var/replay"
    path = home.choose_settings(reach_limit=REACH_LIMIT, port=_PORT)
    sink = None if os.environ.get("MISTHOORN_SMTP") else mailbox.start(path / "mailbox")
    steps = Steps(shown=sys.stderr.isatty())
    try:
        if sink:
            os.environ["MISTHOORN_SMTP"] = f"smtp://127.0.0.1:{sink.port}?tls=none"
        with steps.all():
            with steps.step("room", "Making room"):
                home.claim(path)
            told = Play(folder=path, steps=steps, count=organisations).all()
            if sink:
                told.mails = sum(mailbox.Maildir(path / "mailbox").message_ids().values())
    finally:
        if sink:
            sink.end()
    click.echo(json.dumps(told.as_json()) if as_json else _table(told))
    if told.twice:
        sys.exit(1)


def _table(told: Told) -> str:
    lines = [f"{'story':<17} {'seconds':>8}  what"]
    lines += [f"{one.story:%Y-%m-%d %H:%M}  {one.seconds:>8.2f}  {one.what}: {one.result}" for one in told.lines]
    lines += [
        "",
        f"{told.organisations:,} organisations with the vulnerable part; {told.handed_over:,} messages handed over"
        + (f", {told.mails:,} mails arrived" if told.mails is not None else "")
        + f", in {told.seconds:.1f} s.",
        f"told twice: {told.twice}",
    ]
    return "\n".join(lines)
