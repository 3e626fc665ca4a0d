import csv
import json
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

import click

from misthoorn.cli import Failure, set_up_django

if TYPE_CHECKING:  # Django is not there yet when this file is read
    from misthoorn.insight.history import By, History
    from misthoorn.insight.tables import Table

_BY = ("severity", "channel", "campaign", "sector", "size")


@click.command("effect")
@click.option("--campaign", type=click.IntRange(min=1), help="Only of this campaign.")
@click.option("--subject", default="", help="Only on this subject, such as open-rdp.")
@click.option("--severity", default="", help="Only of this severity: urgent, high, normal or information.")
@click.option("--sector", default="", help="Only of organisations of this sector.")
@click.option("--size", default="", help="Only of organisations of this size, such as 10-49.")
@click.option("--by", default="severity", show_default=True, type=click.Choice(_BY), help="Groups of the curves.")
@click.option("--json", "as_json", is_flag=True, help="Print all tables as one JSON object.")
@click.option("--csv", "as_csv", metavar="TABLE", help="Print one table as CSV; `--csv list` names them.")
def command(*, as_json: bool, as_csv: str | None, by: str, **which: Any) -> None:  # noqa: ANN401  as click gives them
    """Whether warnings helped, as the ledger tells: how far they came, how long it took, how often we were wrong.

    A worker writes the ledger; what happened in the last minutes may be missing.

    Example: misthoorn effect --campaign 12
    """
    if as_json and as_csv:
        raise click.UsageError("Choose --json or --csv")
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.insight.history import Which, read
    from misthoorn.insight.tables import TABLES, curves

    known = [*TABLES, "curves"]
    if as_csv is not None and as_csv not in known:
        if as_csv == "list":
            click.echo("\n".join(known))
            return
        raise Failure(f"There is no table '{as_csv[:60]}'. Choose one of {', '.join(known)}.")
    _check(which)
    history = read(Which(**which), now=clock.now())
    if as_csv:
        found = curves(history, by=cast("By", by)) if as_csv == "curves" else TABLES[as_csv](history)
        rows = csv.writer(sys.stdout)
        rows.writerow(found.columns)
        rows.writerows(found.rows)
        return
    tables = {name: table(history) for name, table in TABLES.items()}
    if as_json:
        whole = tables | {"curves": curves(history, by=cast("By", by))}
        click.echo(json.dumps({name: _objects(one) for name, one in whole.items()}, default=datetime.isoformat))
        return
    _said(history, tables)


def _check(which: dict[str, Any]) -> None:
    from misthoorn.constituency.vocabulary import SECTORS, SEVERITIES, SIZES
    from misthoorn.triage import queries as triage

    campaign = which["campaign"]
    if campaign is not None and triage.campaign(campaign) is None:
        raise Failure(f"There is no campaign {campaign}. `misthoorn campaigns list` shows them.")
    for name, words in (("severity", SEVERITIES), ("sector", SECTORS), ("size", SIZES)):
        if which[name] not in {"", *words}:
            raise Failure(f"There is no {name} '{which[name][:60]}'. Choose one of {', '.join(words)}.")


def _objects(table: "Table") -> list[dict[str, Any]]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def _said(history: "History", tables: "dict[str, Table]") -> None:
    if not history.told:
        click.echo("Nothing that this is about was told yet, as far as the ledger goes.")
    for name, table in tables.items():
        if table.rows:
            click.echo(f"\n{name}")
            cells = [[_cell(value) for value in row] for row in (table.columns, *table.rows[:20])]
            widths = [max(len(row[place]) for row in cells) for place in range(len(table.columns))]
            for row in cells:
                click.echo("  " + "  ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True)))
            if len(table.rows) > len(cells) - 1:
                click.echo(f"  … {len(table.rows)} lines in all: --csv {name}")


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < 1 else f"{value:.1f}"
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)
