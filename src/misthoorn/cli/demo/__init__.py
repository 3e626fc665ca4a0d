"""`misthoorn demo`: a small country is warned, before your eyes."""

import click

from misthoorn.cli import Failure

LEAST, MOST = 50, 200_000


@click.command("demo")
@click.option("--no-serve", is_flag=True, help="Stop after the report.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
@click.option("--hold", is_flag=True, help="Stop when the messages are approved and queued, all due at once.")
@click.option("--organisations", default=5000, show_default=True, help="How large the country is.")
def command(*, no_serve: bool, as_json: bool, hold: bool, organisations: int) -> None:
    """Build a small country, warn it into a local mailbox over two days, and serve the site.

    Everything is invented, starts afresh each time, and stays in var/demo (or MISTHOORN_HOME, if that is empty or a
    demo's). Mail goes to a server of the demo's own, which ends with it, or to MISTHOORN_SMTP when that is set.

    With --hold nothing is sent and no process is left: start workers by hand, and a mail server if you have none. The
    last lines say how.

    Example: misthoorn demo

    Example: misthoorn demo --no-serve --json
    """
    if not LEAST <= organisations <= MOST:
        raise Failure(f"--organisations takes a number from {LEAST:,} to {MOST:,}.")
    from misthoorn.cli.demo.run import Wishes, run

    run(Wishes(serve=not (no_serve or hold), as_json=as_json, hold=hold, organisations=organisations))
