import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from misthoorn.cli import set_up_django
from misthoorn.cli.options import person_named
from misthoorn.intake.coverage import DAYS

if TYPE_CHECKING:  # Django is not there yet when this file is read
    from misthoorn.intake.services.sources import Definition

_NONE = "none"


@click.command("catalogue")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def catalogue(*, as_json: bool) -> None:
    """Sources that are ready to use: what they cover, whether they need a key, and on which terms.

    Example: misthoorn sources catalogue
    """
    from misthoorn.intake.catalogue import entries

    if as_json:
        fields = ("id", "name", "format", "transport", "address", "key", "schedule", "tlp", "terms")
        rows = [{field: getattr(one, field) for field in fields} for one in entries().values()]
        click.echo(
            json.dumps(
                [
                    row | {"fill": list(one.fill), "covers": one.covers["en"]}
                    for row, one in zip(rows, entries().values(), strict=True)
                ]
            )
        )
        return
    for one in entries().values():
        needs = {"none": "", "optional": "  key: optional", "key": "  key: needed", "user": "  name and key: needed"}
        asks = "".join(f"  --fill {field}=…" for field in one.fill)
        click.echo(f"{one.id:<16} {one.covers['en']}{needs[one.key]}{asks}\n{'':<16} {one.schedule}; {one.terms}")


@click.command("add")
@click.argument("source", required=False)
@click.option(
    "--from-catalogue", metavar="NAME", help="One of `misthoorn sources catalogue`; all else is then optional."
)
@click.option("--fill", multiple=True, metavar="NAME=VALUE", help="What the entry of the catalogue asks for.")
@click.option("--format", "format_", help="One of `misthoorn parse --list`.")
@click.option("--name", default="", help="The name that warnings mention. Default: SOURCE.")
@click.option("--tlp", default="", help="The label of what it delivers. Default: AMBER, or as the catalogue says.")
@click.option(
    "--transport", default="", help="How it is fetched: http, csaf, nvd, taxii, imap, … Default: it is brought."
)
@click.option("--address", default="", help="What is fetched: https://…, or imaps://host/INBOX.")
@click.option("--host", "hosts", multiple=True, help="Another host from which this source's files come.")
@click.option("--option", "options", multiple=True, metavar="NAME=VALUE", help="An option of the way it is fetched.")
@click.option("--schedule", default="", help='"every 15m", "every 6h", "daily 06:30", "weekly mon 06:30", or "none".')
@click.option("--silent-after", type=click.IntRange(1, 8784), help="Hours without a delivery that raise an alarm.")
@click.option("--terms", default="", help="Who may use it for what.")
@click.option(
    "--covers", default="", help='What its silence proves: "seen", or identifiers with commas. Default: nothing.'
)
@click.option("--networks", default="", help="Which networks it looks at, with commas. With --covers.")
@click.option(
    "--full-on",
    type=click.Choice(DAYS),
    help="Of reports that say only what is new (delta mode): the day whose report says everything. With --covers.",
)
@click.option(
    "--absences",
    type=click.IntRange(1, 100),
    default=2,
    show_default=True,
    help="Deliveries without a finding, after which it is gone.",
)
@click.option("--key-stdin", is_flag=True, help="Read its key from stdin, in one line; never as an argument.")
@click.option("--user", default="", help="The name that goes with the key, where one does. With --key-stdin.")
@click.option("--by", default="", help="User name of who adds it, for the audit trail.")
def add(source: str | None, **given: Any) -> None:  # noqa: ANN401  options as click read them
    """Add a source: from the catalogue, or your own; and make its drop folder.

    \b
    Examples:
      misthoorn sources add --from-catalogue nvd
      misthoorn sources add --from-catalogue osv --fill ecosystem=PyPI
      misthoorn sources add --from-catalogue shadowserver --user KEY --key-stdin < secret.txt
      misthoorn sources add maker --format csaf --transport csaf --address https://maker.example --schedule "every 6h"
      misthoorn sources add scans --format shadowserver --tlp GREEN --covers seen --networks 0.0.0.0/0,::/0
    """  # noqa: D301  click reads the \\b
    if bool(given["covers"]) != bool(given["networks"]) or (given["full_on"] and not given["covers"]):
        raise click.UsageError("--covers and --networks go together: what is looked at, and where. So does --full-on.")
    set_up_django()
    from django.conf import settings

    from misthoorn.common import clock
    from misthoorn.intake.services import IntakeError
    from misthoorn.intake.services.sources import add_with_key
    from misthoorn.intake.work import make_drop_folders

    definition, needs = _definition(source, given)
    person = person_named(given["by"]) if given["by"] else None
    secret = _from_stdin() if given["key_stdin"] else ""
    if given["key_stdin"] and not secret:
        raise click.UsageError("There is no key on stdin. Give it in one line, or leave out --key-stdin.")
    try:
        add_with_key(definition, key=secret, user=given["user"], at=clock.now(), person=person)
    except IntakeError as error:
        raise click.UsageError(str(error)) from error
    make_drop_folders(Path(settings.HOME) / "drop")
    slug = definition.slug
    if not definition.transport:
        click.echo(f"Added. Take in a file with `misthoorn take-in {slug} FILE`, or put it in drop/{slug}.")
        return
    when = f"it is fetched {definition.schedule}" if definition.schedule else "it has no schedule"
    click.echo(f"Added {slug}; {when}. Try it with `misthoorn sources test {slug}`.")
    if needs in {"key", "user"} and not secret:
        more = " --user NAME" if needs == "user" else ""
        click.echo(f"It needs a key first: `misthoorn sources key {slug}{more}`.")


