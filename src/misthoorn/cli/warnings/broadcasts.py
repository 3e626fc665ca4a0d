import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

import click

from misthoorn.cli import Failure, counted, set_up_django
from misthoorn.cli.options import person_named

_LONGEST = 100_000  # signs that are read of a text; the service says what is too long


@click.group("broadcasts")
def command() -> None:
    """Messages to many: to partners, or to the registered organisations of a sector, size or province.

    Example: misthoorn broadcasts list
    """


@contextmanager
def _said() -> Iterator[None]:
    from misthoorn.triage.services import BroadcastError

    try:
        yield
    except BroadcastError as error:
        raise Failure(str(error)) from error


@command.command("draft")
@click.option("--kind", required=True, type=click.Choice(["partner", "target_group"]))
@click.option("--severity", required=True, type=click.Choice(["urgent", "high", "normal", "information"]))
@click.option("--tlp", default="GREEN", show_default=True, help="CLEAR or GREEN: nothing stricter goes to many.")
@click.option("--subject", default="", help="What it is about, such as CVE-2021-44228.")
@click.option("--title-nl", required=True)
@click.option("--title-en", required=True)
@click.option("--text-nl", required=True, type=click.File(encoding="utf-8"), help="A file; - is standard input.")
@click.option("--text-en", required=True, type=click.File(encoding="utf-8"), help="A file.")
@click.option("--sector", "sectors", multiple=True, help="Only this sector; more than once for more. Default: all.")
@click.option("--size", "sizes", multiple=True, help="Only this size, such as 10-49. Default: all.")
@click.option("--province", "provinces", multiple=True, help="Only this province. Default: all.")
@click.option("--update-of", type=int, help="The message that this is an update of.")
@click.option("--by", required=True, help="User name of who writes it.")
def draft(*, text_nl: TextIO, text_en: TextIO, update_of: int | None, by: str, **told: Any) -> None:  # noqa: ANN401  as click gives them
    """Keep a draft, and say whom it reaches. Nothing is sent before `broadcasts approve`.

    Example: misthoorn broadcasts draft --kind partner --severity urgent --tlp CLEAR --title-nl "Lek in Log4j"
    --title-en "Flaw in Log4j" --text-nl nl.txt --text-en en.txt --by ada
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.triage.services import BroadcastDraft, draft_broadcast

    texts: dict[str, Any] = {}
    for name, file in (("text_nl", text_nl), ("text_en", text_en)):
        try:
            texts[name] = file.read(_LONGEST)
        except UnicodeDecodeError as error:
            raise Failure(f"The file of --{name.replace('_', '-')} is not text in UTF-8. Save it as UTF-8.") from error
    with _said():
        made = draft_broadcast(
            BroadcastDraft(**texts, **told), person=person_named(by), now=clock.now(), update_of=update_of
        )
    click.echo(f"Draft {made}.")
    _show(made)


@command.command("show")
@click.argument("broadcast", type=int)
@click.option("--mail", type=click.Choice(["nl", "en"]), help="Print the mail that it becomes, in this language.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def show(broadcast: int, *, mail: str, as_json: bool) -> None:
    """One message: whom it reaches, whom not and why, and what became of it.

    Example: misthoorn broadcasts show 3 --mail nl
    """
    set_up_django()
    _there(broadcast)
    if as_json:
        click.echo(json.dumps(_row(broadcast)))
    elif mail:
        _mail(broadcast, mail)
    else:
        _show(broadcast)


def _mail(broadcast: int, language: str) -> None:
    from misthoorn.common import clock
    from misthoorn.notification.compose import ComposeError
    from misthoorn.triage.broadcasts import preview_broadcast

    try:
        made = preview_broadcast(broadcast, language="en" if language == "en" else "nl", now=clock.now())
    except ComposeError as error:
        raise Failure(f"No mail can be made of it: {error}") from error
    if made:
        click.echo(f"{made.subject}\n\n{made.body}")


def _there(broadcast: int) -> None:
    from misthoorn.triage.broadcasts import broadcast as facts_of

    if facts_of(broadcast) is None:
        raise Failure(f"There is no message to many {broadcast}. `misthoorn broadcasts list` shows them.")


def _row(broadcast: int) -> dict[str, Any]:
    from misthoorn.common import clock
    from misthoorn.triage.broadcasts import broadcast as facts_of
    from misthoorn.triage.broadcasts import broadcast_reach

    facts = facts_of(broadcast)
    assert facts is not None  # noqa: S101  asked before
    told = {name: getattr(facts, name) for name in ("reference", "update", "kind", "subject", "severity", "tlp")}
    told |= {name: getattr(facts, name) for name in ("audience", "title_nl", "title_en", "state", "messages")}
    row = {"broadcast": facts.id, **told, "limit": facts.reach_limit, "written": facts.released_at is not None}
    if facts.state in {"draft", "waiting"}:
        reach = broadcast_reach(broadcast, now=clock.now())
        return row | {"meant": reach.meant, "reached": reach.reached, "left_out": reach.left_out}
    return row | {"reached": facts.reach_seen}


def _show(broadcast: int) -> None:
    row = _row(broadcast)
    update = f", update {row['update']}" if row["update"] else ""
    click.echo(f"{row['reference']}{update}: {row['title_nl']} ({row['kind']}, {row['severity']}, TLP:{row['tlp']})")
    words = "; ".join(f"{name}: {', '.join(some)}" for name, some in row["audience"].items() if some)
    click.echo(f"{row['state']}, for {words or 'all of them'}")
    if "meant" in row:
        click.echo(f"Reaches {counted(row['reached'], 'organisation')} of {row['meant']}.")
        for reason, count in row["left_out"].items():
            click.echo(f"  not: {count} {reason}")
        if row["reached"] > row["limit"]:
            click.echo(f"That is above the limit of {row['limit']}: two different people have to approve it.")
    for state, count in row["messages"].items():
        click.echo(f"  {counted(count, 'message')} {state}")


@command.command("approve")
@click.argument("broadcast", type=int)
@click.option("--by", required=True, help="User name of who approves.")
@click.option("--reach", type=int, help="How many organisations you expect; more is refused. Default: as it is now.")
def approve(broadcast: int, *, by: str, reach: int | None) -> None:
    """Approve a message; the worker then sends it. Above its limit it needs two different people.

    Example: misthoorn broadcasts approve 3 --by ada --reach 371
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.triage.broadcasts import broadcast_reach
    from misthoorn.triage.services import approve_broadcast

    _there(broadcast)
    person, now = person_named(by), clock.now()
    expected = broadcast_reach(broadcast, now=now).reached if reach is None else reach
    with _said():
        step = approve_broadcast(broadcast=broadcast, person=person, seen_reach=expected, now=now)
    if step.state == "waiting":
        click.echo(
            f"Noted. It reaches {counted(step.reach, 'organisation')}, more than its limit: a second person has to "
            "approve it too."
        )
    else:
        click.echo(f"Approved: a worker writes it for {counted(step.reach, 'organisation')}, and sends it.")


