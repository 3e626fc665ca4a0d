import json
from dataclasses import asdict

import click

from misthoorn.cli import Failure, set_up_django
from misthoorn.cli.audit import looks
from misthoorn.cli.options import organisation_numbered, person_named


@click.group("members")
def command() -> None:
    """Members: who of an organisation signs in on the portal.

    Example: misthoorn members invite 30000001 anna@korenaar.example --name "Anna Jansen" --by ada
    """


@command.command("invite")
@click.argument("organisation", metavar="REG")
@click.argument("address")
@click.option("--name", required=True, help="The person's name.")
@click.option("--language", default="nl", show_default=True, help="nl or en: of the mail, and of the portal's texts.")
@click.option("--by", required=True, help="User name of who invites.")
def invite(organisation: str, address: str, *, name: str, language: str, by: str) -> None:
    """Make somebody a member, and mail a code with which that person sets a password. Again: another code.

    Example: misthoorn members invite 30000001 anna@korenaar.example --name "Anna Jansen" --by ada
    """
    set_up_django()
    from misthoorn.accounts.services import AccountError
    from misthoorn.common import clock
    from misthoorn.constituency.addresses import AddressError, mail_address
    from misthoorn.constituency.contacts.register import ContactError
    from misthoorn.constituency.contacts.single_use import UnwantedError
    from misthoorn.notification.invitations import invite_member

    try:
        invite_member(
            organisation=organisation_numbered(organisation).id,
            address=mail_address(address),
            name=name,
            language=language,
            by=person_named(by),
            now=clock.now(),
        )
    except (AccountError, AddressError, ContactError, UnwantedError) as error:
        raise Failure(str(error)) from error
    click.echo(f"{name} is a member. The code for a password goes out with the next mails.")


@command.command("list")
@click.argument("organisation", metavar="REG")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@looks("members")
def list_(organisation: str, *, as_json: bool) -> None:
    """Who is a member, since when, and whether a password was set.

    Example: misthoorn members list 30000001
    """
    set_up_django()
    from misthoorn.constituency.organisations.members import members_of

    found = members_of([organisation_numbered(organisation).id])
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], default=str))
        return
    if not found:
        click.echo("No members. `misthoorn members invite --help` tells how to invite somebody.")
    for one in found:
        last = f"signed in {one.signed_in:%Y-%m-%d %H:%M}" if one.signed_in else "never signed in"
        state = last if one.ready else "no password yet"
        click.echo(f"{one.address}  {one.name}, since {one.since:%Y-%m-%d}: {state}")


@command.command("remove")
@click.argument("organisation", metavar="REG")
@click.argument("address")
@click.option("--by", required=True, help="User name of who removes.")
def remove(organisation: str, address: str, *, by: str) -> None:
    """Let somebody see nothing of an organisation any more. Without another organisation the account is gone too.

    Example: misthoorn members remove 30000001 anna@korenaar.example --by ada
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.constituency.organisations import members

    owner = organisation_numbered(organisation).id
    who = next((one.person for one in members.members_of([owner]) if one.address == address.lower()), None)
    if who is None:
        raise Failure(f"'{address}' is no member. `misthoorn members list {organisation}` shows who is.")
    members.remove(organisation=owner, person=who, by=person_named(by), at=clock.now())
    click.echo(f"{address} sees nothing of this organisation any more.")
