import json
import sys
from pathlib import Path

import click

from misthoorn.cli import Failure, set_up_django


@click.group("organisations")
def command() -> None:
    """Organisations, their assets and contacts: import them from CSV.

    Example: misthoorn organisations import organisations.csv --dry-run
    """


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen, and keep nothing.")
@click.option(
    "--failed",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the rows that failed here, with the reason.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def import_(file: Path, *, dry_run: bool, failed: Path | None, as_json: bool) -> None:
    """Import one table: organisations, assets or contacts, told apart by its header.

    A product whose CPE name leaves vendor or product open (cpe:2.3:a:ivanti:*) becomes one row for each product that it
    holds by what advisories taken in so far name; a name that holds more than 100 is refused.

    Exit code 0: every row was taken in; 1: some or all failed, the others were taken in.

    Example: misthoorn organisations import assets.csv --failed wrong.csv
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.constituency.imports import ImportFileError, failed_file, read_table
    from misthoorn.constituency.services import import_table
    from misthoorn.intake.products import cpe_names
    from misthoorn.matching.wildcards import Wildcards
    from misthoorn.triage.services import match_assets

    try:
        with file.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
            table = read_table(stream, expand=Wildcards(cpe_names).expand)
            result = import_table(table, at=clock.now(), dry_run=dry_run)
    except (ImportFileError, OSError) as error:
        raise Failure(f"{file}: {error}") from error
    if result.kind == "assets" and not dry_run and result.added + result.changed:
        match_assets(now=clock.now())
    _tell(result, dry_run=dry_run, failed=failed, as_json=as_json)
    if failed is not None:
        try:
            failed.write_text(failed_file(table.header, result.failed), encoding="utf-8")
        except OSError as error:
            raise Failure(f"The rows that failed can't be written to {failed} ({error}). Name another file.") from error
    sys.exit(1 if result.failed else 0)


def _tell(result: object, *, dry_run: bool, failed: Path | None, as_json: bool) -> None:
    from misthoorn.constituency.services import ImportResult

    assert isinstance(result, ImportResult)  # noqa: S101  a lazily imported type
    figures = {name: getattr(result, name) for name in ("kind", "read", "added", "changed", "unchanged")}
    if as_json:
        rows = [{"line": row.line, "reason": row.reason} for row in result.failed]
        click.echo(json.dumps({**figures, "dry_run": dry_run, "failed": rows}))
        return
    click.echo(
        f"{result.kind}: {result.read} rows read = {result.added} added + {result.changed} changed + "
        f"{result.unchanged} unchanged + {len(result.failed)} failed."
    )
    if dry_run:
        click.echo("Nothing was kept: a dry run.")
    for row in result.failed[:10]:
        click.echo(f"  line {row.line}: {row.reason}")
    if len(result.failed) > 10:  # noqa: PLR2004  ten are read at a glance
        click.echo(
            f"  and {len(result.failed) - 10} more.{'' if failed else ' --failed FILE writes them all to a file.'}"
        )
