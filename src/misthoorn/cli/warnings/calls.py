import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import click

from misthoorn.cli import Failure, set_up_django
from misthoorn.cli.audit import looks
from misthoorn.cli.options import organisation_numbered, person_named

ANSWERS = ("fixed", "passed_on", "not_ours", "wrong", "accepted")


@click.group("calls")
def command() -> None:
    """Calls: firms that are told by telephone. See whom to call, take one, and note how it ended.

    Example: misthoorn calls list
    """


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@looks("calls")
def list_(*, as_json: bool) -> None:
    """The firms to call, those that are due first.

    Example: misthoorn calls list --json
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.common.clock import AMSTERDAM
    from misthoorn.constituency.queries import organisations
    from misthoorn.notification.letters_and_calls import calls

    rows = calls.firms(now=clock.now())
    numbers = {pk: one.register_number for pk, one in organisations([row.organisation for row in rows]).items()}
    if as_json:
        told = [
            {
                "organisation": numbers[one.organisation],
                "messages": one.messages,
                "severity": one.severity,
                "subjects": one.subjects,
                "tries": one.tries,
                "due_at": one.due_at.isoformat(),
                "held_by": one.held_by,
            }
            for one in rows
        ]
        click.echo(json.dumps(told))
        return
    for one in rows:
        held = f", {one.held_by} is calling" if one.held_by else ""
        click.echo(
            f"{numbers[one.organisation]:>10}  {one.name:<32} {one.severity:<12} "
            f"from {one.due_at.astimezone(AMSTERDAM):%d-%m %H:%M}, tried {one.tries}×{held}"
        )
    if not rows:
        click.echo("Nobody has to be called.")


@command.command("show")
@click.argument("organisation", metavar="REG")
@click.option("--by", required=True, help="User name of who calls.")
@looks("calls")
def show(organisation: str, *, by: str) -> None:
    """Take a firm for a quarter of an hour: the number, and what to say. Nobody else can call it meanwhile.

    Example: misthoorn calls show 30000001 --by ada
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.notification.letters_and_calls import calls

    with _said():
        found = calls.take(
            organisation=organisation_numbered(organisation).id, person=person_named(by), now=clock.now()
        )
    for number in dict.fromkeys(line.telephone for line in found.lines):
        click.echo(f"{found.name}: {number}")
    for part in found.script:
        click.echo(f"\n{part.title}")
        for line in part.lines:
            click.echo(f"  {line}")
    click.echo(f"\n`misthoorn calls outcome {organisation} OUTCOME --by {by}` notes how it ended.")


@command.command("outcome")
@click.argument("organisation", metavar="REG")
@click.argument("outcome", metavar="OUTCOME")
@click.option("--note", default="", help="For colleagues. No passwords.")
@click.option("--at", "again_at", type=click.DateTime(["%Y-%m-%dT%H:%M"]), help="When to call back, Dutch time.")
@click.option("--answer", type=click.Choice(ANSWERS), help="What they say that they do with it, when they were told.")
@click.option("--by", required=True, help="User name of who called.")
def outcome(
    organisation: str, outcome: str, *, note: str, again_at: datetime | None, answer: str | None, by: str
) -> None:
    """Note how the call that you took ended: told, call_back, left_message, voicemail, no_answer, wrong_number, refuses
    or do_not_call. All that the firm had to be told counts as told.

    \b
    Examples:
      misthoorn calls outcome 30000001 told --answer passed_on --by ada
      misthoorn calls outcome 30000001 call_back --at 2026-12-01T10:00 --by ada
    """  # noqa: D205, D301  one thought; click reads the \b
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.common.clock import AMSTERDAM
    from misthoorn.notification.letters_and_calls import calls

    firm, person, now = organisation_numbered(organisation).id, person_named(by), clock.now()
    with _said():
        lines = calls.sheet(organisation=firm, person=person, now=now).lines
        ended = calls.Ended(
            outcome=outcome,
            messages=tuple(line.message for line in lines),
            note=note,
            again_at=again_at.replace(tzinfo=AMSTERDAM) if again_at else None,
            answer=answer or "",
        )
        count = calls.note_outcome(organisation=firm, person=person, ended=ended, now=now)
    click.echo(f"Noted, for {count} of what the firm had to be told.")


@contextmanager
def _said() -> Iterator[None]:
    """What can't be done, as a sentence."""
    from misthoorn.notification.letters_and_calls.calls import CallError

    try:
        yield
    except CallError as error:
        raise Failure(str(error)) from error
