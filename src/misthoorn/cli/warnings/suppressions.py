import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

import click

from misthoorn.cli import Failure, counted, set_up_django
from misthoorn.cli.options import organisation_numbered, person_named

if TYPE_CHECKING:  # Django is not there yet when this file is read
    from misthoorn.triage.suppression import SuppressionFacts


@click.group("suppress")
def command() -> None:
    """Suppressions: matches that nobody is warned about, why, by whom and until when.

    Example: misthoorn suppress list
    """


@command.command("add")
@click.option("--asset", type=int, metavar="N", help="One asset, by its number (`misthoorn watch` shows them).")
@click.option("--organisation", metavar="REG", help="One organisation, by its register number.")
@click.option("--product", default="", help="A CPE name, a package URL, vendor:product, or words as registered.")
@click.option("--versions", default="", help="Versions of the product: 2.14.1, '>= 2.15.0', '2.0 - 2.3'. Default: all.")
@click.option("--subject", default="", help="An advisory (CVE-2021-44228) or a type of event (open-rdp).")
@click.option("--reason", required=True, help="Why; colleagues read it later.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day on which it holds. Default: a year.")
@click.option("--by", required=True, help="User name of who decides.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def add(
    *,
    asset: int | None,
    organisation: str | None,
    product: str,
    versions: str,
    subject: str,
    reason: str,
    until: datetime | None,
    by: str,
    as_json: bool,
) -> None:
    """Warn nobody about what is named. Every option that is given narrows it; without an organisation or an asset it
    holds for everybody who has the product or the subject.

    What is suppressed is kept and shown with the reason, and comes back by itself when the suppression ends.

    \b
    Examples:
      misthoorn suppress add --asset 7 --subject CVE-2021-44228 --reason "JNDI classes removed" --by ada
      misthoorn suppress add --product cpe:2.3:a:apache:log4j --versions ">= 2.15.0" --reason "…" --by ada
    """  # noqa: D205, D301  one thought; click reads the \\b
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.triage.services import Scope, suppress

    scope = Scope(
        organisation=organisation_numbered(organisation).id if organisation else None,
        asset=asset,
        product=product,
        versions=versions,
        subject=subject,
    )
    end = clock.end_of(until.date()) if until else None
    with _said():
        made = suppress(scope=scope, reason=reason, person=person_named(by), until=end, now=clock.now())
    if as_json:
        told = {"suppression": made.suppression, "reference": made.reference, "silences": made.silences}
        click.echo(json.dumps(told))
        return
    findings = counted(made.silences, "finding")
    click.echo(
        f"Made {made.reference}: it silences {findings} now. `misthoorn suppress end {made.suppression}` ends it."
    )


@command.command("list")
@click.option("--over", is_flag=True, help="Those that are over, in place of those that hold.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def list_(*, over: bool, as_json: bool) -> None:
    """Suppressions with what they name and how many open findings they silence now, the newest first.

    Example: misthoorn suppress list --json
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.triage import suppression as silence

    now = clock.now()
    silent = silence.counts(now=now)
    found = silence.suppressions(now=now, ended=over)
    if as_json:
        click.echo(json.dumps([_plain(one) | {"silences": silent.get(one.id, 0)} for one in found]))
        return
    if not found:
        click.echo("No suppressions. `misthoorn suppress add --help` tells how to make one.")
    for one in found:
        until, silences = clock.last_day(one.until), silent.get(one.id, 0)
        click.echo(f"{one.reference}  {one.state:<7} until {until}  {silences:>5}  {_scope(one)}")
        click.echo(f"         {one.reason} ({one.author or one.source}, {one.created_at:%Y-%m-%d})")


@command.command("end")
@click.argument("suppression", type=int)
@click.option("--by", required=True, help="User name of who ends it.")
def end(suppression: int, *, by: str) -> None:
    """End a suppression before its day: what it silenced is proposed again.

    Example: misthoorn suppress end 3 --by ada
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.triage.services import end_suppression

    with _said():
        reference = end_suppression(suppression=suppression, person=person_named(by), now=clock.now())
    click.echo(f"{reference} is over. What it silenced is proposed again, unless something else silences it.")


@contextmanager
def _said() -> Iterator[None]:
    from misthoorn.triage.services import SuppressionError

    try:
        yield
    except SuppressionError as error:
        raise Failure(str(error)) from error


def _plain(one: "SuppressionFacts") -> dict[str, object]:
    names = ("id", "reference", "organisation", "asset", "product", "versions", "subject", "reason", "author")
    moments = {name: getattr(one, name) for name in ("created_at", "until", "ended_at")}
    told = {name: moment.isoformat() if moment else None for name, moment in moments.items()}
    return {name: getattr(one, name) for name in (*names, "source", "state", "ended_by")} | told


def _scope(one: "SuppressionFacts") -> str:
    parts = (
        f"asset {one.asset}" if one.asset else f"organisation {one.organisation}" if one.organisation else "",
        f"{one.product} {one.versions}".strip(),
        one.subject,
    )
    return ", ".join(part for part in parts if part)
