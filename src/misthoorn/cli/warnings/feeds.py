import json
from dataclasses import asdict

import click

from misthoorn.cli import Failure, set_up_django
from misthoorn.cli.options import organisation_numbered, person_named


@click.group("feeds")
def command() -> None:
    """Feeds: keys with which machines of an organisation fetch what it is told.

    Example: misthoorn feeds key 30000001 --by ada
    """


@command.command("key")
@click.argument("organisation", metavar="REG")
@click.option("--role", default="security", show_default=True, help="Whose machine it is: security or it_provider.")
@click.option("--by", required=True, help="User name of who makes it.")
def key(organisation: str, *, role: str, by: str) -> None:
    """Make a key for the feed of an organisation. It is printed this once; only a digest of it is kept.

    Example: misthoorn feeds key 30000001 --by ada
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.constituency.contacts.register import ContactError
    from misthoorn.notification.channels.feed.keys import make_key

    owner = organisation_numbered(organisation).id
    try:
        number, made = make_key(organisation=owner, role=role, person=person_named(by), at=clock.now())
    except ContactError as error:
        raise Failure(str(error)) from error
    click.echo(made)
    click.echo(f"This is key {number}. It is not shown again: hand it over in a safe way.", err=True)


@command.command("revoke")
@click.argument("key", type=int)
@click.option("--by", required=True, help="User name of who revokes it.")
def revoke(key: int, *, by: str) -> None:
    """Let a key open nothing any more. With the last key of an organisation its feed ends.

    Example: misthoorn feeds revoke 3 --by ada
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.notification.channels.feed.keys import FeedKeyError, revoke_key

    try:
        done = revoke_key(key=key, person=person_named(by), at=clock.now())
    except FeedKeyError as error:
        raise Failure(str(error)) from error
    click.echo(f"Key {key} opens nothing any more." if done else f"Key {key} was revoked already.")


@command.command("list")
@click.argument("organisation", metavar="[REG]", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def list_(organisation: str | None, *, as_json: bool) -> None:
    """The keys of an organisation's feed, or of all feeds: whose they are, and when they were last used.

    Example: misthoorn feeds list 30000001
    """
    set_up_django()
    from misthoorn.notification.channels.feed.keys import keys

    found = keys(organisation=organisation_numbered(organisation).id if organisation else None)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], default=str))
        return
    if not found:
        click.echo("No keys. `misthoorn feeds key --help` tells how to make one.")
    for one in found:
        used = f"used {one.used_at:%Y-%m-%d %H:%M}" if one.used_at else "never used"
        state = f"revoked {one.revoked_at:%Y-%m-%d}" if one.revoked_at else used
        click.echo(f"{one.id:>5}  {one.organisation_name} ({one.register_number}), {one.role}: {state}")