def _definition(source: str | None, given: dict[str, Any]) -> "tuple[Definition, str]":
    """What the options describe, and what key it needs."""
    from misthoorn.intake.catalogue import CatalogueError, chosen
    from misthoorn.intake.services.sources import Definition

    base: dict[str, Any] = {"slug": source or "", "name": given["name"] or source or "", "tlp": given["tlp"] or "AMBER"}
    needs = "none"
    if given["from_catalogue"]:
        try:
            entry = chosen(given["from_catalogue"], values=dict(map(_pair, given["fill"])))
        except CatalogueError as error:
            raise click.UsageError(str(error)) from error
        fields = ("format", "transport", "address", "schedule", "silent_after", "terms")
        base = {field: getattr(entry, field) for field in fields} | {
            "slug": source or entry.slug,
            "name": given["name"] or entry.name,
            "tlp": given["tlp"] or entry.tlp,
            "options": dict(entry.options),
            "origin": f"catalogue: {entry.id}",
        }
        needs = entry.key
    elif not source:
        raise click.UsageError("Say how the source is called, or choose one with --from-catalogue.")
    elif not given["format_"]:
        raise click.UsageError("Say in which --format it delivers, or choose one with --from-catalogue.")
    given_too = {"format": given["format_"], "silent_after": given["silent_after"]}
    given_too |= {field: given[field] for field in ("transport", "address", "schedule", "terms")}
    base |= {field: value for field, value in given_too.items() if value}
    if base.get("schedule") == _NONE:
        base["schedule"] = ""
    options = base.get("options", {}) | dict(map(_option, given["options"]))
    if given["hosts"]:
        options["hosts"] = [*options.get("hosts", ()), *given["hosts"]]
    coverage: dict[str, object] = {}
    if given["covers"]:
        subjects = "seen" if given["covers"] == "seen" else given["covers"].split(",")
        coverage = {"subjects": subjects, "networks": given["networks"].split(",")}
        coverage |= {"full_on": given["full_on"]} if given["full_on"] else {}
    return Definition(
        **base | {"options": options, "coverage": coverage, "absences_to_close": given["absences"]}
    ), needs


