import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from misthoorn.cli import Failure, counted, set_up_django


@click.group("organisations")
def command() -> None:
    """Organisations, their assets and contacts: import them from CSV, and owners of networks from RIPE's database.

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
    from misthoorn.matching.dictionary.wildcards import Wildcards
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


@command.command("entities")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen, and keep nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for each of the three tables.")
def entities(file: Path, *, dry_run: bool, as_json: bool) -> None:
    """Take in an extract of the register of entities (Cbw, art. 43-46): one row an entity.

    Columns: register_number, name, entity (essential, important, digital, or a kind of ours), sector, size; and
    province, emails, ip_ranges, telephones, the last three with several in a cell. Ranges and contacts are kept with
    `register` as where they come from. Exit code 0: every row was taken in; 1: some failed, the others were taken in.

    Example: misthoorn organisations entities entities.csv --dry-run
    """
    set_up_django()
    from django.db import transaction

    from misthoorn.common import clock
    from misthoorn.constituency.imports import ImportFileError
    from misthoorn.constituency.organisations.entities import read_entities
    from misthoorn.constituency.services import import_table
    from misthoorn.triage.services import match_assets

    try:
        with file.open(encoding="utf-8-sig", errors="replace", newline="") as stream, transaction.atomic():
            results = [import_table(table, at=clock.now()) for table in read_entities(stream)]
            transaction.set_rollback(dry_run)
    except (ImportFileError, OSError) as error:
        raise Failure(f"{file}: {error}") from error
    if not dry_run and any(one.added + one.changed for one in results):
        match_assets(now=clock.now())
    for result in results:
        _tell(result, dry_run=dry_run, failed=None, as_json=as_json, write=False)
    sys.exit(1 if any(one.failed for one in results) else 0)


@command.command("owners")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--country", "countries", multiple=True, default=["NL"], show_default=True, help="May be repeated.")
@click.option("--kind", default="general", show_default=True, help="What new ones are: it decides which team warns.")
@click.option("--complete", is_flag=True, help="These are all files: what an owner no longer owns ends.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and keep nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def owners(
    files: tuple[Path, ...], *, countries: tuple[str, ...], kind: str, complete: bool, dry_run: bool, as_json: bool
) -> None:
    """Take in owners of networks, with their networks and desks for abuse, from files of RIPE's database.

    The files of inetnum, inet6num, aut-num, organisation and role, plain or gzipped, in any order
    (ftp.ripe.net/ripe/dbase/split). What is seen in a network of nobody that is known goes to its owner, in one list a
    day. A network that another organisation has already stays that one's alone.

    Example: misthoorn organisations owners ripe.db.*.gz --dry-run
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.constituency.lookups.ripe_files import RipeError, read_files
    from misthoorn.constituency.lookups.ripe_owners import OwnersRegister
    from misthoorn.constituency.organisations.network_owners import take_owners
    from misthoorn.constituency.vocabulary import ORGANISATION_KINDS
    from misthoorn.triage.services import match_assets

    if kind not in ORGANISATION_KINDS:
        raise click.UsageError(f"--kind is '{kind}'. It takes one of: {', '.join(ORGANISATION_KINDS)}.")
    register = OwnersRegister(frozenset(country.upper() for country in countries))
    try:
        read_files(files, register, each=lambda path: click.echo(f"Reading {path.name}", err=True))
    except RipeError as error:
        raise Failure(str(error)) from error
    taken = take_owners(register, kind=kind, complete=complete, dry_run=dry_run, at=clock.now())
    if not dry_run and taken.networks_added + taken.ended:
        match_assets(now=clock.now())
    if as_json:
        click.echo(json.dumps({**asdict(taken), "dry_run": dry_run}))
        return
    click.echo(
        f"{taken.objects} objects read, {taken.refused} refused. {counted(taken.owners, 'owner')}, {taken.added} new; "
        f"{counted(taken.networks, 'network or AS number', 'networks and AS numbers')}: {taken.networks_added} new, "
        f"{taken.held} of others already, {taken.ended} ended; {counted(taken.contacts_added, 'new contact')}."
    )
    if dry_run:
        click.echo("Nothing was kept: a dry run.")


def _tell(result: object, *, dry_run: bool, failed: Path | None, as_json: bool, write: bool = True) -> None:
    from misthoorn.constituency.services import ImportResult

    assert isinstance(result, ImportResult)  # noqa: S101  a lazily imported type
    figures = {name: getattr(result, name) for name in ("kind", "read", "added", "changed", "unchanged")}
    if as_json:
        rows = [{"line": row.line, "reason": row.reason} for row in result.failed]
        click.echo(json.dumps({**figures, "dry_run": dry_run, "failed": rows}))
        return
    click.echo(
        f"{result.kind}: {counted(result.read, 'row')} read = {result.added} added + {result.changed} changed + "
        f"{result.unchanged} unchanged + {len(result.failed)} failed."
    )
    if dry_run:
        click.echo("Nothing was kept: a dry run.")
    for row in result.failed[:10]:
        click.echo(f"  line {row.line}: {row.reason}")
    if len(result.failed) > 10:  # noqa: PLR2004  ten are read at a glance
        more = "" if failed or not write else " --failed FILE writes them all to a file."
        click.echo(f"  and {len(result.failed) - 10} more.{more}")
