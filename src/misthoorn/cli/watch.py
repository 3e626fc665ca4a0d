import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from misthoorn.cli import Failure, counted, set_up_django

if TYPE_CHECKING:  # Django is not there yet when this file is read
    from misthoorn.triage.queries import FindingFacts
    from misthoorn.triage.watch import Watched

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
@click.option("--certainty", type=click.Choice(["exact", "likely"]), help="Narrow the findings; without it, all.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def command(*, asset: int | None, organisation: str | None, certainty: str | None, as_json: bool) -> None:
    """How an asset is watched: by which names or numbers, by which sources, when last, and what was found.

    A product is watched from the day it is registered, also while no advisory names it.

    \b
    Examples:
      misthoorn watch 7
      misthoorn watch --organisation 30000001 --certainty exact --json
    """  # noqa: D301  click reads the \\b
    if (asset is None) == (organisation is None):
        raise click.UsageError("Name an asset by its number, or --organisation by its register number")
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.constituency import queries as constituency
    from misthoorn.triage import watch

    if organisation is not None:
        owner = constituency.by_register_number(organisation)
        if owner is None:
            raise Failure(f"There is no organisation with register number '{organisation}'. Take it in first.")
        assets = constituency.assets_of(owner.id)
    else:
        assets = list(constituency.assets([asset or 0]).values())
        if not assets:
            raise Failure(f"There is no asset {asset}. `misthoorn watch --organisation REG` shows those of somebody.")
    found = [
        (one, watch.findings_of_asset(one.asset.id, certainty=certainty or ""))
        for one in watch.watched(assets, now=clock.now())
    ]
    if as_json:
        rows = [asdict(one) | {"findings": [asdict(finding) for finding in findings]} for one, findings in found]
        click.echo(json.dumps(rows, default=str))
        return
    for one, findings in found:
        for line in _lines(one, findings):
            click.echo(line)


def _lines(one: "Watched", findings: "list[FindingFacts]") -> Iterator[str]:
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
        yield f"    {finding.id:>6}  {finding.subject}{place}  {finding.certainty}, {finding.state}{doing}"


def _found(one: "Watched") -> str:
    if not one.open and not one.gone:
        return "nothing yet"
    gone = f", {one.gone} no longer seen" if one.gone else ""
    return f"{counted(one.open, 'open finding')}{gone}"
