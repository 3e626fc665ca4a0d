import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from misthoorn.cli import Failure, counted, set_up_django
from misthoorn.cli.options import person_named


@click.group("campaigns")
def command() -> None:
    """Campaigns: reasons to warn. List, approve or hold them.

    Example: misthoorn campaigns list --state proposed
    """


@command.command("list")
@click.option("--state", default="", help="proposed, waiting, held, approved, stopped or rejected. Default: all.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def list_(*, state: str, as_json: bool) -> None:
    """Campaigns with whom they reach, and whom not and why.

    Example: misthoorn campaigns list --json
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.triage import queries as triage

    rows: list[dict[str, Any]] = []
    for one in triage.campaigns(state=state):
        funnel = triage.funnel(one.id, now=clock.now())
        rows.append(
            {
                "campaign": one.id,
                "reference": one.reference,
                "subject": one.subject,
                "severity": one.severity,
                "state": one.state,
                "findings": funnel.findings,
                "organisations": funnel.organisations,
                "reached": funnel.reached,
                "left_out": funnel.left_out,
                "limit": one.reach_limit,
            }
        )
    if as_json:
        click.echo(json.dumps(rows))
        return
    if not rows:
        click.echo("No campaigns. They are proposed when findings come in: `misthoorn take-in SOURCE FILE`.")
    for row in rows:
        findings = counted(row["findings"], "finding", width=6)
        owners = counted(row["organisations"], "organisation", width=5)
        click.echo(
            f"{row['campaign']:>5}  {row['subject']:<28} {row['severity']:<12} {row['state']:<9} "
            f"{findings:<15} {owners:<19} reaches {row['reached']}"
        )
        for why, count in row["left_out"].items():
            click.echo(f"       not {counted(count, 'organisation')}: {why}")


@contextmanager
def _said() -> Iterator[None]:
    from misthoorn.triage.services import CampaignError

    try:
        yield
    except CampaignError as error:
        raise Failure(str(error)) from error


@command.command("approve")
@click.argument("campaign", type=int)
@click.option("--by", required=True, help="User name of who approves.")
@click.option(
    "--reach", type=int, help="How many organisations you expect it to reach; more is refused. Default: as listed now."
)
def approve(campaign: int, *, by: str, reach: int | None) -> None:
    """Approve a campaign; the worker then sends its warnings. Above its limit it needs two different persons.

    Example: misthoorn campaigns approve 3 --by ada --reach 371
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.triage import queries as triage
    from misthoorn.triage.services import approve_campaign, release_campaign

    person, now = person_named(by), clock.now()
    if triage.campaign(campaign) is None:
        raise Failure(f"There is no campaign {campaign}. `misthoorn campaigns list` shows them.")
    expected = triage.funnel(campaign, now=now).reached if reach is None else reach
    with _said():
        step = approve_campaign(campaign=campaign, person=person, seen_reach=expected, now=now)
    if step.state == "waiting":
        click.echo(
            f"Noted. It reaches {counted(step.reach, 'organisation')}, more than its limit: a second person has to "
            "approve it too."
        )
        return
    created = release_campaign(campaign=campaign, now=now)
    click.echo(
        f"Approved: {counted(created.messages, 'message')} for a worker to send, and "
        f"{counted(created.withheld, 'organisation')} without one "
        "(`misthoorn campaigns list` says why)."
    )


@command.command("hold")
@click.argument("campaign", type=int)
@click.option("--by", required=True, help="User name of who holds it.")
@click.option("--note", default="", help="Why.")
def hold(campaign: int, *, by: str, note: str) -> None:
    """Put a campaign aside until somebody approves it after all.

    Example: misthoorn campaigns hold 3 --by ada --note "waits for the vendor's update"
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.triage.services import hold_campaign

    with _said():
        hold_campaign(campaign=campaign, person=person_named(by), note=note, now=clock.now())
    click.echo("Held.")


@command.command("stop")
@click.argument("campaign", type=int)
@click.option("--by", required=True, help="User name of who stops it.")
@click.option("--note", required=True, help="Why.")
def stop(campaign: int, *, by: str, note: str) -> None:
    """Stop a campaign that is on its way: what was not handed over yet stays here.

    Example: misthoorn campaigns stop 3 --by ada --note "wrong version in the text"
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.triage.services import stop_campaign

    with _said():
        count = stop_campaign(campaign=campaign, person=person_named(by), note=note, now=clock.now())
    click.echo(f"Stopped. {counted(count, 'message')} not handed over yet; `campaigns resume` lets them go.")


@command.command("resume")
@click.argument("campaign", type=int)
@click.option("--by", required=True, help="User name of who lets it go on.")
@click.option("--note", default="", help="Why.")
def resume(campaign: int, *, by: str, note: str) -> None:
    """Let a stopped campaign go on.

    Example: misthoorn campaigns resume 3 --by ada
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.triage.services import resume_campaign

    with _said():
        count = resume_campaign(campaign=campaign, person=person_named(by), note=note, now=clock.now())
    click.echo(f"It goes on: {counted(count, 'message')} for a worker to send.")