def _option(text: str) -> tuple[str, Any]:
    """An option; JSON where it looks like a list or an object."""
    name, value = _pair(text)
    if not value.startswith(("{", "[")):
        return name, value
    try:
        return name, json.loads(value)
    except ValueError as error:
        raise click.UsageError(f"The value of '{name}' looks like JSON and is none.") from error


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise click.UsageError(f"'{text}' is no NAME=VALUE.")
    return name, value


def _from_stdin() -> str:
    """One line, not shown while it is typed."""
    if sys.stdin.isatty():
        return str(click.prompt("Key", hide_input=True, err=True))
    return sys.stdin.readline(10_000).strip()


@click.command("key")
@click.argument("source")
@click.option("--user", default="", help="The name that goes with the key, where one does.")
@click.option("--remove", is_flag=True, help="Delete the key instead.")
@click.option("--by", default="", help="User name of who does so, for the audit trail.")
def key(source: str, *, user: str, remove: bool, by: str) -> None:
    """Put in the key or password of a source, from stdin. It lies in a file of its own, and is never shown.

    Example: misthoorn sources key nvd < nvd-key.txt
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.intake.services import IntakeError
    from misthoorn.intake.services.sources import set_key

    secret = "" if remove else _from_stdin()
    if not secret and not remove:
        raise click.UsageError("There is no key on stdin. Give it in one line, or delete it with --remove.")
    try:
        set_key(source=source, key=secret, user=user, at=clock.now(), person=person_named(by) if by else None)
    except IntakeError as error:
        raise click.UsageError(str(error)) from error
    click.echo(f"The key of {source} is {'deleted' if remove else 'kept'}.")


@click.command("push-key")
@click.argument("source")
@click.option("--by", default="", help="User name of who does so, for the audit trail.")
def push_key(source: str, *, by: str) -> None:
    """Make a key with which a source delivers by itself (POST). It is shown once, and replaces an earlier one.

    Example: misthoorn sources push-key scans
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.intake.services import IntakeError
    from misthoorn.intake.services.sources import new_push_key

    try:
        made = new_push_key(source=source, at=clock.now(), person=person_named(by) if by else None)
    except IntakeError as error:
        raise click.UsageError(str(error)) from error
    click.echo(made)


@click.command("unsigned")
@click.argument("source")
@click.argument("what", type=click.Choice(["take", "refuse"]))
@click.option("--by", default="", help="User name of who decides, for the audit trail.")
def unsigned(source: str, what: str, *, by: str) -> None:
    """Take documents that a trusted provider of CSAF did not sign, or refuse them (the default).

    What was refused before stays in quarantine; `misthoorn quarantine release` lets it go. What is signed wrongly is
    always refused.

    Example: misthoorn sources unsigned maker take --by ada
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.intake.services import IntakeError
    from misthoorn.intake.services.sources import accept_unsigned

    person = person_named(by) if by else None
    try:
        accept_unsigned(source=source, take=what == "take", at=clock.now(), person=person)
    except IntakeError as error:
        raise click.UsageError(str(error)) from error
    click.echo(f"Unsigned documents of {source} are {'taken' if what == 'take' else 'refused'} from now on.")


@click.command("schedule")
@click.argument("source")
@click.argument("words")
@click.option("--by", default="", help="User name of who does so, for the audit trail.")
def schedule(source: str, words: str, *, by: str) -> None:
    """Fetch a source at other times; "none" fetches it no more by itself.

    Example: misthoorn sources schedule nvd "every 6h"
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.intake.services import IntakeError
    from misthoorn.intake.services.sources import change_schedule

    wanted = "" if words == _NONE else words
    try:
        following = change_schedule(
            source=source, schedule=wanted, at=clock.now(), person=person_named(by) if by else None
        )
    except IntakeError as error:
        raise click.UsageError(str(error)) from error
    said = f"is fetched {wanted}, next at {following:%Y-%m-%d %H:%M} UTC" if following else "has no schedule"
    click.echo(f"{source} {said}.")
