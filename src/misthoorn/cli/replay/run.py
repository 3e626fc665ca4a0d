"""From a wish to a time line: room is made, the story is played, what was told twice is counted."""

import json
import os
import sys
from datetime import datetime
from pathlib import Path

import click

from misthoorn.cli.demo import home, mailbox
from misthoorn.cli.demo.progress import Steps
from misthoorn.cli.replay.mail_reader import look_at
from misthoorn.cli.replay.mail_server import mails
from misthoorn.cli.replay.scenario import Play, Told
from misthoorn.cli.replay.workers import hands

REACH_LIMIT = 50
_PORT = 8000


def run(*, organisations: int, workers: int, as_json: bool) -> None:
    """Play the story, print the time line, and end with 1 when anybody was told the same twice, or was missed.

    Raises:
        Failure: the folder or the database is somebody else's, or the mail server did not start.
    """
    os.environ["MISTHOORN_HOME"] = os.environ.get("MISTHOORN_HOME") or "var/replay"
    path = home.choose_settings(reach_limit=REACH_LIMIT, port=_PORT)
    box = path / "mails.mbox"
    sink = None if os.environ.get("MISTHOORN_SMTP") else mailbox.start(box, module="misthoorn.cli.replay.mail_server")
    steps = Steps(shown=sys.stderr.isatty())
    try:
        if sink:
            os.environ["MISTHOORN_SMTP"] = f"smtp://127.0.0.1:{sink.port}?tls=none"
        with steps.all():
            with steps.step("room", "Making room"):
                home.claim(path)
            with hands(workers) as some:
                told = Play(folder=path, steps=steps, count=organisations, workers=some).all()
            if sink:
                with steps.step("look", "Looking at all mails"):
                    _look(told, box)
    finally:
        if sink:
            sink.end()
    click.echo(json.dumps(told.as_json(), default=datetime.isoformat) if as_json else _table(told))
    if not told.is_good:
        sys.exit(1)


def _look(told: Told, box: Path) -> None:
    """What came, beside what the service says that it handed over."""
    from misthoorn.notification.notices.bulk import ids_handed_over

    told.seen = look_at(mails(box))
    told.lost = told.seen.lost(ids_handed_over())


def _table(told: Told) -> str:
    lines = [f"{'story':<17} {'seconds':>8}  what"]
    for one in told.lines:
        lines.append(f"{one.story:%Y-%m-%d %H:%M}  {one.seconds:>8.2f}  {one.what}: {one.result}")
        lines += [
            f"{'':<28}{some.count:>9,} {some.kind.replace('_', '-')}, the first at {some.first:%H:%M:%S}, "
            f"the last at {some.last:%H:%M:%S}"
            for some in one.told
        ]
    seen = told.seen
    lines += [
        "",
        f"{told.organisations:,} organisations with the vulnerable part; {told.handed_over:,} messages handed over"
        + (f", {seen.mails:,} mails arrived" if seen else "")
        + f", in {told.seconds:.1f} s.",
        f"not handed over: {told.left}",
    ]
    if seen:
        lines.append(f"by the mails that arrived: told twice {seen.twice}, lost {told.lost}, doubled {seen.doubled}")
    return "\n".join(lines)
