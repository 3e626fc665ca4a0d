import json
import sys
from pathlib import Path

import click

from misthoorn.cli import Failure, set_up_django


@click.command("take-in")
@click.argument("source")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a file.")
def command(source: str, files: tuple[Path, ...], *, as_json: bool) -> None:
    """Take in files of a source: keep them, read them, match them, and propose campaigns.

    Example: misthoorn take-in shadowserver 2026-11-23-scan_rdp-netherlands.csv
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.intake.services import IntakeError, receive

    failed = False
    for path in files:
        try:
            with path.open("rb") as stream:
                delivery = receive(stream, source=source, name=path.name, at=clock.now())
        except (IntakeError, OSError) as error:
            raise Failure(f"{path}: {error}") from error
        _work_until_done(delivery.batch)
        failed |= _tell(delivery.batch, path, again=delivery.again, as_json=as_json)
    sys.exit(1 if failed else 0)


def _work_until_done(batch: int) -> None:
    """Do what a worker would do, until this batch is read and matched; other workers may help."""
    from misthoorn.intake import queries as intake
    from misthoorn.intake import work as intake_work
    from misthoorn.triage import queries as triage
    from misthoorn.triage import work as triage_work
    from misthoorn.work.loop import Worker

    steps = [intake_work.step, triage_work.step]

    def done() -> bool:
        facts = intake.batch(batch)
        return facts is None or facts.state in {"refused", "set_aside"} or triage.is_matched(batch)

    Worker(steps=steps, stopped=done).work()


def _tell(batch: int, path: Path, *, again: bool, as_json: bool) -> bool:
    """Say what became of a file; whether it could not be taken in."""
    from misthoorn.intake import queries as intake

    facts = intake.batch(batch)
    assert facts is not None  # noqa: S101  it was just made
    bad = facts.state in {"refused", "set_aside"}
    figures = {
        "file": str(path),
        "batch": batch,
        "state": facts.state,
        "again": again,
        "rows_in": facts.rows_in,
        "accepted": 0 if again else facts.rows_accepted,
        "refused": 0 if again else facts.rows_refused,
        "duplicate": facts.rows_in if again else facts.rows_duplicate,
        "problem": facts.problem,
    }
    if as_json:
        click.echo(json.dumps(figures))
        return bad
    if again:
        click.echo(
            f"{path.name}: the same file as batch {batch}; all {facts.rows_in} rows are duplicates, nothing changed."
        )
        return bad
    click.echo(
        f"{path.name}: {facts.rows_in} rows in = {facts.rows_accepted} accepted + {facts.rows_refused} refused "
        f"+ {facts.rows_duplicate} duplicate. Batch {batch}."
    )
    if facts.state == "set_aside":
        click.echo(f"  set aside: {facts.problem}")
    for group in intake.refused_groups(batch):
        click.echo(f"  {group.count} x {group.code}: {group.example} (first on line {group.first_line})")
    return bad
