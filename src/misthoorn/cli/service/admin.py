import json
import sys

import click

from misthoorn.cli import Failure, set_up_django
from misthoorn.cli.audit import looks


@click.group("admin")
def command() -> None:
    """Accounts: make the first administrator and others.

    Example: misthoorn admin create ada --name "Ada de Vries" --role administrator
    """


@command.command("create")
@click.argument("username")
@click.option("--name", required=True, help="The name that others see.")
@click.option("--role", default="analyst", show_default=True, help="analyst or administrator.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking for it.")
def create(username: str, *, name: str, role: str, password_stdin: bool) -> None:
    """Make an account. The second factor is set up at the first sign-in.

    Example: misthoorn admin create ada --name "Ada de Vries" --role administrator
    """
    set_up_django()
    from misthoorn.accounts.services import AccountError, create_person
    from misthoorn.common import clock

    if password_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = click.prompt(
            "Password (at least 12 characters)", hide_input=True, confirmation_prompt=True, err=True
        )
    try:
        create_person(username=username, name=name, password=password, role=role, at=clock.now())
    except AccountError as error:
        raise Failure(str(error)) from error
    click.echo(f"Account '{username}' is there. Its second factor is set up at the first sign-in.")


@command.command("trail")
@click.option("--about", default="", help="Of one thing alone, as a line of the trail names it.")
@click.option("--by", "username", default="", help="Of one person alone: the account's name.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(min=1), help="At most so many lines.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON Lines.")
@looks("audit trail")
def trail(*, about: str, username: str, limit: int, as_json: bool) -> None:
    """Show who did what, and who looked at whose data; the newest first.

    \b
    Examples:
      misthoorn admin trail --about "finding 12"
      misthoorn admin trail --by aisha --limit 1000 --json
    """  # noqa: D301  click reads the \\b
    set_up_django()
    from misthoorn.accounts.queries import audit_trail

    for one in audit_trail(about=about, username=username, limit=limit):
        if as_json:
            row = {"at": one.at.isoformat(), "person": one.person, "action": one.action}
            click.echo(json.dumps(row | {"about": one.about, "detail": one.detail}))
            continue
        detail = f"  {json.dumps(one.detail, sort_keys=True)}" if one.detail else ""
        click.echo(f"{one.at:%Y-%m-%d %H:%M}  {one.person or '-'}  {one.action}  {one.about}{detail}")


@command.command("code")
@click.argument("username")
def code(username: str) -> None:
    """Print the one-time code of a demo account. Only works in a home that the demo made.

    Example: misthoorn admin code analyst
    """
    set_up_django()
    from pathlib import Path

    from django.conf import settings

    from misthoorn.accounts.services import one_time_code
    from misthoorn.common import clock

    if not (Path(settings.HOME) / "demo").exists():
        raise Failure("This is not a demo's home. Codes come from the authenticator app of the person.")
    found = one_time_code(username=username, at=clock.now())
    if found is None:
        raise Failure(f"There is no account '{username}' with a second factor here.")
    click.echo(found)
