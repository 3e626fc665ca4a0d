import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from misthoorn.cli import Failure, counted, set_up_django
from misthoorn.cli.options import person_named

if TYPE_CHECKING:  # Django is not there yet when this file is read
    from misthoorn.insight.trials import TrialResult
    from misthoorn.notification.trials.facts import TrialFacts

_USUAL = "usual"


@click.group("trials")
def command() -> None:
    """Randomised comparisons of texts: which words help best? What is urgent never takes part.

    Example: misthoorn trials list
    """


@contextmanager
def _said() -> Iterator[None]:
    from misthoorn.notification.trials.facts import TrialError

    try:
        yield
    except TrialError as error:
        raise Failure(str(error)) from error


_COMPARED = (
    click.option("--arm", "arms", multiple=True, required=True, help="A variant, or usual; twice or more."),
    click.option("--subject", default="", help="Only on this subject, such as open-rdp."),
    click.option("--severity", default="", help="Only of this severity: high, normal or information."),
    click.option("--baseline", type=int, required=True, help="How many of 100 have the outcome now."),
    click.option("--target", type=int, required=True, help="How many of 100 are hoped for."),
    click.option("--runs", type=int, default=90, show_default=True, help="Days that organisations are taken in."),
)


def _compared(function: Any) -> Any:  # noqa: ANN401  click's own decorators do so
    for option in reversed(_COMPARED):
        function = option(function)
    return function


@command.command("size")
@_compared
def size(**told: Any) -> None:  # noqa: ANN401  as click gives them
    """How many organisations it takes to see a change four times in five, and how many are expected.

    Exit code 0 when enough are expected, 1 when not.

    Example: misthoorn trials size --arm usual --arm short --subject open-rdp --baseline 40 --target 50
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.notification.trials.services import size_of

    with _said():
        found = size_of(_draft(name="", hypothesis="", outcome="fixed", most_harm=1, **told), now=clock.now())
    click.echo(f"Each of the {found.arms} texts needs {counted(found.needed, 'organisation')}.")
    click.echo(f"In the last {counted(told['runs'], 'day')} {found.expected} were warned of this in all.")
    if found.is_weak:
        raise Failure("Probably too small: a difference may well not show. Compare something larger, or for longer.")


def _draft(arms: tuple[str, ...], **told: Any) -> Any:  # noqa: ANN401  as click gives them
    from misthoorn.notification.trials.facts import TrialDraft

    return TrialDraft(arms=tuple("" if one == _USUAL else one for one in arms), **told)


@command.command("draft")
@click.argument("name")
@_compared
@click.option("--hypothesis", required=True, help="What is expected, and why. Everybody can read it.")
@click.option("--outcome", required=True, type=click.Choice(["fixed", "answered", "reached"]))
@click.option("--days", type=int, default=30, show_default=True, help="Days within which the outcome counts.")
@click.option(
    "--most-harm", type=int, default=20, show_default=True, help="More harmed organisations of one text stop it."
)
@click.option("--per-arm", type=int, default=0, help="Organisations a text. Default: as many as it takes.")
@click.option("--weak", is_flag=True, help="Yes, also when it is probably too small.")
@click.option("--by", required=True, help="User name of who writes it.")
def draft(*, by: str, **told: Any) -> None:  # noqa: ANN401  as click gives them
    """Keep a draft. Nothing is sent in another way before a colleague approves it.

    Example: misthoorn trials draft short-or-long --arm usual --arm short --subject open-rdp --outcome fixed
    --baseline 40 --target 50 --hypothesis "Less to read, more done" --by ada
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.notification.trials.services import draft_trial

    with _said():
        made = draft_trial(_draft(**told), person=person_named(by), now=clock.now())
    click.echo(f"Draft {made}. A colleague begins it with `misthoorn trials approve {made} --by …`.")


@command.command("approve")
@click.argument("trial", type=int)
@click.option("--by", required=True, help="User name of who approves; not who wrote it.")
def approve(trial: int, *, by: str) -> None:
    """Begin: from now on lot decides who gets which text.

    Example: misthoorn trials approve 3 --by bram
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.notification.trials.services import approve_trial

    with _said():
        approve_trial(trial=trial, person=person_named(by), now=clock.now())
    click.echo("It runs, and stands in the public register.")


@command.command("reject")
@click.argument("trial", type=int)
@click.option("--by", required=True, help="User name of who rejects it.")
@click.option("--note", required=True, help="Why.")
def reject(trial: int, *, by: str, note: str) -> None:
    """Decide that a draft is not carried out.

    Example: misthoorn trials reject 3 --by bram --note "too vague"
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.notification.trials.services import reject_trial

    with _said():
        reject_trial(trial=trial, person=person_named(by), why=note, now=clock.now())
    click.echo("Rejected.")


@command.command("end")
@click.argument("trial", type=int)
@click.option("--by", required=True, help="User name of who ends it.")
@click.option("--note", required=True, help="Why. Everybody can read it.")
def end(trial: int, *, by: str, note: str) -> None:
    """End a running trial before its time; everybody gets the usual text from now on.

    Example: misthoorn trials end 3 --by bram --note "the texts are written anew"
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.notification.trials.services import end_trial

    with _said():
        end_trial(trial=trial, person=person_named(by), why=note, now=clock.now())
    click.echo("Ended.")


@command.command("show")
@click.argument("trial", type=int)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def show(trial: int, *, as_json: bool) -> None:
    """One trial: what is compared, and what came out so far.

    Example: misthoorn trials show 3
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.insight.trials import result_of
    from misthoorn.notification.trials.services import trial as facts_of

    facts = facts_of(trial)
    if facts is None:
        raise Failure(f"There is no trial {trial}. `misthoorn trials list` shows them.")
    result = result_of(facts, now=clock.now()) if facts.started_at else None
    if as_json:
        row = asdict(facts) | {"result": asdict(result) if result else None}
        click.echo(json.dumps(row, default=datetime.isoformat))
        return
    ended = f": {facts.ended_because}" if facts.ended_because else ""
    click.echo(f"{facts.name} ({facts.state}{ended})\n{facts.hypothesis}")
    click.echo(f"{facts.outcome} within {counted(facts.days, 'day')}, {facts.per_arm} organisations a text")
    if result:
        _show(facts, result)


def _show(facts: "TrialFacts", result: "TrialResult") -> None:
    for arm in result.arms:
        share = "-" if arm.share is None else f"{arm.share:.1%} ({arm.low:.1%} to {arm.high:.1%})"
        more = "" if arm.more is None else f"; {arm.more:+.1%} ({arm.more_low:+.1%} to {arm.more_high:+.1%})"
        click.echo(
            f"  {arm.variant or _USUAL:<12} {arm.assigned:>7} drawn {arm.counted:>7} counted {arm.reached_it:>7} "
            f"{facts.outcome}  {share}{more}; {arm.harmed} harmed"
        )
    if not result.enough:
        click.echo(f"Too early to say: each text needs {counted(facts.per_arm, 'organisation')} that are counted.")


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def list_(*, as_json: bool) -> None:
    """All trials, the newest first.

    Example: misthoorn trials list
    """
    set_up_django()
    from misthoorn.notification.trials.services import trials

    found = trials()
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], default=datetime.isoformat))
        return
    if not found:
        click.echo("No trials. `misthoorn trials draft` writes one.")
    for one in found:
        arms = " / ".join(f"{arm.variant or _USUAL} {arm.assigned}" for arm in one.arms)
        click.echo(f"{one.id:>5}  {one.state:<9} {one.outcome:<9} {one.subject or 'all':<24} {arms:<30} {one.name}")
