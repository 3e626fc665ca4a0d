import json
import sys
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

import click

from misthoorn.cli import set_up_django
from misthoorn.cli.audit import looks
from misthoorn.common.spreadsheets import csv_line

if TYPE_CHECKING:  # Django is not there yet when this file is read
    from misthoorn.notification.disclosure_log.search import ToldEvent, ToldLine

COLUMNS = (
    "number",
    "kind",
    "organisation",
    "register_number",
    "subject",
    "severity",
    "tlp",
    "time",
    "event",
    "where",
    "detail",
    "all_kept",
)


@click.command("told")
@click.argument("query")
@click.option("--limit", default=25, show_default=True, help="At most so many notices, the newest first; 0 for all.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, a line for each thing that happened.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON Lines, one notice a line.")
@looks("told")
def command(query: str, *, limit: int, as_csv: bool, as_json: bool) -> None:
    """Search everything that was ever told, and what became of it.

    QUERY is a mail address, a mail domain, an organisation's name or register number, an address, network or host that
    something was seen at, a subject such as a CVE number, or the number of a warning (with a mail domain behind it, it
    is told whether it went there). Exit code 1 when nothing was found.

    Example: misthoorn told CVE-2021-44228 --csv --limit 0
    """
    set_up_django()
    from misthoorn.notification.disclosure_log.search import all_told, everything_told

    found = islice(all_told(query), limit or None)
    if as_csv:
        count = _csv(found)
    else:
        count = 0
        for line in found:
            count += 1
            _print(line, as_json=as_json)
    page = everything_told(query) if not (as_csv or as_json) else None
    if page and page.fits is not None:
        click.echo("A message with this number went to that mail domain." if page.fits else "No message went there.")
    if page and page.too_many:
        click.echo("More was seen there than is looked through. Ask for a smaller network.", err=True)
    if not count:
        click.echo("Nothing was told that fits this.", err=True)
        sys.exit(1)


def _csv(found: Iterator["ToldLine"]) -> int:
    click.echo(csv_line(COLUMNS, end="\n"), nl=False)
    count = 0
    for count, line in enumerate(found, start=1):  # noqa: B007  how many there were
        for event in line.events:
            click.echo(csv_line(cells(line, event), end="\n"), nl=False)
    return count


def cells(line: "ToldLine", event: "ToldEvent") -> tuple[str, ...]:
    """One thing that happened, in the order of COLUMNS."""
    who = (line.number, line.kind, line.organisation_name, line.register_number)
    what = (line.subject, line.severity, line.tlp)
    return (*who, *what, event.at.isoformat(), event.what, event.where, event.detail, "yes" if line.kept else "no")


def _print(line: "ToldLine", *, as_json: bool) -> None:
    from misthoorn.common.numbers import show_number

    if as_json:
        row = {name: getattr(line, name) for name in ("number", "kind", "campaign", "organisation_name")}
        row |= {name: getattr(line, name) for name in ("register_number", "subject", "severity", "tlp", "state")}
        row |= {"created_at": line.created_at.isoformat(), "because": line.because, "kept": line.kept}
        events = [
            {"at": one.at.isoformat(), "what": one.what, "where": one.where, "detail": one.detail}
            for one in line.events
        ]
        click.echo(json.dumps(row | {"events": events}))
        return
    click.echo(f"{show_number(line.number)}  {line.kind}  {line.organisation_name}: {line.subject} ({line.severity})")
    for one in line.events:
        click.echo(f"    {one.at:%Y-%m-%d %H:%M}  {one.what:<12} {one.where}  {one.detail}".rstrip())
    if line.withheld_because:
        click.echo(f"    withheld: {line.withheld_because}")
    if not line.kept:
        click.echo("    Its address and text are no longer kept.")
