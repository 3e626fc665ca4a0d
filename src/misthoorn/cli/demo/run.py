"""From wishes to a demo: room is made, the days are played, the report is printed, the site is served."""

import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from misthoorn.cli.demo import home, mailbox
from misthoorn.cli.demo.progress import Steps
from misthoorn.cli.demo.scenario import Play

_ORGANISATIONS_A_REACH = 50
_LEAST_REACH = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    serve: bool
    as_json: bool
    hold: bool
    organisations: int


def run(wishes: Wishes) -> None:
    """Do all that was asked for.

    Raises:
        Failure: the folder or the database is somebody else's, or the mail server did not start.
    """
    steps = Steps(shown=sys.stderr.isatty())
    port = _free_port(8000)
    reach_limit = max(_LEAST_REACH, wishes.organisations // _ORGANISATIONS_A_REACH)
    path = home.choose_settings(reach_limit=reach_limit, port=port)
    sink = None if wishes.hold or os.environ.get("MISTHOORN_SMTP") else mailbox.start(path / "mailbox")
    try:
        if sink:
            os.environ["MISTHOORN_SMTP"] = f"smtp://127.0.0.1:{sink.port}?tls=none"
        _play(wishes, steps, path, sink)
    except BaseException:
        if sink:
            sink.end()
        raise
    if wishes.serve:
        _serve(path, sink, port=port, as_json=wishes.as_json)
    elif sink:
        sink.end()


def _play(wishes: Wishes, steps: Steps, path: Path, sink: mailbox.Sink | None) -> None:
    with steps.all():
        with steps.step("room", "Making room"):
            home.claim(path)
        play = Play.begin(folder=path, steps=steps, count=wishes.organisations)
        play.first_day()
        if wishes.hold:
            play.let_all_go()
        else:
            play.send(1)
            play.answers()
            play.other_ways()
            play.second_day()
            play.overviews()
            play.send(2)
        from misthoorn.cli.demo import figures

        with steps.step("figures", "Adding up"):
            told = figures.gather(play.country, box=mailbox.Maildir(path / "mailbox") if sink else None)
        if not wishes.hold:
            from misthoorn.cli.demo import desk

            with steps.step("desk", "Leaving work on the desk"):
                told.left = desk.leave_work()
            with steps.step("ledger", "Writing down what happened"):
                desk.write_ledger()
    told.seconds.update(steps.seconds)
    if wishes.as_json:
        click.echo(json.dumps(figures.as_json(told)))
        return
    from misthoorn.cli.demo import report

    report.show(told, hold=wishes.hold)


def _free_port(first: int) -> int:
    for port in range(first, first + 100):
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    return first


def _serve(path: Path, sink: mailbox.Sink | None, *, port: int, as_json: bool) -> None:
    """Become the web process. Mail server and worker run beside it, and end when the last web process does."""
    from django.db import connections

    from misthoorn.cli.demo import report
    from misthoorn.cli.service.serve import serve

    report.where_to_look(path, port=port, to_stderr=as_json)
    listening, pipe = (sink.listening, sink.pipe) if sink else os.pipe()
    subprocess.Popen([sys.executable, "-m", "misthoorn.cli.demo.worker_process"], stdin=listening)
    os.close(listening)
    os.set_inheritable(pipe, True)  # noqa: FBT003  its only argument
    connections.close_all()
    sys.stdout.flush()
    serve(host="127.0.0.1", port=port)
