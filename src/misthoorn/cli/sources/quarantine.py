"""`misthoorn quarantine`: rows that were refused, over all sources, and reading their deliveries again."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from misthoorn.cli import Failure, counted, set_up_django
from misthoorn.cli.audit import looks
from misthoorn.cli.options import person_named

LONGEST = 2_000  # signs of a row that are shown
MOST = 100_000  # groups that are let go at once


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
@looks("quarantine")
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
@looks("quarantine")
def show(batch: int, *, reason: str, limit: int, as_json: bool) -> None:
    """Refused rows of a delivery as they were received, each with its line and reason.

    Example: misthoorn quarantine show 12 --reason time-invalid
    """
    set_up_django()
    from misthoorn.intake.queries import refused_rows

    found = refused_rows(batch=batch, code=reason, limit=limit)
    if not found and not as_json:
        click.echo(f"Delivery {batch} has no refused row{' with this reason' if reason else ''}.")
    for one in found:
        raw = one.raw.decode("utf-8", "backslashreplace")
        if as_json:
            row = {"line": one.line, "row": one.row, "code": one.code, "reason": one.reason, "raw": raw}
            click.echo(json.dumps(row))
        else:
            rest = f" … ({len(raw):,} signs; --json shows all)" if len(raw) > LONGEST else ""
            click.echo(f"line {one.line}: {one.reason} ({one.code})\n  {raw[:LONGEST]}{rest}")


@command.command("leave")
@click.argument("batch", type=int)
@click.option("--by", required=True, help="User name of who decides.")
def leave(batch: int, *, by: str) -> None:
    """Leave a delivery unread that is not shown to be its maker's (hash-wrong, signature-wrong, …); its bytes are kept.

    Example: misthoorn quarantine leave 12 --by ada
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.intake.services import IntakeError, leave_unread

    try:
        leave_unread(batch=batch, person=person_named(by), at=clock.now())
    except IntakeError as error:
        raise Failure(str(error)) from error
    click.echo(f"Delivery {batch} stays unread. `misthoorn quarantine release {batch} --by {by}` reads it after all.")


@command.command("release")
@click.argument("batches", nargs=-1, type=int)
@click.option("--source", default="", help="All deliveries of this source that have refused rows.")
@click.option("--reason", default="", help="All deliveries with rows that were refused for this reason, by its code.")
@click.option("--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Of a list: read it so.")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.option("--by", default="", help="User name of who decides; needed but for --dry-run.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a delivery.")
def release(
    batches: tuple[int, ...],
    *,
    source: str,
    reason: str,
    mapping: Path | None,
    dry_run: bool,
    by: str,
    as_json: bool,
) -> None:
    """Read deliveries again, with today's parser and mapping, and match what their refused rows say.

    What is known afterwards is what would be known if they had been read so when they came. First it is said what
    would change; a delivery that can't be read again is told, and the others go on. Documents that are not shown to
    be their maker's (hash-wrong, signature-wrong, …) are let go by their number or by that reason only.

    \b
    Examples:
      misthoorn quarantine release 12 --dry-run
      misthoorn quarantine release 12 --mapping mapping.json --by ada
      misthoorn quarantine release --reason time-invalid --source scans --by ada
    """  # noqa: D301  click reads the \\b
    if not by and not dry_run:
        raise click.UsageError("Say who decides: --by NAME.")
    if not (batches or source or reason):
        raise click.UsageError("Say which: numbers of deliveries, --source or --reason.")
    set_up_django()
    from misthoorn.cli.sources.lists import read_mapping
    from misthoorn.common import clock
    from misthoorn.intake.advisories.authenticity import REASONS
    from misthoorn.intake.quarantine import groups
    from misthoorn.intake.services import IntakeError

    wanted = read_mapping(mapping) if mapping else None
    person = None if dry_run else person_named(by)
    if source or reason:
        found = groups(source=source, code=reason, now=clock.now(), limit=MOST)
        doubted = set() if reason else set(REASONS)
        batches = (*batches, *sorted({one.batch for one in found if one.kept and one.code not in doubted}))
    bad = False
    for batch in dict.fromkeys(batches):
        try:
            _release(batch, mapping=wanted, person=person, as_json=as_json)
        except IntakeError as error:
            click.echo(f"misthoorn: delivery {batch}: {error}", err=True)
            bad = True
    sys.exit(1 if bad else 0)


def _release(batch: int, *, mapping: dict[str, Any] | None, person: int | None, as_json: bool) -> None:
    """Look, and without a person leave it at that."""
    from misthoorn.cli.sources.take_in import work_until_done
    from misthoorn.common import clock
    from misthoorn.intake import queries as intake
    from misthoorn.intake.services import preview_release, release_batch

    found = preview_release(batch=batch, now=clock.now(), mapping=mapping)
    if person is not None:
        release_batch(batch=batch, person=person, at=clock.now(), mapping=mapping)
        work_until_done(batch)
    facts = intake.batch(batch)
    assert facts is not None  # noqa: S101  it was just read
    was = sum(found.codes_now.values())
    if as_json:
        figures = {"batch": batch, "rows_in": found.rows_in, "accepted": found.accepted, "duplicate": found.duplicate}
        more = {"refused": found.refused, "was_refused": was, "reasons": found.codes, "state": facts.state}
        click.echo(json.dumps({**figures, **more, "released": person is not None}))
        return
    would = "would be" if person is None else "are"
    click.echo(
        f"Delivery {batch}: of {counted(was, 'refused row')} {found.freed_total} {would} accepted now or doubles; "
        f"{found.refused} {would} refused. {counted(found.rows_in, 'row')} in = "
        f"{found.accepted} accepted + {found.refused} "
        f"refused + {found.duplicate} duplicate."
    )
    for code, count in found.codes.items():
        click.echo(f"  {count} x {code}")
