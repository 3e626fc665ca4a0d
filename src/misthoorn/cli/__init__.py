"""The command line: one file per verb, loaded only when it is called."""

import gc
import importlib
import os
import re
import sys

import click

from misthoorn.cli.verbs import GROUPS

# Verb → module. The first line of each command's docstring is its help.
VERBS = {
    "admin": "misthoorn.cli.service.admin",
    "advisories": "misthoorn.cli.sources.advisories",
    "backup": "misthoorn.cli.service.backup",
    "bench": "misthoorn.cli.bench",
    "broadcasts": "misthoorn.cli.warnings.broadcasts",
    "calls": "misthoorn.cli.warnings.calls",
    "campaigns": "misthoorn.cli.warnings.campaigns",
    "check": "misthoorn.cli.service.check",
    "contacts": "misthoorn.cli.organisations.contacts",
    "corrections": "misthoorn.cli.outcomes.corrections",
    "demo": "misthoorn.cli.demo",
    "effect": "misthoorn.cli.outcomes.effect",
    "explain": "misthoorn.cli.outcomes.explanations",
    "handovers": "misthoorn.cli.warnings.handovers",
    "feeds": "misthoorn.cli.warnings.feeds",
    "incoming": "misthoorn.cli.outcomes.incoming",
    "letters": "misthoorn.cli.warnings.letters",
    "lists": "misthoorn.cli.sources.lists",
    "match": "misthoorn.cli.match.command",
    "members": "misthoorn.cli.organisations.members",
    "migrate": "misthoorn.cli.service.migrate",
    "organisations": "misthoorn.cli.organisations.organisations",
    "parse": "misthoorn.cli.parse",
    "products": "misthoorn.cli.organisations.products",
    "purge": "misthoorn.cli.service.purge",
    "quarantine": "misthoorn.cli.sources.quarantine",
    "replay": "misthoorn.cli.replay",
    "restore": "misthoorn.cli.service.restore",
    "routes": "misthoorn.cli.sources.routes",
    "serve": "misthoorn.cli.service.serve",
    "sources": "misthoorn.cli.sources",
    "status": "misthoorn.cli.service.status",
    "store": "misthoorn.cli.sources.store",
    "suppress": "misthoorn.cli.warnings.suppressions",
    "take-in": "misthoorn.cli.sources.take_in",
    "texts": "misthoorn.cli.warnings.texts",
    "told": "misthoorn.cli.outcomes.disclosure_log",
    "trials": "misthoorn.cli.warnings.trials",
    "versions": "misthoorn.cli.versions",
    "watch": "misthoorn.cli.organisations.watch",
    "webhooks": "misthoorn.cli.warnings.webhooks",
    "worker": "misthoorn.cli.service.worker",
}


class Failure(click.ClickException):
    """Something a person can mend. Its message says what happened and what to do next; exit code 1."""

    def show(self, file: object = None) -> None:  # noqa: ARG002  the signature is click's
        click.echo(f"misthoorn: {self.format_message()}", err=True)


class _Verbs(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  the signature is click's
        return list(VERBS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        for group, lines in GROUPS.items():
            with formatter.section(group):
                formatter.write_dl([(verb, line) for verb, line in lines.items() if verb in VERBS])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in VERBS:
            return None
        command: click.Command = importlib.import_module(VERBS[cmd_name]).command
        return command


@click.command(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="misthoorn")
def misthoorn() -> None:
    """Misthoorn: an early-warning service. `misthoorn VERB --help` tells more about each verb."""


def counted(number: int, word: str, several: str = "", *, width: int = 0) -> str:
    """A number with the thing that it counts: 1 finding, 2 findings; `several` where that is no plain s."""
    return f"{number:>{width},} {word if number == 1 else several or f'{word}s'}"


def set_up_django() -> None:
    """Make the database and the settings available. Commands without a database do not call it, and start fast.

    Raises:
        Failure: a setting can't be used; the message names it.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "misthoorn.config.settings")
    import django
    from django.apps import apps
    from django.core.exceptions import ImproperlyConfigured

    try:
        if not apps.ready:
            django.setup()
    except ImproperlyConfigured as error:
        raise Failure(str(error)) from error


_NO_TABLE = r"no such (table|column)|(relation|column) .+ does not exist"  # as SQLite and PostgreSQL say it


def _unexpected(error: Exception) -> str:
    """What to say of an error that nobody foresaw; a database in trouble is the most likely one."""
    kind = type(error).__name__
    if kind in {"OperationalError", "ProgrammingError"} and re.search(_NO_TABLE, str(error)):
        return "misthoorn: the database lacks tables or columns that this version uses. `misthoorn migrate` makes them."
    if kind in {"OperationalError", "ProgrammingError", "DatabaseError", "InterfaceError"}:
        return f"misthoorn: the database can't do this ({error}). `misthoorn check` looks what is wrong."
    if isinstance(error, OSError) and error.strerror:
        place = f"{error.filename}: " if error.filename else ""
        return f"misthoorn: {place}{error.strerror}. Look at the disk, and whether this user may read and write there."
    if isinstance(error, UnicodeEncodeError) and error.reason.startswith("surrogates"):
        return "misthoorn: something in this command is not text (UTF-8). Type it again."
    if kind == "OverflowError" and "SQLite INTEGER" in str(error):  # PostgreSQL finds nothing
        return "misthoorn: there is nothing with a number that large. Compare it with what the list of this verb shows."
    return (
        f"misthoorn: this went wrong inside the program ({kind}: {error}). Nothing that was said to be kept is lost. "
        "Run it again with MISTHOORN_LOG_LEVEL=DEBUG to see where, and tell the maintainers."
    )


def main() -> None:
    """The program `misthoorn`. Exit codes: 0 done, 1 it could not be done, 2 wrong use, 130 stopped by the user."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed by whoever called
            setattr(sys, name, open(os.devnull, mode))  # noqa: PTH123, SIM115  for as long as the program runs
    gc.set_threshold(50_000, 20, 20)  # what is loaded stays: looking for cycles in it often takes a tenth of the time
    try:
        code = misthoorn.main(standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        name = error.ctx.command_path
        click.echo(f"{name}: name a verb. Type `{name} --help` to see them all.", err=True)
        sys.exit(2)
    except click.UsageError as error:
        name = error.ctx.command_path if error.ctx else "misthoorn"
        wrong = error.format_message().rstrip(".")
        click.echo(f"{name}: {wrong}. Type `{name} --help` to see what it takes.", err=True)
        sys.exit(2)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("misthoorn: stopped.", err=True)
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        if os.environ.get("MISTHOORN_LOG_LEVEL", "").upper() == "DEBUG":
            raise
        click.echo(_unexpected(error), err=True)
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)
