import json
from collections.abc import Mapping

import click

from misthoorn.cli import set_up_django


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, for programs.")
def command(*, as_json: bool) -> None:
    """How things stand: messages, findings and batches by state, refused rows, and the health of the sources.

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


def _status() -> dict[str, int | dict[str, int]]:
    """One entry a subject; every state is there, also when nothing is in it."""
    from misthoorn.intake import queries as intake
    from misthoorn.intake import source_queries
    from misthoorn.notification import queries as notification
    from misthoorn.triage import queries as triage

    return {
        "messages": notification.messages_by_state(),
        "findings": triage.findings_by_state(),
        "batches": intake.batches_by_state(),
        "refused_rows": intake.totals()["rows_refused"],
        "sources": source_queries.by_health(),
    }
