import json
import sys
from typing import TYPE_CHECKING

import click

from misthoorn.cli import Failure, counted, set_up_django
from misthoorn.cli.options import person_named

if TYPE_CHECKING:
    from misthoorn.intake.preview import FirstRows

SHOWN, LONGEST = 3, 600  # values of a trial, and signs of each


@click.command("run")
@click.argument("source")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--by", default="", help="User name of who does so, for the audit trail.")
def run(source: str, *, as_json: bool, by: str) -> None:
    """Fetch a source now, and read and match what comes. Exit code 1 when it did not go.

    Example: misthoorn sources run nvd
    """
    set_up_django()
    from misthoorn.cli.sources.take_in import work_until_done
    from misthoorn.intake import source_queries
    from misthoorn.intake.services import IntakeError
    from misthoorn.intake.services.sources_fetch import fetch_now

    try:
        number, batches = fetch_now(source=source, person=person_named(by) if by else None)
    except IntakeError as error:
        raise click.UsageError(str(error)) from error
    for batch in dict.fromkeys(batches):
        work_until_done(batch)
    found = source_queries.fetch(number)
    assert found is not None  # noqa: S101  it was just made
    good = found.state == "done"
    if as_json:
        fields = ("state", "deliveries", "new_deliveries", "bytes_read", "problem")
        click.echo(json.dumps({"source": source, "batches": batches, **{one: getattr(found, one) for one in fields}}))
    elif good:
        new = counted(found.deliveries, "delivery", "deliveries")
        click.echo(f"{source}: {new}, {found.new_deliveries} of them new; {found.bytes_read:,} bytes.")
    _tell(batches, problem=found.problem, good=good, quiet=as_json)
    sys.exit(0 if good else 1)


def _tell(batches: list[int], *, problem: str, good: bool, quiet: bool) -> None:
    from misthoorn.intake import queries as intake

    if quiet:
        return
    for number in dict.fromkeys(batches):
        if (facts := intake.batch(number)) is not None:
            click.echo(
                f"  {facts.name}: {counted(facts.rows_in, 'row')} in = "
                f"{facts.rows_accepted} accepted + {facts.rows_refused} "
                f"refused + {facts.rows_duplicate} duplicate. Batch {number}, {facts.state}."
            )
    if problem:
        told = "\n".join(f"  {line}" for line in problem.splitlines()) if good else f"It did not go: {problem}"
        click.echo(told, err=not good)


@click.command("test")
@click.argument("source")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def test(source: str, *, as_json: bool) -> None:
    """Ask a source for a little, keep nothing, and show what came and how its first rows would be read.

    Exit code 1 when it did not go, or when what came can't be read.

    Example: misthoorn sources test nvd
    """
    set_up_django()
    from dataclasses import asdict

    from misthoorn.common import clock
    from misthoorn.intake.services import IntakeError
    from misthoorn.intake.services.sources_trial import try_source
    from misthoorn.work.outside.errors import FetchError

    try:
        trial = try_source(source, now=clock.now())
    except IntakeError as error:
        raise click.UsageError(str(error)) from error
    except FetchError as error:
        raise Failure(str(error)) from error
    if as_json:
        click.echo(json.dumps({"source": source, **asdict(trial)}))
    elif trial.rows is None:
        click.echo(f"{source} answers, and has nothing new.")
    else:
        origin = f" ({trial.origin})" if trial.origin else ""
        click.echo(f"{source} answers: {trial.name}, {trial.size:,} bytes{origin}. Nothing was kept.")
        _show(trial.format, trial.rows)
    for problem in () if as_json else trial.problems:
        click.echo(f"  {problem}")
    if trial.rows is not None and trial.rows.problem:
        raise Failure(f"It can't be read as {trial.format}: {trial.rows.problem}")


def _show(format_name: str, rows: "FirstRows") -> None:
    """The first values, as `misthoorn parse` prints them, and the first refused rows."""
    if rows.problem:
        return
    beginning = "" if rows.whole else "beginning: "
    click.echo(
        f"  {beginning}{counted(rows.looked_at, 'row')} = {rows.accepted} accepted + {rows.refused_total} refused "
        f"+ {rows.duplicate} duplicate"
    )
    told = f"Its first rows would be read so ({format_name}):"
    click.echo(told if rows.values else "None of its first rows can be used.")
    for line in rows.values[:SHOWN]:
        click.echo(f"  {line[:LONGEST]}")
    for number, _code, reason, _raw in rows.refused[:SHOWN]:
        click.echo(f"  refused, line {number}: {reason}"[:LONGEST])


@click.command("decide")
@click.argument("batch", type=int)
@click.argument("what", type=click.Choice(["release", "refuse"]))
@click.option("--by", required=True, help="User name of who decides.")
def decide(batch: int, what: str, *, by: str) -> None:
    """Decide on a delivery that is held because it is far smaller or larger than usual.

    Example: misthoorn sources decide 12 release --by ada
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.intake.services import IntakeError
    from misthoorn.intake.services.sources_health import decide_unusual

    release = what == "release"
    try:
        decide_unusual(batch=batch, release=release, at=clock.now(), person=person_named(by))
    except IntakeError as error:
        raise Failure(str(error)) from error
    click.echo(f"Batch {batch} is {'released: a worker reads it now' if release else 'refused; its bytes are kept'}.")
