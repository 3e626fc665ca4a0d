import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from misthoorn.cli import Failure, set_up_django

if TYPE_CHECKING:  # Django is not there yet when this file is read
    from misthoorn.intake.advisories.changes import ChangeFacts
    from misthoorn.intake.facts import AdvisoryFacts
    from misthoorn.intake.records import Record


@click.group("advisories")
def command() -> None:
    """What is known about vulnerabilities."""


@command.command("show")
@click.argument("number")
@click.option("--language", type=click.Choice(["nl", "en"]), default="en", show_default=True, help="Of the reasons.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, with reasons as codes.")
def show(number: str, *, language: str, as_json: bool) -> None:
    """How urgent an advisory is and why, what each source thinks, its other numbers, what got worse, and who says so.

    NUMBER is any of its numbers: CVE, GHSA, NCSC or a vendor's.

    \b
    Examples:
      misthoorn advisories show CVE-2021-44228
      misthoorn advisories show GHSA-jfh8-c2jp-5v3q --language nl
    """  # noqa: D301  click reads the \\b
    set_up_django()
    from misthoorn.intake import queries
    from misthoorn.intake.advisories.changes import changes_of
    from misthoorn.intake.records import records_of

    facts = queries.advisories([number]).get(number)
    if facts is None:
        raise Failure(f"Nothing is known of {number[:80]}. Take in what a source says of it: `misthoorn take-in`.")
    changes, records = changes_of(facts.identifier), records_of(facts.identifier)
    if as_json:
        click.echo(json.dumps(_plain(facts, changes, records), default=str))
        return
    for line in (*_lines(facts, changes, language=language), *map(_said, records)):
        click.echo(line)


def _plain(facts: "AdvisoryFacts", changes: list["ChangeFacts"], records: list["Record"]) -> dict[str, Any]:
    judged = [{**one._asdict()} for one in facts.judgements]
    said = [
        {"source": one.batch.source.slug, "batch": one.batch.id, "identifier": one.content.identifier}
        | {"document": one.content.document, "modified": one.content.modified, "state": one.content.state}
        for one in records
    ]
    return {**asdict(facts), "judgements": judged, "changes": [asdict(one) for one in changes], "records": said}


def _said(record: "Record") -> str:
    content = record.content
    when = f", {content.modified:%Y-%m-%d}" if content.modified else ""
    number = content.document or content.identifier
    withdrawn = ", withdrawn" if content.state == "withdrawn" else ""
    return f"said by       {record.batch.source.name}: {number}{when}{withdrawn} (delivery {record.batch.id})"


def _lines(facts: "AdvisoryFacts", changes: list["ChangeFacts"], *, language: str) -> Iterator[str]:
    from misthoorn.intake.advisories.priority_text import change_text, judgement_text, reason_text

    yield f"{facts.identifier}  {next(iter(facts.title.splitlines()), '')}"
    if facts.aliases:
        yield f"also          {', '.join(facts.aliases)}"
    if facts.withdrawn:
        yield f"withdrawn     {f'in its place: {facts.superseded_by}' if facts.superseded_by else ''}".rstrip()
    yield f"priority      {facts.severity}"
    for reason in facts.priority_because:
        yield f"  because     {reason_text(reason, language=language)} [{reason['rule']}]"
    for one in facts.judgements:
        yield f"judged        {one.scheme}, {one.source}: {judgement_text(one, language=language)}"
    if facts.epss is not None:
        yield f"EPSS          {facts.epss} on {facts.epss_on}"
    yield f"may be shared TLP:{facts.tlp}, by {', '.join(facts.sources)}"
    for source, terms in facts.terms:
        yield f"  terms       {source}: {terms}"
    for change in changes:
        text = change_text(change.what, before=change.before, after=change.after, language=language)
        yield f"changed       {change.at:%Y-%m-%d}: {text} (delivery {change.batch})"
