import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from misthoorn.cli import Failure, counted, set_up_django
from misthoorn.cli.audit import looks
from misthoorn.cli.options import organisation_numbered, person_named
from misthoorn.cli.organisations.preferences import preference

ROLES = ("security", "owner", "general", "it_provider", "abuse", "technical")
KINDS = ("security_txt", "rdap_ip", "soa", "rdap_domain")


@click.group("contacts")
def command() -> None:
    """Whom to tell: the ladder of an organisation's contacts, mandates of IT providers, and looking contacts up.

    Example: misthoorn contacts show 30000001
    """


command.add_command(preference)


@command.command("show")
@click.argument("organisation", metavar="REG")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@looks("contacts")
def show(organisation: str, *, as_json: bool) -> None:
    """Every rung of an organisation's ladder, who stands on it, and why each is taken or not.

    Example: misthoorn contacts show 30000001 --json
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.constituency.queries import ladder_of
    from misthoorn.constituency.routing.contact_order import LADDER

    found = organisation_numbered(organisation)
    rungs = ladder_of(found.id, now=clock.now())
    if as_json:
        fields = ("id", "role", "address", "provenance", "evidence", "confidence", "place", "bounces", "failures")
        dates = ("confirmed_at", "seen_at", "valid_to", "bounced_at")
        told = [
            {"rung": rung.name, "reason": rung.reason, "rule": LADDER}
            | {field: getattr(rung.contact, field) for field in fields if rung.contact}
            | {date: moment.isoformat() for date in dates if rung.contact and (moment := getattr(rung.contact, date))}
            for rung in rungs
        ]
        click.echo(json.dumps(told))
        return
    click.echo(f"{found.name}, by {LADDER}:")
    for rung in rungs:
        click.echo(f"  {rung.name:<18} {rung.reason.replace('-', ' '):<22} {_who(rung.contact)}".rstrip())


def _who(contact: object) -> str:
    from misthoorn.constituency.facts import ContactFacts

    if not isinstance(contact, ContactFacts):
        return ""
    place = f" for {contact.place}" if contact.place else ""
    address = contact.address.replace("\n", ", ")
    return f"{contact.id:>5}  {address} ({contact.role}{place}, from {contact.provenance})"


@command.command("add")
@click.argument("organisation", metavar="REG")
@click.argument("address")
@click.option("--channel", type=click.Choice(["mail", "telephone", "letter"]), default="mail", show_default=True)
@click.option("--role", type=click.Choice(ROLES), default="general", show_default=True)
@click.option("--language", type=click.Choice(["nl", "en"]), default="nl", show_default=True)
@click.option("--found", required=True, help="Where it was found: a page, a telephone call.")
@click.option("--by", required=True, help="User name of who found it.")
def add(organisation: str, address: str, *, channel: str, role: str, language: str, found: str, by: str) -> None:
    """A contact that a person found: an address of mail, a telephone number, or an address on paper.

    The lines of an address on paper have | between them, without the organisation's name.

    \b
    Examples:
      misthoorn contacts add 30000001 info@korenaar.example --found "its page on contact" --by ada
      misthoorn contacts add 30000001 "020 123 4567" --channel telephone --found register --by ada
      misthoorn contacts add 30000001 "Dam 1 | 1012 JS Amsterdam" --channel letter --found register --by ada
    """  # noqa: D301  click reads the \b
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.constituency.contacts.register import add_contact

    owner = organisation_numbered(organisation).id
    with _said():
        pk = add_contact(
            organisation=owner,
            role=role,
            address=address,
            channel=channel,
            evidence=found,
            language=language,
            person=person_named(by),
            at=clock.now(),
        )
    click.echo(f"Kept as contact {pk}. `misthoorn contacts show {organisation}` shows where it stands.")


@command.command("confirm")
@click.argument("contact", type=int)
@click.option("--by", required=True, help="User name of who has it from the organisation.")
@click.option("--note", default="", help="How they have it, for colleagues who look later.")
def confirm(contact: int, *, by: str, note: str) -> None:
    """The organisation itself says that this contact is right. An address that came back is used again.

    Example: misthoorn contacts confirm 12 --by ada
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.constituency.contacts.register import confirm_contact

    with _said():
        confirm_contact(contact=contact, person=person_named(by), at=clock.now(), note=note)
    click.echo(f"Contact {contact} is confirmed.")


@command.command("mandates")
@click.argument("organisation", metavar="REG")
@looks("mandates")
def mandates(organisation: str) -> None:
    """The mandates that an organisation gave to IT providers, or holds as one.

    Example: misthoorn contacts mandates 30000001
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.constituency.queries import mandates_of

    found = mandates_of(organisation_numbered(organisation).id, now=clock.now())
    if not found:
        click.echo("No mandates. `misthoorn contacts mandate --help` tells how to record one.")
    for one in found:
        facts = one.mandate
        scope = "all assets" if facts.assets is None else counted(len(facts.assets), "asset")
        until = f" until {clock.last_day(facts.valid_to)}" if facts.valid_to else ""
        click.echo(
            f"{facts.id:>5}  {one.provider} ({one.provider_number}) for {one.client} ({one.client_number}): "
            f"{', '.join(one.rights)}; {scope}; from {facts.valid_from:%Y-%m-%d}{until}; granted by {one.granted_by}"
            f"{'; ' + one.why_not.replace('-', ' ') if one.why_not else ''}"
        )


@command.command("mandate")
@click.argument("client", metavar="CLIENT")
@click.argument("provider", metavar="PROVIDER")
@click.option("--granted-by", required=True, help="Who of the client gave it, and how.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day on which it holds. Default: none.")
@click.option("--asset", "assets", type=int, multiple=True, help="Only for this asset, by its number; may be repeated.")
@click.option("--reply/--no-reply", default=False, help="May answer for the client.")
@click.option("--manage/--no-manage", default=False, help="May change what the client has.")
@click.option("--by", required=True, help="User name of who records it.")
def mandate(
    client: str,
    provider: str,
    *,
    granted_by: str,
    until: datetime | None,
    assets: tuple[int, ...],
    reply: bool,
    manage: bool,
    by: str,
) -> None:
    """Record that an IT provider may be told in a client's place. Both are named by their register numbers.

    Example: misthoorn contacts mandate 30000001 30000009 --granted-by director --by ada
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.constituency.contacts.register import Terms, grant_mandate

    now = clock.now()
    terms = Terms(
        granted_by=granted_by,
        valid_from=now,
        valid_to=clock.end_of(until.date()) if until else None,
        may_reply=reply,
        may_manage=manage,
        assets=assets,
    )
    ids = organisation_numbered(client).id, organisation_numbered(provider).id
    with _said():
        made = grant_mandate(client=ids[0], provider=ids[1], terms=terms, person=person_named(by), at=now)
    click.echo(f"Mandate {made} holds. `misthoorn contacts withdraw {made} --by {by}` ends it at once.")


