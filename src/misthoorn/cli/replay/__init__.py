"""`misthoorn replay`: something that happened, played again through the service itself."""

import click

from misthoorn.cli import Failure

LEAST, MOST = 50, 200_000
MOST_WORKERS = 32


@click.group("replay")
def command() -> None:
    """Play something that happened again, through the service itself, and see how long each step takes.

    Example: misthoorn replay log4shell --organisations 2000
    """


@command.command("log4shell")
@click.option("--organisations", default=2000, show_default=True, help="How many have the vulnerable part.")
@click.option("--workers", default=2, show_default=True, help="How many workers work, each a process.")
@click.option("--json", "as_json", is_flag=True, help="Print the time line as one JSON object.")
def log4shell(*, organisations: int, workers: int, as_json: bool) -> None:
    """Log4Shell, 10 to 20 December 2021: what became known, who was told when, and that nobody was told twice.

    Everything is invented but the vulnerabilities and their days. It starts afresh each time, in var/replay (or
    MISTHOORN_HOME, if that is empty or a demo's). Mail goes to a server of its own, whose mails are looked at in the
    end (mails.mbox), or to MISTHOORN_SMTP when that is set. Exit code 1 when a mail was lost or not handed over, or
    anybody was told the same twice.

    Example: misthoorn replay log4shell --json
    """
    if not LEAST <= organisations <= MOST:
        raise Failure(f"--organisations takes a number from {LEAST:,} to {MOST:,}.")
    if not 1 <= workers <= MOST_WORKERS:
        raise Failure(f"--workers takes a number from 1 to {MOST_WORKERS}.")
    from misthoorn.cli.replay.run import run

    run(organisations=organisations, workers=workers, as_json=as_json)
