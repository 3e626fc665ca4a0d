import json

import click

from misthoorn.cli import set_up_django


@click.command("purge")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(*, as_json: bool) -> None:
    """Delete or blank what is kept longer than its purpose asks (MISTHOORN_KEEP_…). Run it daily; repeating is safe.

    Example: misthoorn purge
    """
    set_up_django()
    from django.conf import settings

    from misthoorn.accounts.services import forget_names
    from misthoorn.common import clock
    from misthoorn.intake.services import forget
    from misthoorn.notification.services import purge
    from misthoorn.triage.services import forget_findings

    now, keep = clock.now(), settings.KEEP
    counts = {
        **forget(now=now, keep=keep),
        "findings": forget_findings(now=now, days=keep["findings"]),
        **purge(now=now, keep=keep),
        "audit": forget_names(now=now, days=keep["audit"]),
    }
    if as_json:
        click.echo(json.dumps(counts))
        return
    for name, count in counts.items():
        click.echo(f"{count:>9}  {name}")
