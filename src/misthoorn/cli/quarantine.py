"""`misthoorn quarantine`: rows that were refused, over all sources, and reading their deliveries again."""

import json
from pathlib import Path

import click

from misthoorn.cli import Failure, counted, set_up_django
from misthoorn.cli.named import person_named


@click.group("quarantine")
def command() -> None:
    """Refused rows of all sources: why, how many, as received; and letting them go after something was mended.

    Example: misthoorn quarantine list
    """


@command.command("list")
@click.option("--source", default="", help="Only of this source.")
@click.option("--reason", default="", help="Only with this reason, by its code.")
@click.option("--days", type=click.IntRange(1), help="Only of deliveries of the last so many days.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def list_(source: str, reason: str, days: int | None, *, as_json: bool) -> None:
    """Refused rows in groups: one line for each delivery and reason, the newest delivery first.

    Example: misthoorn quarantine list --source shadowserver --days 7
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.intake.quarantine import groups

    found = groups(source=source, code=reason, days=days, now=clock.now())
    if as_json:
        rows = [
            {
                "batch": one.batch,
                "source": one.source,
                "file": one.name,
                "received": one.received_at.isoformat(),
                "reason": one.code,
                "rows": one.count,
                "example": one.example,
                "can_be_read_again": one.kept,
            }
            for one in found
        ]
        click.echo(json.dumps(rows))
        return
    for one in found:
        gone = "" if one.kept else "  (its bytes are gone)"
        click.echo(
            f"{one.batch:>6}  {one.received_at:%Y-%m-%d}  {one.source:<16} {one.count:>8} x {one.code}: "
            f"{one.example}  [{one.name}]{gone}"
        )
    if not found:
        click.echo("No row is in quarantine.")


@command.command("show")
@click.argument("batch", type=int)
@click.option("--reason", default="", help="Only with this reason, by its code.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True, help="At most so many rows.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a row.")
def show(batch: int, *, reason: str, limit: int, as_json: bool) -> None:
    """Refused rows of a delivery as they were received, each with its line and reason.

    Example: misthoorn quarantine show 12 --reason time-invalid
    """
    set_up_django()
    from misthoorn.intake.queries import refused_rows

    for one in refused_rows(batch=batch, code=reason, limit=limit):
        raw = one.raw.decode("utf-8", "backslashreplace")
        if as_json:
            row = {"line": one.line, "row": one.row, "code": one.code, "reason": one.reason, "raw": raw}
            click.echo(json.dumps(row))
        else:
            click.echo(f"line {one.line}: {one.reason} ({one.code})\n  {raw}")


@command.command("release")
@click.argument("batch", type=int)
@click.option("--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Of a list: read it so.")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.option("--by", default="", help="User name of who decides; needed but for --dry-run.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def release(batch: int, *, mapping: Path | None, dry_run: bool, by: str, as_json: bool) -> None:
    """Read a delivery again, with today's parser and mapping, and match what its refused rows say.

    What is known afterwards is what would be known if it had been read so when it came. First it is said what would
    change.

    \b
    Examples:
      misthoorn quarantine release 12 --dry-run
      misthoorn quarantine release 12 --by ada
    """  # noqa: D301  click reads the \\b
    if not by and not dry_run:
        raise click.UsageError("Say who decides: --by NAME.")
    set_up_django()
    from misthoorn.cli.lists import read_mapping
    from misthoorn.cli.take_in import work_until_done
    from misthoorn.common import clock
    from misthoorn.intake import queries as intake
    from misthoorn.intake.services import IntakeError, preview_release, release_batch

    wanted = read_mapping(mapping) if mapping else None
    try:
        found = preview_release(batch=batch, now=clock.now(), mapping=wanted)
        if not dry_run:
            release_batch(batch=batch, person=person_named(by), at=clock.now(), mapping=wanted)
    except IntakeError as error:
        raise Failure(str(error)) from error
    if not dry_run:
        work_until_done(batch)
    facts = intake.batch(batch)
    assert facts is not None  # noqa: S101  it was just read
    was = sum(found.codes_now.values())
    if as_json:
        figures = {"batch": batch, "rows_in": found.rows_in, "accepted": found.accepted, "duplicate": found.duplicate}
        more = {"refused": found.refused, "was_refused": was, "reasons": found.codes, "state": facts.state}
        click.echo(json.dumps({**figures, **more, "released": not dry_run}))
        return
    would = "would be" if dry_run else "are"
    click.echo(
        f"Of {counted(was, 'refused row')} {found.freed_total} {would} accepted now or doubles; {found.refused} "
        f"{would} refused. {found.rows_in} rows in = {found.accepted} accepted + {found.refused} refused + "
        f"{found.duplicate} duplicate."
    )
    for code, count in found.codes.items():
        click.echo(f"  {count} x {code}")