@command.command("withdraw")
@click.argument("mandate", type=int)
@click.option("--withdrawn-by", default="the client", show_default=True, help="Who withdraws it.")
@click.option("--by", required=True, help="User name of who records it.")
def withdraw(mandate: int, *, withdrawn_by: str, by: str) -> None:
    """Withdraw a mandate: nothing is sent under it any more, messages that wait neither.

    Example: misthoorn contacts withdraw 3 --by ada
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.constituency.contacts.register import revoke_mandate

    with _said():
        done = revoke_mandate(mandate=mandate, by=withdrawn_by, person=person_named(by), at=clock.now())
    click.echo(f"Mandate {mandate} is withdrawn." if done else f"Mandate {mandate} was withdrawn already.")


@command.command("look-up")
@click.argument("organisations", metavar="[REG]…", nargs=-1)
@click.option("--all", "everybody", is_flag=True, help="All organisations without a confirmed contact of their own.")
@click.option("--kind", "kinds", type=click.Choice(KINDS), multiple=True, help="Only this kind; may be repeated.")
@click.option(
    "--answers",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Take answers from this folder (KIND/VALUE, / written as _), and ask nobody.",
)
def look_up(organisations: tuple[str, ...], *, everybody: bool, kinds: tuple[str, ...], answers: Path | None) -> None:
    """Look contacts up in public places: security.txt, registers (RDAP), SOA records. Workers ask, at a polite pace.

    What is found stands on the ladder with its place, its date and how sure it is, and is asked again when it is old.

    \b
    Examples:
      misthoorn contacts look-up 30000001
      misthoorn contacts look-up --all --kind security_txt
      misthoorn contacts look-up --all --answers brought/
    """  # noqa: D301  click reads the \b
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.constituency.lookups.client import Folder
    from misthoorn.constituency.lookups.queue import plan_lookups, take_answers

    if everybody is bool(organisations):
        raise click.UsageError("Name organisations by their register numbers, or --all.")
    whose = None if everybody else [organisation_numbered(number).id for number in organisations]
    if answers is not None:
        told = take_answers(asker=Folder(answers), organisations=whose, kinds=kinds or KINDS, at=clock.now())
        click.echo(", ".join(f"{outcome}: {count}" for outcome, count in sorted(told.items())) or "Nothing to look up.")
        return
    added = plan_lookups(organisations=whose, kinds=kinds or KINDS, at=clock.now())
    click.echo(f"{counted(added, 'look-up')} queued; workers do them. `misthoorn contacts look-ups` tells how it goes.")


@command.command("look-ups")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def look_ups(*, as_json: bool) -> None:
    """How look-ups ended so far, by kind.

    Example: misthoorn contacts look-ups --json
    """
    set_up_django()
    from misthoorn.constituency.lookups.queue import lookup_counts

    told = lookup_counts()
    if as_json:
        click.echo(json.dumps(told))
        return
    for kind, outcomes in sorted(told.items()):
        parts = ", ".join(f"{outcome or 'not asked yet'} {count}" for outcome, count in sorted(outcomes.items()))
        click.echo(f"  {kind:<14} {parts}")
    if not told:
        click.echo("No look-ups. `misthoorn contacts look-up --help` tells how to begin.")


@command.command("ripe")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--complete", is_flag=True, help="These are all files: desks that they don't name are used no more.")
def ripe(files: tuple[Path, ...], *, complete: bool) -> None:
    """Take desks for abuse of all networks and AS numbers from files of RIPE's database, plain or gzipped.

    The files of inetnum, inet6num, aut-num, organisation and role, in any order (ftp.ripe.net/ripe/dbase/split).

    Example: misthoorn contacts ripe ripe.db.*.gz --complete
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.constituency.lookups.ripe_files import RipeError, take_ripe

    def told(path: Path) -> None:
        click.echo(f"Reading {path.name}", err=True)

    try:
        taken = take_ripe(files, at=clock.now(), complete=complete, each=told)
    except RipeError as error:
        raise Failure(str(error)) from error
    click.echo(
        f"{taken.objects} objects read, {taken.refused} refused; {taken.found} desks for our assets: {taken.added} new "
        f"contacts, {taken.lapsed} used no more."
    )


@contextmanager
def _said() -> Iterator[None]:
    """What can't be done, as a sentence."""
    from misthoorn.constituency.contacts.register import ContactError

    try:
        yield
    except ContactError as error:
        raise Failure(str(error)) from error
