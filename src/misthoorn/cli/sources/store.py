import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from itertools import chain, islice
from typing import TYPE_CHECKING

import click

from misthoorn.cli import Failure, counted, set_up_django
from misthoorn.cli.options import person_named
from misthoorn.common.scratch import scratch
from misthoorn.common.spreadsheets import csv_line

if TYPE_CHECKING:  # Django is not there yet when this file is read
    from misthoorn.intake.store.query import Answer

SHOWN = 1_000  # rows of a table; more is for a file
WIDEST = 60  # characters of a cell in it


@click.group("store")
def command() -> None:
    """The events that are kept: how many there are, and questions in SQL about them."""


@command.command("stats")
@click.option("--source", default="", help="Of one source.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def stats(*, source: str, as_json: bool) -> None:
    """What the store holds of each source and day: deliveries, rows, files and bytes.

    Example: misthoorn store stats --source scans
    """
    set_up_django()
    from misthoorn.intake.store_contents import holdings

    found = holdings(source=source)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found]))
        return
    for one in found:
        size = f"{one.bytes / 2**20:,.1f} MiB in {counted(one.files, 'file')}"
        deliveries = counted(one.batches, "delivery", "deliveries")
        click.echo(f"{one.day}  {one.source:<20} {counted(one.rows, 'row', width=14)}, {deliveries}, {size}")
    total = sum(one.bytes for one in found) / 2**20
    click.echo(f"together: {counted(sum(one.rows for one in found), 'row')}, {total:,.1f} MiB")


@command.command("keep")
@click.argument("source")
@click.argument("days", type=int, required=False)
def keep(source: str, days: int | None) -> None:
    """Keep the events of SOURCE for so many DAYS, and nothing else of it any longer; without DAYS, as those of others.

    `misthoorn purge` deletes by it.

    Example: misthoorn store keep credentials 14
    """
    set_up_django()
    from misthoorn.intake.services import IntakeError, set_retention

    try:
        set_retention(source=source, days=days)
    except IntakeError as error:
        raise Failure(str(error)) from error
    click.echo(
        f"The events of {source} are kept {f'for {counted(days, "day")}' if days else 'as long as those of others'}."
    )


@command.command("query")
@click.argument("sql")
@click.option("--by", "username", required=True, help="Who asks: an account at the desk. The audit trail keeps it.")
@click.option("--days", default=14, show_default=True, type=click.IntRange(1), help="Deliveries of so many days.")
@click.option("--source", default="", help="Of one source.")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@click.option(
    "--seconds", default=60.0, show_default=True, type=click.FloatRange(1, 3600), help="The longest it takes."
)
def query(*, sql: str, username: str, days: int, source: str, form: str, seconds: float) -> None:
    """Ask something of the table `events` in DuckDB's SQL. It only reads, and sees nothing but the events.

    Its columns: source, day (of receipt), batch, tlp, row, line, time, ip, port, protocol, hostname, asn, class, type,
    identifier, severity, evidence (JSON). Addresses are personal data: who asked what stands in the audit trail.

    \b
    Examples:
      misthoorn store query --by aisha "SELECT identifier, count(*) FROM events GROUP BY ALL ORDER BY 2 DESC"
      misthoorn store query --by aisha --format csv "SELECT ip, time FROM events WHERE identifier = 'open-rdp'"
    """  # noqa: D301  click reads the \\b
    set_up_django()
    from misthoorn.accounts.services import record
    from misthoorn.common import clock
    from misthoorn.intake.store.query import QueryError, answer
    from misthoorn.intake.store_contents import batch_files

    person = person_named(username)
    now = clock.now()
    files = list(batch_files(since=(now - timedelta(days=days)).date(), source=source))
    record(at=now, person=person, action="store queried", about="store", sql=sql[:10_000], days=days, source=source)
    try:
        with (
            scratch() as spill,
            answer(sql, files=files, spill=spill, seconds=seconds) as given,
        ):
            _WRITERS[form](given)
    except QueryError as error:
        raise Failure(str(error)) from error


def _table(given: "Answer") -> None:
    rows = [[_cell(value) for value in row] for row in islice(given.rows, SHOWN + 1)]
    more = len(rows) > SHOWN
    lines = [list(given.columns), *rows[:SHOWN]]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        click.echo("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())
    if more:
        click.echo(f"Only the first {SHOWN:,} rows. All of them: --format csv", err=True)


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    text = "".join(one if one.isprintable() else "\ufffd" for one in text)
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"


def _csv(given: "Answer") -> None:
    for row in chain([given.columns], given.rows):
        click.echo(csv_line(row), nl=False)


def _json(given: "Answer") -> None:
    for row in given.rows:
        click.echo(json.dumps(dict(zip(given.columns, row, strict=True)), default=str, ensure_ascii=False))


_WRITERS: dict[str, Callable[["Answer"], None]] = {"table": _table, "csv": _csv, "json": _json}
