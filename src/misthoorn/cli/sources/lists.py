"""`misthoorn lists`: how lists are read, saved mappings, and lists that wait for a person."""

import json
from pathlib import Path
from typing import Any

import click

from misthoorn.cli import Failure, set_up_django
from misthoorn.cli.options import person_named
from misthoorn.formats.tabular.table import look
from misthoorn.formats.tabular.table_mapping import MappingError, from_plain, to_plain
from misthoorn.formats.values.schema import FormatError

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("lists")
def command() -> None:
    """Lists that people bring: how their columns are read, and those that wait for a decision.

    Example: misthoorn lists show office.csv
    """


@command.command("show")
@click.argument("file", type=_FILE)
def show(file: Path) -> None:
    """Print how a list would be read, as a mapping that can be changed and given to `take-in --mapping`.

    \b
    Example:
      misthoorn lists show office.csv > mapping.json
    """  # noqa: D301  click reads the \\b
    try:
        with file.open("rb") as stream:
            found = look(stream)
    except FormatError as error:
        raise Failure(f"{file}: {error}") from error
    click.echo(json.dumps(to_plain(found.mapping), ensure_ascii=False, indent=2))
    if not found.sure:
        click.echo("The dates don't say whether the day or the month comes first. Look at “dates”.", err=True)
    hidden = [name for name, is_hidden in found.sheets if is_hidden]
    if hidden:
        click.echo(f"Hidden sheets: {', '.join(hidden)}.", err=True)


@command.command("mappings")
@click.argument("source")
def mappings(source: str) -> None:
    """Print the mappings that a source has, by name, as JSON.

    Example: misthoorn lists mappings scans-of-a-partner
    """
    set_up_django()
    from misthoorn.intake.queries import mappings_of

    click.echo(json.dumps(mappings_of(source), ensure_ascii=False, indent=2))


@command.command("save")
@click.argument("source")
@click.argument("name")
@click.argument("file", type=_FILE)
def save(source: str, name: str, file: Path) -> None:
    """Keep a mapping with a source, under a name; an earlier one of that name is replaced.

    Example: misthoorn lists save scans-of-a-partner weekly mapping.json
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.intake.services import IntakeError, save_mapping

    try:
        save_mapping(source=source, name=name, mapping=read_mapping(file), person=None, at=clock.now())
    except IntakeError as error:
        raise Failure(str(error)) from error
    click.echo(f"Saved. `misthoorn take-in {source} FILE --mapping {name}` uses it.")


def read_mapping(file: Path) -> dict[str, Any]:
    """The mapping in a file.

    Raises:
        Failure: it is none.
    """
    try:
        return to_plain(from_plain(json.loads(file.read_bytes())))
    except (OSError, ValueError, RecursionError, MappingError) as error:
        why = str(error) if isinstance(error, MappingError) else "it is not a JSON object"
        raise Failure(f"{file} can't be used as a mapping: {why}") from error


@command.command("held")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def held(*, as_json: bool) -> None:
    """Lists that are not read until a person says that they were obtained lawfully.

    Example: misthoorn lists held
    """
    set_up_django()
    from misthoorn.intake.queries import held_batches

    found = held_batches()
    if as_json:
        rows = [
            {
                "batch": one.id,
                "source": one.source.slug,
                "file": one.name,
                "received": one.received_at.isoformat(),
                "because": one.held_because,
                "origin": one.origin,
                "tlp": str(one.tlp),
            }
            for one in found
        ]
        click.echo(json.dumps(rows))
        return
    for one in found:
        click.echo(f"{one.id:>6}  {one.source.slug:<20} {one.name}: {one.held_because}. {one.origin}")
    if not found:
        click.echo("No list waits.")


@command.command("decide")
@click.argument("batch", type=int)
@click.option("--lawful", type=click.Choice(["yes", "no"]), required=True, help="Whether it was obtained lawfully.")
@click.option("--why", required=True, help="How you know; colleagues read it later.")
@click.option("--by", required=True, help="User name of who decides.")
def decide(batch: int, *, lawful: str, why: str, by: str) -> None:
    """Decide on a list that is held: with yes it is read and matched, with no it is refused for good.

    Example: misthoorn lists decide 12 --lawful yes --why "Own scan, order of 3 May" --by ada
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.intake.services import IntakeError, decide_held

    person = person_named(by)
    try:
        decide_held(batch=batch, lawful=lawful == "yes", note=why, person=person, at=clock.now())
    except IntakeError as error:
        raise Failure(str(error)) from error
    click.echo("A worker reads it now." if lawful == "yes" else "Refused. It was not read, and nothing was matched.")
