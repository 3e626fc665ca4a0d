import smtplib
import ssl
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from misthoorn.cli import set_up_django

REDIRECT = "security.W008"  # asks for redirects to https, which the proxy makes


@click.command("check")
@click.option("--no-mail", is_flag=True, help="Do not speak to the mail relay.")
def command(*, no_mail: bool) -> None:
    """Check settings, database, mail relay and folders; say what to do about what is wrong. Exit code 1 if anything is.

    Example: misthoorn check
    """
    set_up_django()
    parts: dict[str, Callable[[], Iterator[str]]] = {
        "database": _database,
        "folders": _folders,
        "store": _store,
        "site": _site,
        "sources": _sources,
        "signature": _signature,
    }
    if not no_mail:
        parts["mail relay"] = _mail
    bad = False
    for name, part in parts.items():
        problems = list(_said_by(part))
        bad |= bool(problems)
        click.echo(f"{'wrong' if problems else 'good ':<6} {name}")
        for problem in problems:
            click.echo(f"       {problem}")
    sys.exit(1 if bad else 0)


def _said_by(part: Callable[[], Iterator[str]]) -> Iterator[str]:
    """What a part says; without its database it says so, and the others go on."""
    from django.db import DatabaseError

    try:
        yield from part()
    except DatabaseError:
        yield "It can't be looked at before the database is in order."


def _database() -> Iterator[str]:
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    from misthoorn.work.durability import problems

    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            yield "Tables are missing or old. Run `misthoorn migrate`."
        yield from problems()
    except DatabaseError as error:
        yield f"The database can't be reached: {error} Look at MISTHOORN_DATABASE."


def _folders() -> Iterator[str]:
    import shutil

    from django.conf import settings

    home = Path(settings.HOME)
    probe = home / ".probe"
    try:
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as error:
        yield f"{home} can't be written ({error}). Give this user the right to."
        return
    free = shutil.disk_usage(home).free
    if free < 1 << 30:
        yield f"{home} has {free // (1 << 20)} MB left. A country's day takes some hundreds: make room."


def _store() -> Iterator[str]:
    from misthoorn.intake.services import IntakeError, store

    try:
        store().try_out()
    except (OSError, ValueError, IntakeError) as error:
        yield f"What is received can't be kept: {error} Look at MISTHOORN_STORE."


def _site() -> Iterator[str]:
    from django.conf import settings
    from django.core import checks

    if settings.DEBUG:
        yield "MISTHOORN_DEBUG is on and shows error details. Turn it off where others can reach this machine."
    if not settings.HTTPS:
        yield "MISTHOORN_HTTPS is off: fine for trying out on one machine, and nowhere else."
        return
    for found in checks.run_checks(include_deployment_checks=True):
        if found.level >= checks.WARNING and found.id != REDIRECT and not found.is_silenced():
            yield f"{' '.join(found.msg.split())} ({found.id})"


def _sources() -> Iterator[str]:
    from misthoorn.intake import source_queries

    for one in source_queries.states():
        if not one.batches and not one.paused:
            first = f"Fetch it (`misthoorn sources run {one.slug}`)" if one.transport else "Take in a file"
            last = [tried.problem for tried in source_queries.fetches(one.slug, limit=1) if tried.problem]
            why = f" When it was last asked: {last[0]}" if last and not one.alarms else ""
            yield f"Source '{one.slug}' never delivered. {first}, or pause it.{why}"
        kinds = (alarm for alarm in one.alarms if alarm.batch is None)
        yield from (f"Source '{one.slug}' is {alarm.kind}. {alarm.detail}" for alarm in kinds)
    for held in source_queries.held_for_size():
        yield (
            f"Delivery {held.batch} of source '{held.source}' is held: {held.because}. Look at it, and then say "
            f"`misthoorn sources decide {held.batch} release|refuse --by NAME`."
        )
    for doubted in source_queries.unproven_batches():
        yield (
            f"Delivery {doubted.batch} of source '{doubted.source}' waits unread ({doubted.code}): nothing shows "
            "that it is its maker's. Ask the maker, and then say "
            f"`misthoorn quarantine release|leave {doubted.batch} --by NAME`."
        )


def _signature() -> Iterator[str]:
    from misthoorn.notification.work import signing_problems

    yield from signing_problems()


def _mail() -> Iterator[str]:
    from django.conf import settings

    relay = settings.RELAY
    trusted = ssl.create_default_context()
    try:
        with (
            smtplib.SMTP_SSL(relay.host, relay.port, timeout=10, context=trusted)
            if relay.tls == "implicit"
            else smtplib.SMTP(relay.host, relay.port, timeout=10)
        ) as smtp:
            smtp.ehlo()
            if relay.tls == "starttls":
                smtp.starttls(context=trusted)
            if relay.user:
                smtp.login(relay.user, relay.password)
    except (OSError, smtplib.SMTPException) as error:
        yield f"{relay.host}:{relay.port} can't be used ({error}). Look at MISTHOORN_SMTP, and whether the relay runs."
