import json
import sys
from typing import TYPE_CHECKING

import click

from misthoorn.cli import Failure, counted, set_up_django
from misthoorn.cli.options import organisation_numbered, person_named

if TYPE_CHECKING:  # none of these is needed for the help
    from collections.abc import Iterable, Iterator

    from misthoorn.formats.values.advisory import Advisory
    from misthoorn.matching.dictionary.proposals import Proposal
    from misthoorn.matching.dictionary.terms import Entries

_FILE = click.Path(exists=True, dir_okay=False, readable=True)


@click.group("products")
def command() -> None:
    """Products: find what a name may mean, and remember what it does mean.

    Example: misthoorn products find "apache log4j 2.14.1"
    """


@command.command("find")
@click.argument("text")
@click.argument("more_files", metavar="", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 100), help="At most so many.")
@click.option(
    "--advisories",
    "files",
    metavar="FILE…",
    multiple=True,
    type=_FILE,
    help="Make the dictionary of these files, without a database.",
)
@click.option("--format", "format_name", metavar="FORMAT", help="How these are written; `misthoorn parse --list`.")
def find(
    *,
    text: str,
    more_files: tuple[str, ...],
    as_json: bool,
    limit: int,
    files: tuple[str, ...],
    format_name: str | None,
) -> None:
    """Propose products for TEXT, as people type it: vendor, product and version, in Dutch or English, typing errors and
    all. The likeliest comes first.

    They come from the product dictionary: what all advisories taken in call products. A CPE name with wildcards lists
    all that it holds. Each proposal says what to register: a value and, where one was typed, a version. `advisories`:
    at least so many speak of it; `closeness`: how close the words are, of 100.

    The exit code is 0 if anything was found, 1 if nothing was, 2 for wrong use.

    \b
    Examples:
      misthoorn products find "ms exchange versie 2019"
      misthoorn products find "cpe:2.3:a:ivanti:*" --json
      misthoorn products find log4j --advisories 2023.jsonl.gz 2024.jsonl.gz --format cve5
    """  # noqa: D205, D301  one thought; click reads the \\b
    if more_files and not files:
        raise click.UsageError(f"'{more_files[0]}' is too much: put a name of several words between quotation marks.")
    from misthoorn.matching.dictionary.proposals import find_products
    from misthoorn.matching.keys.cpe import CpeError

    entries = _of_files(files + more_files, format_name) if files else _of_database()
    try:
        found = find_products(entries, text, limit=limit)
    except CpeError as error:
        raise Failure(f"{error} Write words instead, or mend the name.") from error
    if as_json:
        click.echo(json.dumps({"text": text, "proposals": [_plain(one) for one in found]}, ensure_ascii=False))
    else:
        _tell(found, empty=not entries)
    sys.exit(0 if found else 1)


def _plain(one: "Proposal") -> dict[str, object]:
    return {
        "register": {"kind": "product", "value": one.register, "version": one.version},
        "cpe": one.cpe,
        "purl": one.purl,
        "names": list(one.names),
        "advisories": one.advisories,
        "closeness": one.closeness,
    }


def _tell(found: "list[Proposal]", *, empty: bool) -> None:
    if empty:
        click.echo("The product dictionary is empty: take in advisories first (`misthoorn take-in SOURCE FILE`).")
    elif not found:
        click.echo("Nothing is called anything like that. Try other words, or the vendor's name alone.")
        click.echo("It can be registered all the same: it is found as soon as an advisory calls it so.")
    for number, one in enumerate(found, 1):
        click.echo(f"{number:>3}  {one.names[0] if one.names else one.register}")
        click.echo(f"     register {one.register}{f'  version {one.version}' if one.version else ''}")
        if one.purl and one.purl != one.register:
            click.echo(f"     also {one.purl}")
        click.echo(f"     {counted(one.advisories, 'advisory', 'advisories')}, {one.closeness:.0f} of 100 close")


def _of_database() -> "Entries":
    set_up_django()
    from misthoorn.intake.products import product_dictionary

    return product_dictionary()


def _of_files(files: tuple[str, ...], format_name: str | None) -> "Entries":
    from misthoorn.formats.registry import FORMATS

    fitting = [name for name, format_ in FORMATS.items() if format_.kind == "advisories"]
    if format_name not in fitting:
        raise click.UsageError(f"Say how the advisories are written: --format. There are: {', '.join(fitting)}.")
    return read_dictionary(files, format_name)


def read_dictionary(files: "Iterable[str]", format_name: str) -> "Entries":
    """The product dictionary of the advisories in these files.

    Raises:
        Failure: one of them can't be read.
    """
    from misthoorn.matching.dictionary.terms import count_mentions

    return count_mentions(_read(files, format_name))


def _read(files: "Iterable[str]", format_name: str) -> "Iterator[Advisory]":
    from misthoorn.common import clock
    from misthoorn.formats.registry import FORMATS
    from misthoorn.formats.values.schema import AdvisoryChunk, FormatError

    for file in files:
        refused = 0
        try:
            with open(file, "rb") as stream:  # noqa: PTH123  as the other verbs do
                for chunk in FORMATS[format_name].read(stream, name=file, now=clock.now(), fold=False):
                    refused += len(chunk.refused)
                    if isinstance(chunk, AdvisoryChunk):
                        yield from chunk.advisories
        except FormatError as error:
            raise Failure(f"{file}: {error}") from error
        except OSError as error:
            raise Failure(f"{file}: {error.strerror}. Give the name of a file that this user may read.") from error
        if refused:
            click.echo(f"{file}: {counted(refused, 'row')} can't be read; `misthoorn parse` says why.", err=True)


@command.command("choose")
@click.argument("text")
@click.argument("value", metavar="CPE|PURL")
@click.option("--organisation", metavar="REG", help="Only for this organisation, by register number.")
@click.option("--by", required=True, help="User name of who decides.")
def choose(*, text: str, value: str, organisation: str | None, by: str) -> None:
    """Remember that TEXT means a CPE name or package URL, for one organisation or for everybody, and match by it.

    Products that are registered by these words, now or later, are matched as surely as if they were registered so. An
    organisation's own choice goes before everybody's; choosing again replaces what was chosen.

    \b
    Examples:
      misthoorn products choose "Onze webshop" cpe:2.3:a:adobe:commerce --by ada
      misthoorn products choose "Onze webshop" pkg:npm/shop --organisation 30000001 --by ada
    """  # noqa: D301  click reads the \\b
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.constituency.product_choices import ChoiceError, choose_product
    from misthoorn.triage.services import match_assets

    now = clock.now()
    try:
        chosen = choose_product(
            text=text,
            value=value,
            organisation=organisation_numbered(organisation).id if organisation else None,
            person=person_named(by),
            at=now,
        )
    except ChoiceError as error:
        raise Failure(str(error)) from error
    if chosen.assets:
        match_assets(now=now)
    whom = f"organisation {organisation}" if organisation else "everybody"
    matched = counted(chosen.assets, "registered product is", "registered products are")
    click.echo(f"“{chosen.text}” means {chosen.value} to {whom}: {matched} matched by it.")
