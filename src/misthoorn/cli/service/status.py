import json
from collections.abc import Mapping
from typing import Any

import click

from misthoorn.cli import set_up_django

SILENT = (
    "Messages wait, and none got out for more than a minute and a half. "
    "Look whether a worker runs (`misthoorn worker`) and whether the relay answers (`misthoorn check`)."
)


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, for programs.")
def command(*, as_json: bool) -> None:
    """How things stand: messages, findings and batches by state, refused rows, and the health of the sources.

    The queue: how many messages are due, for how many seconds the oldest is, and whether it is silent (1): due for
    more than a minute and a half in which none got out. Then no worker is alive, or the relay takes nothing.

    Example: misthoorn status --json
    """
    set_up_django()
    status = _status()
    if as_json:
        click.echo(json.dumps(status))
        return
    for name, value in status.items():
        click.echo(name.replace("_", " ").capitalize())
        rows = value if isinstance(value, Mapping) else {"in all": value}
        for key, count in rows.items():
            click.echo(f"  {key.replace('_', ' '):<14} {count:>10,}")
    if status["queue"]["silent"]:
        click.echo(SILENT, err=True)


def _status() -> dict[str, Any]:
    """One entry a subject; every state is there, also when nothing is in it."""
    from misthoorn.intake import queries as intake
    from misthoorn.intake import source_queries
    from misthoorn.notification import queries as notification
    from misthoorn.notification.delivery.backlog import waiting
    from misthoorn.triage import queries as triage

    queue = waiting()
    return {
        "messages": notification.messages_by_state(),
        "queue": {"due": queue.due, "oldest_seconds": queue.oldest_seconds, "silent": int(queue.silent)},
        "findings": triage.findings_by_state(),
        "batches": intake.batches_by_state(),
        "refused_rows": intake.totals()["rows_refused"],
        "sources": source_queries.by_health(),
    }
