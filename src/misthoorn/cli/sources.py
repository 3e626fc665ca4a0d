import json

import click

from misthoorn.cli import set_up_django
from misthoorn.intake.coverage import DAYS


@click.group("sources")
def command() -> None:
    """Sources: what items come from. List and add them, pause and resume.

    Example: misthoorn sources list
    """


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def list_(*, as_json: bool) -> None:
    """All sources with what they delivered.

    Example: misthoorn sources list --json
    """
    set_up_django()
    from misthoorn.intake import queries as intake

    rows = [
        {
            "source": one.slug,
            "name": one.name,
            "format": one.format,
            "tlp": str(one.tlp),
            "paused": one.paused,
            "batches": one.batches,
            "accepted": one.rows_accepted,
            "refused": one.rows_refused,
            "last": one.last_received.isoformat() if one.last_received else None,
        }
        for one in intake.sources()
    ]
    if as_json:
        click.echo(json.dumps(rows))
        return
    if not rows:
        click.echo("No sources yet. `misthoorn sources add NAME --format FORMAT` makes one.")
    for row in rows:
        last = row["last"] or "never delivered"
        click.echo(
            f"{row['source']:<20} {row['format']:<12} TLP:{row['tlp']:<13} {row['batches']:>5} batches "
            f"{row['accepted']:>9} accepted {row['refused']:>6} refused  {last}{'  paused' if row['paused'] else ''}"
        )


@command.command("add")
@click.argument("source")
@click.option("--format", "format_", required=True, help="One of `misthoorn parse --list`.")
@click.option("--name", default="", help="The name that warnings mention. Default: SOURCE.")
@click.option("--tlp", default="AMBER", show_default=True, help="The label of what it delivers.")
@click.option(
    "--covers", default="", help='What its silence proves: "seen", or identifiers with commas. Default: nothing.'
)
@click.option("--networks", default="", help="Which networks it looks at, with commas. With --covers.")
@click.option(
    "--full-on",
    type=click.Choice(DAYS),
    help="Of reports that say only what is new (delta mode): the day whose report says everything. With --covers.",
)
@click.option(
    "--absences",
    type=click.IntRange(1, 100),
    default=2,
    show_default=True,
    help="Deliveries without a finding, after which it is gone.",
)
def add(
    source: str, *, format_: str, name: str, tlp: str, covers: str, networks: str, full_on: str | None, absences: int
) -> None:
    """Add a source, and make its drop folder.

    Example: misthoorn sources add scans --format shadowserver --tlp GREEN --covers seen --networks 0.0.0.0/0,::/0
    """
    if bool(covers) != bool(networks) or (full_on and not covers):
        raise click.UsageError("--covers and --networks go together: what is looked at, and where. So does --full-on.")
    set_up_django()
    from pathlib import Path

    from django.conf import settings

    from misthoorn.common import clock
    from misthoorn.intake.services import IntakeError, add_source
    from misthoorn.intake.work import make_drop_folders

    coverage: dict[str, object] = {}
    if covers:
        coverage = {
            "subjects": "seen" if covers == "seen" else covers.split(","),
            "networks": networks.split(","),
            **({"full_on": full_on} if full_on else {}),
        }
    try:
        add_source(
            slug=source,
            name=name or source,
            format=format_,
            tlp=tlp,
            coverage=coverage,
            absences_to_close=absences,
            at=clock.now(),
        )
    except IntakeError as error:
        raise click.UsageError(str(error)) from error
    make_drop_folders(Path(settings.HOME) / "drop")
    click.echo(f"Added. Take in a file with `misthoorn take-in {source} FILE`, or put it in drop/{source}.")


def _pause(source: str, *, paused: bool) -> None:
    set_up_django()
    from misthoorn.intake.services import IntakeError, set_paused

    try:
        set_paused(source=source, paused=paused)
    except IntakeError as error:
        raise click.UsageError(str(error)) from error
    click.echo(f"{source} is {'paused' if paused else 'on again'}.")


@command.command("pause")
@click.argument("source")
def pause(source: str) -> None:
    """Take in nothing of this source for now.

    Example: misthoorn sources pause shadowserver
    """
    _pause(source, paused=True)


@command.command("resume")
@click.argument("source")
def resume(source: str) -> None:
    """Take in this source again.

    Example: misthoorn sources resume shadowserver
    """
    _pause(source, paused=False)
