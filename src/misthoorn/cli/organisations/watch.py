import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

import click

from misthoorn.cli import Failure, counted, set_up_django
from misthoorn.cli.audit import note, why_option
from misthoorn.cli.options import organisation_numbered

if TYPE_CHECKING:  # Django is not there yet when this file is read
    from misthoorn.triage.queries import FindingFacts
    from misthoorn.triage.watch import Watched

MOST = 10_000  # assets of one advisory that are shown
_STATES = {
    "no-version": "its version is not known: matches are likely, never certain",
    "version-unreadable": "its version can't be read in this order: write it as the maker does",
    "order-unknown": "nobody told us how versions of this kind of package are ordered: as plain numbers",
    "not-named": "no advisory names it yet: it is watched all the same",
    "ended": "its time is over",
    "not-begun": "its time has not begun",
}


@click.command("watch")
@click.argument("asset", type=int, required=False)
@click.option("--organisation", metavar="REG", help="All assets of one organisation, by its register number.")
@click.option("--advisory", metavar="CVE", help="In place of an asset: the assets that this advisory matches.")
@click.option(
    "--again", is_flag=True, help="Match it again first, as it is now: assets at once, an advisory by a worker."
)
@click.option("--certainty", type=click.Choice(["exact", "likely"]), help="Narrow the findings; without it, all.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@why_option
def command(
    *,
    asset: int | None,
    organisation: str | None,
    advisory: str | None,
    again: bool,
    certainty: str | None,
    as_json: bool,
    why: str,
) -> None:
    """How an asset is watched: by which names or numbers, by which sources, when last, and what was found.

    A product is watched from the day it is registered, also while no advisory names it.

    \b
    Examples:
      misthoorn watch 7
      misthoorn watch --organisation 30000001 --certainty exact --json
      misthoorn watch --advisory CVE-2021-44228 --again
    """  # noqa: D301  click reads the \\b
    if sum(one is not None for one in (asset, organisation, advisory)) != 1:
        raise click.UsageError("Name an asset by its number, --organisation by its register number, or --advisory")
    set_up_django()
    note("watch", {"asset": asset, "organisation": organisation, "advisory": advisory}, why=why)
    if advisory is not None:
        _advisory(advisory, again=again, certainty=certainty or "", as_json=as_json)
        return
    from misthoorn.common import clock
    from misthoorn.constituency import queries as constituency
    from misthoorn.triage import suppression, watch

    if organisation is not None:
        assets = constituency.assets_of(organisation_numbered(organisation).id)
    else:
        assets = list(constituency.assets([asset or 0]).values())
        if not assets:
            raise Failure(f"There is no asset {asset}. `misthoorn watch --organisation REG` shows those of somebody.")
    if again:
        _again([one.id for one in assets])
    findings_of = watch.findings_of_assets([one.id for one in assets], certainty=certainty or "")
    found = [(one, findings_of[one.asset.id]) for one in watch.watched(assets, now=clock.now())]
    silent = suppression.silenced([one.id for some in findings_of.values() for one in some], now=clock.now())
    if as_json:
        rows = [
            _plain(one) | {"findings": [_plain(each) | {"suppressed_by": silent.get(each.id)} for each in findings]}
            for one, findings in found
        ]
        click.echo(json.dumps(rows, default=_plain))
        return
    for one, findings in found:
        for line in _lines(one, findings, silent):
            click.echo(line)


def _plain(value: Any) -> Any:  # noqa: ANN401  whatever JSON has no form of its own for
    """A frozen value as an object with its fields, anything else as text."""
    return {one.name: getattr(value, one.name) for one in fields(value)} if is_dataclass(value) else str(value)


def _again(assets: list[int]) -> None:
    from misthoorn.common import clock
    from misthoorn.triage.services import match_assets_again

    if not match_assets_again(assets, now=clock.now()):
        click.echo("A worker has changed assets in hand, and matches these next.", err=True)


def _advisory(identifier: str, *, again: bool, certainty: str, as_json: bool) -> None:
    from misthoorn.common import clock
    from misthoorn.intake import queries as intake
    from misthoorn.triage import suppression, watch
    from misthoorn.triage.services import queue_advisories_again

    if identifier not in intake.advisories([identifier]):
        raise Failure(f"There is no advisory '{identifier}' yet. It is matched as soon as a source delivers it.")
    if again:
        queued = queue_advisories_again([identifier], now=clock.now())
        click.echo(f"{counted(queued, 'delivery', 'deliveries')} for a worker to match again.", err=True)
    rows = watch.affected_by(identifier, certainty=certainty, limit=MOST)
    statistics = watch.statistics(identifier)
    if as_json:
        click.echo(json.dumps(_plain(statistics) | {"matches": rows}, default=_plain))
        return
    marked = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in statistics.remediation.items())
    owners = counted(statistics.organisations, "organisation")
    silent = suppression.silenced([one.finding.id for one in rows], now=clock.now())
    click.echo(f"{identifier}: {counted(statistics.assets, 'asset')} of {owners} match; remediation: {marked}")
    for one in rows:
        asset, finding = one.asset, one.finding
        click.echo(
            f"  {finding.id:>6}  {one.organisation_name}: {asset.value} {asset.version}  {finding.certainty}, "
            f"{finding.state}, {finding.remediation.replace('_', ' ')}{_hushed(finding.id, silent)}"
        )


def _lines(one: "Watched", findings: "list[FindingFacts]", silent: dict[int, int]) -> Iterator[str]:
    asset = one.asset
    yield f"asset {asset.id}: {asset.kind} {asset.value} {asset.version}".rstrip()
    keys = ", ".join(f"{key.space} {key.key}" for key in one.keys)
    yield f"  watched as    {keys}{f'; versions in the order {one.order}' if one.order else ''}"
    names = ", ".join(source.name for source in one.sources)
    yield f"  by            {names or 'no source yet: `misthoorn sources add` adds one'}"
    yield f"  last matched  {f'{one.matched_at:%Y-%m-%d %H:%M} UTC' if one.matched_at else 'not yet'}"
    for state in one.states:
        yield f"  note          {_STATES[state]}"
    yield f"  found         {_found(one)}"
    for finding in findings:
        place = f" {finding.observed}" if finding.observed else ""
        doing = "" if finding.remediation == "none" else f", {finding.remediation.replace('_', ' ')}"
        yield (
            f"    {finding.id:>6}  {finding.subject}{place}  {finding.certainty}, {finding.state}{doing}"
            f"{_hushed(finding.id, silent)}"
        )


def _hushed(finding: int, silent: dict[int, int]) -> str:
    return f", suppressed by number {silent[finding]} of `misthoorn suppress list`" if finding in silent else ""


def _found(one: "Watched") -> str:
    if not one.open and not one.gone:
        return "nothing yet"
    gone = f", {one.gone} no longer seen" if one.gone else ""
    return f"{counted(one.open, 'open finding')}{gone}"
