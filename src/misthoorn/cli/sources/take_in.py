import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from misthoorn.cli import Failure, counted, set_up_django
from misthoorn.cli.options import person_named

if TYPE_CHECKING:  # Django is not there yet when this file is read
    from misthoorn.intake.services import Brought, Delivery


LAWFUL = {"yes": True, "no": False, "unknown": False}


@click.command("take-in")
@click.argument("source")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mapping", metavar="FILE|NAME", default="", help="Of a list: which column means what, or a saved name.")
@click.option("--tlp", default="", help="The label of these files, where it is stricter than the source's.")
@click.option("--origin", default="", help="From whom they are, and how they were obtained.")
@click.option("--lawful", type=click.Choice(list(LAWFUL)), help="Whether they were obtained lawfully; asked for lists.")
@click.option("--dry-run", is_flag=True, help="Take nothing in: only say how the rows would be read.")
@click.option(
    "--failed", type=click.Path(dir_okay=False, path_type=Path), help="Of a list: write its refused rows here."
)
@click.option("--by", default="", help="User name of who brings them.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a file.")
def command(
    source: str,
    files: tuple[Path, ...],
    *,
    mapping: str,
    tlp: str,
    origin: str,
    lawful: str | None,
    dry_run: bool,
    failed: Path | None,
    by: str,
    as_json: bool,
) -> None:
    """Take in files of a source: keep them, read them, match them, and propose campaigns.

    A list of a person (a source of the format `table`) is read by a mapping; without one, by that of the source which
    fits its header, or as its columns say. It is held until somebody says that it was obtained lawfully.

    \b
    Examples:
      misthoorn take-in shadowserver 2026-11-23-scan_rdp-netherlands.csv
      misthoorn take-in partner list.xlsx --dry-run --failed failed.xlsx
      misthoorn take-in partner list.xlsx --lawful yes --tlp AMBER --origin "Own scan of 23 November"
    """  # noqa: D301  click reads the \\b
    if failed and len(files) > 1:
        raise click.UsageError("--failed is for one file.")
    set_up_django()
    from misthoorn.cli.sources.take_in_list import dry_run_of, wanted_mapping, write_failed_rows
    from misthoorn.intake.services import Brought, IntakeError

    wanted = wanted_mapping(source, mapping)
    if dry_run:
        sys.exit(max(dry_run_of(source, path, wanted, failed=failed, as_json=as_json) for path in files))
    brought = Brought(
        tlp=tlp,
        origin=origin,
        lawful=LAWFUL.get(lawful or ""),
        mapping=wanted,
        person=person_named(by) if by else None,
    )
    bad = False
    for path in files:
        try:
            delivery = _receive(path, source=source, brought=brought)
        except (IntakeError, OSError) as error:
            raise Failure(f"{path}: {error}") from error
        work_until_done(delivery.batch)
        bad |= _tell(delivery.batch, path, again=delivery.again, as_json=as_json)
        if failed and not bad:
            write_failed_rows(delivery.batch, failed)
    sys.exit(1 if bad else 0)


def _receive(path: Path, *, source: str, brought: "Brought") -> "Delivery":
    from misthoorn.common import clock
    from misthoorn.intake.services import receive

    with path.open("rb") as stream:
        return receive(stream, source=source, name=path.name, at=clock.now(), brought=brought)


def work_until_done(batch: int) -> None:
    """Do what a worker would do, until this batch is read and matched; other workers may help."""
    from misthoorn.intake import queries as intake
    from misthoorn.intake import work as intake_work
    from misthoorn.triage import queries as triage
    from misthoorn.triage import work as triage_work
    from misthoorn.work.loop import Worker

    steps = [intake_work.step, triage_work.step]

    def done() -> bool:
        facts = intake.batch(batch)
        if facts is None or facts.state in {"held", "refused", "set_aside"}:
            return True
        return facts.state == "accepted" and triage.is_matched(batch)

    Worker(steps=steps, stopped=done).work()


def _tell(batch: int, path: Path, *, again: bool, as_json: bool) -> bool:
    """Say what became of a file; whether it could not be taken in."""
    from misthoorn.intake import queries as intake

    facts = intake.batch(batch)
    assert facts is not None  # noqa: S101  it was just made
    bad = facts.state in {"held", "refused", "set_aside"}
    figures = {
        "file": str(path),
        "batch": batch,
        "state": facts.state,
        "again": again,
        "rows_in": facts.rows_in,
        "accepted": 0 if again else facts.rows_accepted,
        "refused": 0 if again else facts.rows_refused,
        "duplicate": facts.rows_in if again else facts.rows_duplicate,
        "problem": facts.problem or facts.held_because,
    }
    if as_json:
        click.echo(json.dumps(figures))
        return bad
    if again:
        rows = "its row is a duplicate" if facts.rows_in == 1 else f"all {facts.rows_in} rows are duplicates"
        click.echo(f"{path.name}: the same file as batch {batch}; {rows}, nothing changed.")
        return bad
    click.echo(
        f"{path.name}: {counted(facts.rows_in, 'row')} in = "
        f"{facts.rows_accepted} accepted + {facts.rows_refused} refused "
        f"+ {facts.rows_duplicate} duplicate. Batch {batch}."
    )
    if facts.state == "held":
        size = "rows than usual" in facts.held_because
        how = f"{batch} release|refuse" if size else f"{batch} --lawful yes|no --why REASON"
        decides = f"{'sources' if size else 'lists'} decide {how} --by NAME"
        click.echo(f"  held: {facts.held_because}. `misthoorn {decides}` decides.")
    if facts.state == "set_aside":
        click.echo(f"  set aside: {facts.problem}")
    for group in intake.refused_groups(batch):
        click.echo(f"  {group.count} x {group.code}: {group.example} (first on line {group.first_line})")
    return bad
