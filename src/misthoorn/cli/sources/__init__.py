"""`misthoorn sources`: what there is; adding lies in adding.py, fetching in running.py."""

import json
from typing import TYPE_CHECKING

import click

from misthoorn.cli import counted, set_up_django
from misthoorn.cli.options import person_named
from misthoorn.cli.sources.definition import add, catalogue, key, push_key, schedule, unsigned
from misthoorn.cli.sources.fetch import decide, run, test

if TYPE_CHECKING:  # Django is not there yet when this file is read
    from datetime import datetime

    from misthoorn.intake.source_queries import SourceState

BY = click.option("--by", default="", help="User name of who does so, for the audit trail.")


@click.group("sources")
def command() -> None:
    """Sources: what items come from. List and add them, try and run them, pause and resume.

    Example: misthoorn sources add --from-catalogue nvd
    """


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def list_(*, as_json: bool) -> None:
    """All sources: how they fare, what they delivered, and when they are asked next.

    Example: misthoorn sources list --json
    """
    set_up_django()
    from misthoorn.intake import source_queries

    found = source_queries.states()
    if as_json:
        click.echo(json.dumps([_plain(one) for one in found]))
        return
    if not found:
        click.echo("No sources yet. `misthoorn sources catalogue` shows what is ready to use; `sources add` adds one.")
    for one in found:
        last = one.last_received.isoformat(timespec="seconds") if one.last_received else "never delivered"
        following = f"  next {one.next_run:%Y-%m-%d %H:%M} UTC" if one.next_run and not one.paused else ""
        click.echo(
            f"{one.slug:<20} {one.format:<12} TLP:{one.tlp:<13} "
            f"{counted(one.batches, 'batch', 'batches', width=5):<13} "
            f"{one.rows_accepted:>9} accepted {one.rows_refused:>6} refused  {last}  {one.health}{following}"
        )
        for alarm in one.alarms:
            click.echo(f"  {alarm.kind} since {alarm.since:%Y-%m-%d %H:%M} UTC: {alarm.detail}")
    for held in source_queries.held_for_size():
        click.echo(f"  batch {held.batch} of {held.source} is held: {held.because}. `misthoorn sources decide` it.")
    for doubted in source_queries.unproven_batches():
        click.echo(
            f"  batch {doubted.batch} of {doubted.source} waits unread ({doubted.code}): "
            f"`misthoorn quarantine release` or `leave` it."
        )


def _plain(one: "SourceState") -> dict[str, object]:
    def moment(value: "datetime | None") -> str | None:
        return value.isoformat() if value else None

    return {
        "source": one.slug,
        "name": one.name,
        "format": one.format,
        "tlp": str(one.tlp),
        "paused": one.paused,
        "health": one.health,
        "batches": one.batches,
        "accepted": one.rows_accepted,
        "refused": one.rows_refused,
        "last": moment(one.last_received),
        "last_success": moment(one.last_success),
        "next": moment(one.next_run),
        "transport": one.transport,
        "address": one.address,
        "schedule": one.schedule,
        "key": one.key_set,
        "alarms": [{"kind": alarm.kind, "since": moment(alarm.since), "detail": alarm.detail} for alarm in one.alarms],
    }


def _pause(source: str, *, paused: bool, by: str) -> None:
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.intake.services import IntakeError
    from misthoorn.intake.services.sources import pause_source

    person = person_named(by) if by else None
    try:
        pause_source(source=source, paused=paused, at=clock.now(), person=person)
    except IntakeError as error:
        raise click.UsageError(str(error)) from error
    click.echo(f"{source} is {'paused' if paused else 'on again'}.")


@command.command("pause")
@click.argument("source")
@BY
def pause(source: str, *, by: str) -> None:
    """Take in nothing of this source for now.

    Example: misthoorn sources pause shadowserver
    """
    _pause(source, paused=True, by=by)


@command.command("resume")
@click.argument("source")
@BY
def resume(source: str, *, by: str) -> None:
    """Take in this source again.

    Example: misthoorn sources resume shadowserver
    """
    _pause(source, paused=False, by=by)


for part in (add, catalogue, key, push_key, schedule, unsigned, run, test, decide):
    command.add_command(part)
