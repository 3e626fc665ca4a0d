import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Literal

import click

from misthoorn.cli import Failure, set_up_django
from misthoorn.cli.audit import note, why_option
from misthoorn.common.clock import last_day

if TYPE_CHECKING:  # Django is not there yet when this file is read
    from misthoorn.triage.evidence import Chain
    from misthoorn.triage.match_explanation import Why


@click.command("explain")
@click.argument("finding", type=int, required=False)
@click.option("--asset", type=int, metavar="N", help="The number of an asset, with --item in place of a finding.")
@click.option("--item", metavar="CVE", help="An advisory, such as CVE-2021-44228.")
@click.option("--language", type=click.Choice(["nl", "en"]), default="en", show_default=True, help="Of the sentence.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@why_option
def command(
    *, finding: int | None, asset: int | None, item: str | None, language: str, as_json: bool, why: str
) -> None:
    """Why a finding is one: everything between the asset and the warning, each step as it can be checked. Or why not.

    The asset with its keys; the advisory or the feed with its delivery, digest and rows, its terms of use and how far
    it may be shared; the statement that joins them; how sure it is, how urgent, and why; what suppresses it; what the
    gates said in each campaign; and what was sent. Of an asset and an advisory that do not match, the nearest reason:
    another product or edition, a version outside what is affected, another advisory that counts in its place.

    Exit code 0: they match, or did; 1: there is no such finding or asset, or the two do not match.

    \b
    Examples:
      misthoorn explain 12
      misthoorn explain --asset 7 --item CVE-2021-44228 --json
    """  # noqa: D301  click reads the \\b
    if (finding is None) == (asset is None or item is None) or (finding is not None and (asset or item)):
        raise click.UsageError("Name a finding by its number, or an asset and an advisory: --asset N --item CVE")
    set_up_django()
    note("explain", {"finding": finding, "asset": asset, "item": item}, why=why)
    from misthoorn.common import clock
    from misthoorn.triage import evidence

    now = clock.now()
    if finding is not None:
        chain = evidence.chain_of_finding(finding, now=now)
        missing = f"There is no finding {finding}. `misthoorn watch --organisation NUMBER` shows those of somebody."
    else:
        chain = evidence.chain_of(asset=asset or 0, item=item or "", now=now)
        missing = f"There is no asset {asset}. `misthoorn watch --organisation NUMBER` shows those of somebody."
    if chain is None:
        raise Failure(missing)
    spoken: Literal["nl", "en"] = "nl" if language == "nl" else "en"
    sentence, apart = chain.why.sentence(spoken), chain.apart.sentence(spoken) if chain.apart else ""
    if as_json:
        told = {"sentence": sentence, "apart_because": apart, "priority": _priority(chain), **asdict(chain)}
        click.echo(json.dumps(told, default=str))
    else:
        for line in _lines(chain, sentence, apart, language=spoken):
            click.echo(line)
    if apart and chain.finding is None:
        raise click.exceptions.Exit(1)


def _lines(chain: "Chain", sentence: str, apart: str, *, language: Literal["nl", "en"]) -> Iterator[str]:
    if chain.finding is not None and not sentence:
        yield "What this rested on is no longer kept, or has changed since."
    yield from filter(None, (apart, sentence))
    yield from _asset(chain)
    yield from _join(chain.why)
    yield from _urgency(chain, language)
    if chain.finding is None:
        if not apart:
            yield "No finding came of it yet: matching has not run since."
        return
    yield from _finding(chain)
    yield from _told(chain, language)


def _asset(chain: "Chain") -> Iterator[str]:
    asset, owner = chain.asset, chain.organisation
    period = f"from {_day(asset.valid_from) or 'ever'} to {_day(asset.valid_to) or 'now'}"
    yield f"asset         {asset.id}: {asset.kind} {asset.value} {asset.version}".rstrip()
    yield f"              of {owner.name} ({owner.register_number}), known from {asset.provenance}, valid {period}"
    for key in chain.keys:
        yield f"  key         {key.space}  {key.key}"


def _join(why: "Why") -> Iterator[str]:
    if why.batch is not None:
        yield f"source        {why.batch.source.name} ({why.batch.source.format}), TLP:{why.batch.tlp}"
        if why.batch.source.terms:
            yield f"  terms       {why.batch.source.terms}"
        yield f"delivery      {why.batch.id}: {why.batch.name}, received {_day(why.batch.received_at)}"
        yield f"  sha-256     {why.batch.digest}"
    for row in why.rows:
        yield f"  row         {row.row} (line {row.line}), {row.time:%Y-%m-%d %H:%M:%S} UTC"
    if why.product is not None:
        from misthoorn.matching.explanations.match import range_text

        found = why.product
        yield f"joined by     {found.space}  {found.key}  {range_text(found.bounds, anything='all versions')}"
        if found.statement >= 0:
            yield f"  statement   {found.statement}: {found.said}"
        doubts = ", ".join(found.because)
        yield f"certainty     {found.certainty}{f': {doubts}' if doubts else ''}"


def _priority(chain: "Chain") -> dict[str, object] | None:
    """How urgent an advisory is, why, what its sources think of it, and what goes with them; None for an event."""
    from misthoorn.intake import queries as intake

    facts = intake.advisories([chain.item]).get(chain.item)
    if facts is None:
        return None
    return {
        "word": facts.severity,
        "because": facts.priority_because,
        "judgements": [one._asdict() for one in facts.judgements],
        "epss": facts.epss,
        "tlp": facts.tlp,
        "terms": facts.terms,
    }


def _urgency(chain: "Chain", language: Literal["nl", "en"]) -> Iterator[str]:
    from misthoorn.intake import queries as intake
    from misthoorn.intake.advisories.priority_text import judgement_text, reason_text

    facts = intake.advisories([chain.item]).get(chain.item)
    if facts is None:
        if chain.finding is not None:
            yield f"priority      {chain.finding.severity}: as its source, or the rule for this kind, has it"
        return
    yield f"priority      {facts.severity}, TLP:{facts.tlp}, said by {', '.join(facts.sources)}"
    for reason in facts.priority_because:
        yield f"  because     {reason_text(reason, language=language)}"
    for one in facts.judgements:
        yield f"  judged      {one.scheme} {judgement_text(one, language=language)}, {one.source}"
    for source, terms in facts.terms:
        yield f"  terms       {source}: {terms}"


def _finding(chain: "Chain") -> Iterator[str]:
    one = chain.finding
    assert one is not None  # noqa: S101  the caller looked
    seen = f"first seen {_day(one.first_seen)}, last {_day(one.last_seen)}, {one.times_seen} times"
    yield f"finding       {one.id}: {one.subject}, {one.severity}, {one.certainty}, {one.state}, by rule {one.rule}"
    yield f"              {seen}"
    if one.closed_because:
        yield f"              closed {_day(one.closed_at)}: {one.closed_because}"
    if one.remediation_at:
        yield f"remediation   {one.remediation.replace('_', ' ')}, by {one.remediation_by}, {_day(one.remediation_at)}"
    hushed = chain.suppression
    if hushed is not None:
        since, until = _day(hushed.created_at), last_day(hushed.until)
        yield f"suppressed    {hushed.reference} by {hushed.author or hushed.source} from {since} to {until}"
        yield f"              {hushed.reason}"


def _told(chain: "Chain", language: Literal["nl", "en"]) -> Iterator[str]:
    from misthoorn.triage.campaigns.gate_remedies import lift

    for one in chain.verdicts:
        yield f"campaign      {one.reference}: {one.outcome}{f', {_day(one.decided_at)}' if one.decided_at else ''}"
        for gate, passed, reason, rule in one.gates:
            yield f"  {'passed' if passed else 'not   '}      {gate}{f': {reason}' if reason else ''} [{rule}]"
        if sentence := lift(one.outcome, language=language):
            yield f"  to change   {sentence}"
    for notice in chain.notices:
        states = ", ".join(f"{count} {state}" for state, count in notice.messages.items()) or notice.withheld_because
        yield f"notice        {notice.number}: {notice.state}{f' ({states})' if states else ''}"
        for reply in notice.replies:
            yield f"  answer      {reply.answer}, {_day(reply.at)}"


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""