@command.command("reject")
@click.argument("broadcast", type=int)
@click.option("--by", required=True, help="User name of who rejects it.")
@click.option("--note", required=True, help="Why.")
def reject(broadcast: int, *, by: str, note: str) -> None:
    """Decide that a draft is not sent.

    Example: misthoorn broadcasts reject 3 --by ada --note "overtaken by the update"
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.triage.services import reject_broadcast

    with _said():
        reject_broadcast(broadcast=broadcast, person=person_named(by), note=note, now=clock.now())
    click.echo("Rejected.")


@command.command("stop")
@click.argument("broadcast", type=int)
@click.option("--by", required=True, help="User name of who stops it.")
@click.option("--note", required=True, help="Why.")
def stop(broadcast: int, *, by: str, note: str) -> None:
    """Send nothing more of a message that is on its way. An update can put right what was sent.

    Example: misthoorn broadcasts stop 3 --by ada --note "wrong version in the text"
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.triage.services import stop_broadcast

    with _said():
        kept = stop_broadcast(broadcast=broadcast, person=person_named(by), note=note, now=clock.now())
    click.echo(f"Stopped. {counted(kept, 'message')} not handed over yet; `broadcasts resume` lets them go.")


@command.command("resume")
@click.argument("broadcast", type=int)
@click.option("--by", required=True, help="User name of who lets it go on.")
@click.option("--note", default="", help="Why.")
def resume(broadcast: int, *, by: str, note: str) -> None:
    """Let a stopped message go on, as it was approved.

    Example: misthoorn broadcasts resume 3 --by ada
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.triage.services import resume_broadcast

    with _said():
        count = resume_broadcast(broadcast=broadcast, person=person_named(by), note=note, now=clock.now())
    click.echo(f"It goes on: {counted(count, 'message')} for a worker to send.")


@command.command("list")
@click.option("--state", default="", help="draft, waiting, approved, stopped or rejected. Default: all.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def list_(*, state: str, as_json: bool) -> None:
    """Messages to many, the newest first.

    Example: misthoorn broadcasts list --state draft
    """
    set_up_django()
    from misthoorn.triage.broadcasts import broadcasts

    found = broadcasts(state=state)
    if as_json:
        click.echo(json.dumps([_row(one.id) for one in found]))
        return
    if not found:
        click.echo("No messages to many. `misthoorn broadcasts draft` makes one.")
    for one in found:
        update = f"update {one.update}" if one.update else ""
        click.echo(f"{one.id:>5}  {one.reference}  {update:<9} {one.kind:<12} {one.state:<9} {one.title_nl}")


@command.group("partner")
def partner() -> None:
    """Who passes messages on to its members, and gets the messages to partners.

    Example: misthoorn broadcasts partner list
    """


def _set_partner(number: str, *, by: str, now_partner: bool) -> None:
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.constituency.contacts.register import ContactError
    from misthoorn.constituency.organisations.partners import set_partner

    try:
        set_partner(register_number=number, partner=now_partner, person=person_named(by), at=clock.now())
    except ContactError as error:
        raise Failure(str(error)) from error


@partner.command("add")
@click.argument("number")
@click.option("--by", required=True, help="User name of who says so.")
def partner_add(number: str, *, by: str) -> None:
    """Let the organisation with this register number get messages to partners.

    Example: misthoorn broadcasts partner add 30000001 --by ada
    """
    _set_partner(number, by=by, now_partner=True)
    click.echo("Added. It gets messages to partners from now on.")


@partner.command("remove")
@click.argument("number")
@click.option("--by", required=True, help="User name of who says so.")
def partner_remove(number: str, *, by: str) -> None:
    """Let it get no more messages to partners; it stays in the register.

    Example: misthoorn broadcasts partner remove 30000001 --by ada
    """
    _set_partner(number, by=by, now_partner=False)
    click.echo("It gets no more messages to partners.")


@partner.command("list")
def partner_list() -> None:
    """The partners.

    Example: misthoorn broadcasts partner list
    """
    set_up_django()
    from misthoorn.constituency.organisations.partners import partners

    found = partners()
    if not found:
        click.echo("No partners. `misthoorn broadcasts partner add NUMBER` makes an organisation one.")
    for number, name, kind in found:
        click.echo(f"{number:<20} {kind:<25} {name}")
