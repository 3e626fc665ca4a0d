import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from misthoorn.cli import Failure, counted, set_up_django
from misthoorn.cli.audit import looks
from misthoorn.cli.options import person_named


@click.group("handovers")
def command() -> None:
    """Findings that another team has to tell: hand them over, and see what was handed over.

    Example: misthoorn handovers list
    """


@command.group("team")
def team() -> None:
    """Other teams, by the names that the routing rules have for them.

    Example: misthoorn handovers team list
    """


@contextmanager
def _said() -> Iterator[None]:
    from misthoorn.constituency.contacts.register import ContactError
    from misthoorn.triage.services import HandOverError

    try:
        yield
    except (ContactError, HandOverError) as error:
        raise Failure(str(error)) from error


@team.command("add")
@click.argument("name")
@click.option("--title", required=True, help="What the team is called.")
@click.option("--address", required=True, help="Its mail address for findings.")
@click.option("--language", default="nl", show_default=True, type=click.Choice(["nl", "en"]))
@click.option("--by", required=True, help="User name of who adds it.")
def add(name: str, *, title: str, address: str, language: str, by: str) -> None:
    """Add a team, or give one another address. NAME is what the routing rules call it.

    Example: misthoorn handovers team add national --title "National CSIRT" --address findings@csirt.example --by ada
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.constituency.organisations.teams import add_team
    from misthoorn.triage.handovers import known_teams

    with _said():
        add_team(
            team=name,
            name=title,
            address=address,
            language=language,
            known=known_teams(),
            person=person_named(by),
            at=clock.now(),
        )
    click.echo(f"Added: what '{name}' has to tell can be handed over to {address}.")


@team.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def list_teams(*, as_json: bool) -> None:
    """The teams that the rules name, and the address of those that we know.

    Example: misthoorn handovers team list --json
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.constituency.organisations.teams import teams
    from misthoorn.triage.handovers import known_teams

    there = teams(now=clock.now())
    rows = []
    for name, title in sorted(known_teams().items()):
        one = there.get(name)
        address = one.contact.address if one and one.contact else ""
        rows.append({"team": name, "name": one.name if one else title, "known": one is not None, "address": address})
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        click.echo(f"{row['team']:<20} {row['name']:<45} {row['address'] or '(no address: `handovers team add`)'}")


