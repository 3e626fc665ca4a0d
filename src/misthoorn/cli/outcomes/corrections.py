import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

import click

from misthoorn.cli import Failure, counted, set_up_django
from misthoorn.cli.options import person_named

_SHOWN = ("reference", "campaign", "subject", "state", "reach", "suppress", "reason_nl", "reason_en")
_ALSO = ("doing_nl", "doing_en", "written_by", "decided_by")


@click.group("corrections")
def command() -> None:
    """Corrections: warnings that were wrong. Propose one, and let a second person approve it.

    Example: misthoorn corrections list --state proposed
    """


@contextmanager
def _said() -> Iterator[None]:
    from misthoorn.triage.follow_up.corrections import CorrectionError

    try:
        yield
    except CorrectionError as error:
        raise Failure(str(error)) from error


@command.command("list")
@click.option(
    "--state", type=click.Choice(["proposed", "approved", "rejected"]), help="Only those in this state. Default: all."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def list_(*, state: str | None, as_json: bool) -> None:
    """Corrections, the newest first, with how many got the warning.

    Example: misthoorn corrections list --json
    """
    set_up_django()
    from misthoorn.triage.follow_up.queries import corrections

    found = corrections(state=state or "")
    if as_json:
        rows = [asdict(one) for one in found]
        click.echo(json.dumps([{"correction": row["id"], **{key: row[key] for key in _SHOWN + _ALSO}} for row in rows]))
        return
    if not found:
        click.echo("No corrections. `misthoorn corrections propose CAMPAIGN` takes a warning back that was wrong.")
    for one in found:
        reached = counted(one.reach, "organisation")
        click.echo(
            f"{one.id:>5}  {one.campaign_reference}  {one.subject:<28} {one.state:<9} {reached:<18} {one.reason_en}"
        )


@command.command("propose")
@click.argument("campaign", type=int)
@click.option("--reason-nl", required=True, help="What was wrong, in Dutch, one or two sentences.")
@click.option("--reason-en", required=True, help="The same in English.")
@click.option("--doing-nl", required=True, help="What we change, in Dutch, one or two sentences.")
@click.option("--doing-en", required=True, help="The same in English.")
@click.option("--suppress", is_flag=True, help="Warn these organisations of it no more for a year.")
@click.option("--by", required=True, help="User name of who proposes it.")
def propose(
    campaign: int, *, reason_nl: str, reason_en: str, doing_nl: str, doing_en: str, suppress: bool, by: str
) -> None:
    """Say that the warnings of a campaign were wrong. Nobody is told before a second person approves.

    \b
    Example: misthoorn corrections propose 3 --reason-nl "Dat adres hoort niet bij u." \\
      --reason-en "That address is not yours." --doing-nl "Wij kijken naar de datum." \\
      --doing-en "We look at the date." --by ada
    """  # noqa: D301  click reads the \\b
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.triage.follow_up.corrections import Wrong, propose_correction

    wrong = Wrong(reason_nl=reason_nl, reason_en=reason_en, doing_nl=doing_nl, doing_en=doing_en, suppress=suppress)
    with _said():
        made = propose_correction(campaign=campaign, wrong=wrong, person=person_named(by), now=clock.now())
    click.echo(f"Written down. A second person approves it: `misthoorn corrections approve {made} --by NAME`.")


@command.command("approve")
@click.argument("correction", type=int)
@click.option("--by", required=True, help="User name of who approves: somebody else than who proposed it.")
def approve(correction: int, *, by: str) -> None:
    """Approve a correction: its campaign is stopped, and a worker tells all who got the warning.

    Example: misthoorn corrections approve 2 --by bram
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.triage.follow_up.corrections import approve_correction

    with _said():
        approve_correction(correction=correction, person=person_named(by), now=clock.now())
    click.echo("Approved. The campaign is stopped; the worker tells all who got the warning.")


@command.command("reject")
@click.argument("correction", type=int)
@click.option("--by", required=True, help="User name of who takes it away.")
def reject(correction: int, *, by: str) -> None:
    """Take a correction away that nobody was told of yet.

    Example: misthoorn corrections reject 2 --by ada
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.triage.follow_up.corrections import reject_correction

    with _said():
        reject_correction(correction=correction, person=person_named(by), now=clock.now())
    click.echo("Taken away. Nobody is told.")
