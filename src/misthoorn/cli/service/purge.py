import json

import click

from misthoorn.cli import set_up_django


@click.command("purge")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(*, as_json: bool) -> None:
    """Delete or blank what is kept longer than its purpose asks (MISTHOORN_KEEP_…). Run it daily; repeating is safe.

    A source may keep its events shorter or longer than others do. Small files of events that are no longer matched are
    put together.

    Example: misthoorn purge
    """
    set_up_django()
    from datetime import timedelta

    from django.conf import settings

    from misthoorn.accounts.services import forget_names
    from misthoorn.common import clock
    from misthoorn.constituency.assets.reported_errors import forget_mistakes
    from misthoorn.constituency.retention import forget_addresses, forget_claims
    from misthoorn.intake.drafts import forget_drafts
    from misthoorn.intake.services import compact_events, forget
    from misthoorn.intake.services.sources_trial import forget_trials
    from misthoorn.notification.services import purge
    from misthoorn.notification.trials.services import forget_arms
    from misthoorn.triage.services import forget_findings

    now, keep = clock.now(), settings.KEEP
    counts = {
        **forget(now=now, keep=keep),
        "uploads": forget_drafts(now=now),
        "tried sources": forget_trials(now=now),
        "findings": forget_findings(now=now, days=keep["findings"]),
        **purge(now=now, keep=keep),
        "trials": forget_arms(now=now),
        "claims": forget_claims(now=now, days=keep["replies"]),
        "mistakes": forget_mistakes(now=now, days=keep["replies"]),
        "addresses": forget_addresses(now=now, passed_on=timedelta(days=keep["messages"])),
        "audit": forget_names(now=now, days=keep["audit"]),
        **compact_events(now=now, days=settings.RECENT_DAYS),
    }
    if as_json:
        click.echo(json.dumps(counts))
        return
    for name, count in counts.items():
        click.echo(f"{count:>9}  {name}")