@command.command("list")
@click.option("--campaign", type=int, help="Only of this campaign.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@looks("hand-overs")
def list_(*, campaign: int | None, as_json: bool) -> None:
    """What was handed over: when, by whom, to whom, what, and how it ended.

    Example: misthoorn handovers list --campaign 3
    """
    set_up_django()
    from misthoorn.triage.handovers import hand_overs

    lines = hand_overs(campaign=campaign)
    if as_json:
        click.echo(json.dumps([{**_plain(line), "at": line.at.isoformat()} for line in lines]))
        return
    if not lines:
        click.echo("Nothing was handed over. `misthoorn handovers due CAMPAIGN` shows what other teams have to tell.")
    for line in lines:
        ended = ", ".join(f"{count} {state}" for state, count in line.messages.items()) or line.note
        what = f"{counted(line.findings, 'finding')} of {counted(line.organisations, 'organisation')}"
        click.echo(f"{line.at:%Y-%m-%d %H:%M}  {line.campaign_reference}  {line.team}: {what}, TLP:{line.tlp}")
        if line.conditions:
            ended = f"confirmed {line.conditions}; {ended}"
        wrong = "; taken back" if line.taken_back else f"; takes back {line.corrects}" if line.corrects else ""
        click.echo(f"    {line.way} by {line.person}; {line.ground}; {line.rule}; {ended}{wrong}")


@command.command("wrong")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@looks("hand-overs")
def wrong(*, as_json: bool) -> None:
    """What teams were told by telephone and proved wrong: phone them, and write that down with `handovers take-back`.

    Example: misthoorn handovers wrong
    """
    set_up_django()
    from misthoorn.triage.handovers import to_take_back

    lines = to_take_back()
    if as_json:
        click.echo(json.dumps([{**_plain(line), "at": line.at.isoformat()} for line in lines]))
        return
    if not lines:
        click.echo("Nothing that was told by telephone is to be taken back.")
    for line in lines:
        click.echo(
            f"{line.id:>5}  {line.campaign_reference}  {line.team}: {counted(line.findings, 'finding')}, {line.note}"
        )


@command.command("take-back")
@click.argument("hand_over", type=int)
@click.option("--told", required=True, help="Whom you told that it was wrong, by name, and when.")
@click.option("--by", required=True, help="User name of who told it.")
def take_back(hand_over: int, *, told: str, by: str) -> None:
    """Write down that you told a team by telephone that what it heard by telephone was wrong.

    Example: misthoorn handovers take-back 4 --told "Piet de Wit, 10.30" --by ada
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.triage import services

    with _said():
        services.note_taken_back(hand_over=hand_over, person=person_named(by), note=told, now=clock.now())
    click.echo("Written down: this team knows that it was wrong.")


def _plain(line: object) -> dict[str, object]:
    from dataclasses import asdict

    return asdict(line)  # type: ignore[call-overload,no-any-return]


@command.command("due")
@click.argument("campaign", type=int)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def due(campaign: int, *, as_json: bool) -> None:
    """What other teams have to tell of a campaign, and was not handed to them yet.

    Example: misthoorn handovers due 3
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.triage import queries
    from misthoorn.triage.handovers import shares

    if queries.campaign(campaign) is None:
        raise Failure(f"There is no campaign {campaign}. `misthoorn campaigns list` shows them.")
    rows: list[dict[str, Any]] = [
        {
            "team": one.team,
            "name": one.name,
            "address": one.to.contact.address if one.to and one.to.contact else "",
            "by_mail": len(one.by_mail),
            "organisations": one.organisations,
            "by_telephone": len(one.by_telephone),
            "tlp": one.tlp,
            "ground": one.ground,
            "rule": one.rule,
        }
        for one in shares(campaign, now=clock.now())
    ]
    if as_json:
        click.echo(json.dumps(rows))
        return
    if not rows:
        click.echo("Nothing in this campaign is another team's to tell, or they have it all.")
    for row in rows:
        owners = counted(row["organisations"], "organisation")
        click.echo(
            f"{row['team']}: {counted(row['by_mail'], 'finding')} of {owners} by mail to "
            f"{row['address'] or '(no address)'}, {row['by_telephone']} by telephone; {row['ground']}"
        )


@command.command("press")
@click.argument("campaign", type=int)
@click.argument("name")
@click.option("--by", required=True, help="User name of who hands it over.")
@click.option("--findings", type=int, help="How many findings you expect; another number is refused.")
@click.option("--told", default="", help="By telephone: whom you told, by name, and when.")
@click.option("--confirm", multiple=True, help="A condition of the law that is met; once for each (without: which).")
def press(campaign: int, name: str, *, by: str, findings: int | None, told: str, confirm: tuple[str, ...]) -> None:
    """Hand over what the team NAME has to tell of a campaign. Nothing leaves by itself.

    Example: misthoorn handovers press 3 national --by ada --findings 12 --confirm task --confirm relevance
    --confirm confidentiality --confirm interests
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.triage import queries, services
    from misthoorn.triage.handovers import shares

    now, person = clock.now(), person_named(by)
    if findings is None and queries.campaign(campaign) is not None:
        share = next((one for one in shares(campaign, now=now) if one.team == name), None)
        findings = len(share.by_telephone if told else share.by_mail) if share else 0
    asked: dict[str, Any] = {"campaign": campaign, "team": name, "person": person, "seen": findings or 0}
    asked |= {"confirmed": confirm, "now": now}
    with _said():
        if told:
            services.note_told(**asked, note=told)
            click.echo(f"Written down: {counted(findings or 0, 'finding')} told to {name}.")
        else:
            services.hand_over(**asked)
            click.echo(f"Handed over: {counted(findings or 0, 'finding')}, for a worker to mail to {name}.")
