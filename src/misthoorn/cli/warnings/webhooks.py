import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from misthoorn.cli import Failure, set_up_django
from misthoorn.cli.options import organisation_numbered, person_named

if TYPE_CHECKING:  # Django is not there yet when this file is read
    from misthoorn.notification.webhooks import Webhook


@click.group("webhooks")
def command() -> None:
    """Webhooks: machines of an organisation that get what it is told as signed JSON, beside a person.

    Example: misthoorn webhooks add 30000001 https://soc.example/misthoorn --by ada
    """


@command.command("add")
@click.argument("organisation", metavar="REG")
@click.argument("address", metavar="URL")
@click.option("--name", default="", help="What people call it.")
@click.option("--role", type=click.Choice(["security", "it_provider"]), default="security", help="Whose machine it is.")
@click.option("--by", required=True, help="User name of who adds it.")
def add(organisation: str, address: str, *, name: str, role: str, by: str) -> None:
    """Add a webhook of an organisation. Its secret is shown this once; give it to the reader over a safe way.

    Example: misthoorn webhooks add 30000001 https://soc.example/misthoorn --name SOC --by ada
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.notification.webhooks import add_webhook

    who, whose = person_named(by), organisation_numbered(organisation)
    with _said():
        number, secret = add_webhook(
            organisation=whose.id, address=address, at=clock.now(), person=who, name=name, role=role
        )
    click.echo(f"Webhook {number} of {whose.name}. Try it: `misthoorn webhooks test {number}`. Its secret:", err=True)
    click.echo(secret)


@command.command("test")
@click.argument("webhook", type=int)
def test(webhook: int) -> None:
    """Post a test to a webhook (type webhook.ping). Exit code 1 when it is not taken.

    Example: misthoorn webhooks test 12
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.notification.channels import HandOverError
    from misthoorn.notification.webhooks import ping_webhook

    try:
        with _said():
            answer = ping_webhook(contact=webhook, at=clock.now())
    except HandOverError as error:
        raise Failure(f"Webhook {webhook} did not take it: {error.reply}") from error
    click.echo(f"Webhook {webhook} took it: {answer}")


@command.command("rotate")
@click.argument("webhook", type=int)
@click.option(
    "--overlap-hours",
    type=click.IntRange(0, 24 * 30),
    default=24,
    show_default=True,
    help="So long the old secret signs too. 0 when it leaked: it ends at once.",
)
@click.option("--by", required=True, help="User name of who does so.")
def rotate(webhook: int, *, overlap_hours: int, by: str) -> None:
    """Make a new secret for a webhook, shown this once. The old one signs too for a while.

    Example: misthoorn webhooks rotate 12 --by ada
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.notification.webhooks import rotate_webhook

    who = person_named(by)
    with _said():
        secret = rotate_webhook(contact=webhook, at=clock.now(), person=who, overlap=timedelta(hours=overlap_hours))
    click.echo(secret)


@command.command("list")
@click.argument("organisation", metavar="[REG]", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def list_(organisation: str | None, *, as_json: bool) -> None:
    """The webhooks of one organisation or of all: how many secrets sign, and how the last attempt ended.

    Example: misthoorn webhooks list --json
    """
    set_up_django()
    from misthoorn.notification.webhooks import webhooks

    found = webhooks(organisation=organisation_numbered(organisation).id if organisation else None)
    if as_json:
        click.echo(json.dumps([_facts(one) for one in found]))
        return
    for one in found:
        machine = one.machine
        last = f"{one.outcome.replace('_', ' ')}: {one.reply}".rstrip(": ") if one.outcome else "nothing sent yet"
        how = "stopped" if machine.stopped_at else last
        click.echo(f"{machine.id:>6}  {machine.organisation_name}  {machine.address}  {machine.name}  {how}")
    if not found:
        click.echo("No webhooks. `misthoorn webhooks add --help` tells how to add one.")


def _facts(one: "Webhook") -> dict[str, object]:
    machine = one.machine
    return {
        "webhook": machine.id,
        "organisation": machine.register_number,
        "address": machine.address,
        "name": machine.name,
        "role": machine.role,
        "stopped_at": machine.stopped_at.isoformat() if machine.stopped_at else None,
        "secrets": one.secrets,
        "last_outcome": one.outcome,
        "last_reply": one.reply,
        "last_at": one.at.isoformat() if one.at else None,
    }


@command.command("stop")
@click.argument("webhook", type=int)
@click.option("--by", required=True, help="User name of who stops it.")
def stop(webhook: int, *, by: str) -> None:
    """Send nothing to a webhook any more, also not what waits, and delete its secrets.

    Example: misthoorn webhooks stop 12 --by ada
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.notification.webhooks import stop_webhook

    who = person_named(by)
    with _said():
        done = stop_webhook(contact=webhook, at=clock.now(), person=who)
    click.echo(f"Webhook {webhook} is stopped." if done else f"Webhook {webhook} was stopped already.")


@contextmanager
def _said() -> Iterator[None]:
    """What can't be done, as a sentence."""
    from misthoorn.notification.channels.webhook.address import WebhookError
    from misthoorn.work.secret_files import SecretError

    try:
        yield
    except (WebhookError, SecretError) as error:
        raise Failure(str(error)) from error
