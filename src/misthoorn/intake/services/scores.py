"""What changes about an advisory that somebody should know of; the daily scores of EPSS, which change it cheaply."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection

from misthoorn.formats.values.advisory import Advisory
from misthoorn.intake import models
from misthoorn.intake.advisories.priority import EPSS, from_plain, got_likelier, got_worse, level, prioritise, to_plain
from misthoorn.work.bulk import update_rows

What = models.AdvisoryChange.What


def changes_of(
    row: models.Advisory, *, values: Mapping[str, Any], at: datetime, batch: int
) -> Iterator[models.AdvisoryChange]:
    """What makes an advisory worse, or takes it back, when it gets these values."""

    def change(what: str, before: object, after: object) -> models.AdvisoryChange:
        return models.AdvisoryChange(
            advisory=row, what=what, before=str(before)[:60], after=str(after)[:60], at=at, batch=batch
        )

    withdrawn = values.get("withdrawn", row.withdrawn)
    if withdrawn != row.withdrawn:
        yield change(What.WITHDRAWN if withdrawn else What.BACK, "", values.get("superseded_by", ""))
    if withdrawn:
        return
    since = values.get("exploited_since", row.exploited_since)
    if since and not row.exploited_since:
        yield change(What.EXPLOITED, "", since)
    if got_likelier(row.epss, values["epss"]):
        yield change(What.LIKELIER, row.epss, values["epss"])
    if got_worse(row.severity, values["severity"]):
        yield change(What.WORSE, row.severity, values["severity"])


def is_score(content: Advisory) -> bool:
    """Whether a statement says nothing of a vulnerability but how likely an attack is."""
    is_one = [one.scheme for one in content.severities] == [EPSS]
    return is_one and not (content.affected or content.exploited or content.description or content.aliases)


_KEEP = """
INSERT INTO intake_advisoryscore (number, score, vector, day) VALUES (%s, %s, %s, %s)
ON CONFLICT (number) DO UPDATE SET score = excluded.score, vector = excluded.vector, day = excluded.day
WHERE excluded.day >= intake_advisoryscore.day
"""


_FOLLOW = """
UPDATE intake_advisory SET epss = s.score, epss_on = s.day FROM intake_advisoryscore s
WHERE s.number = intake_advisory.identifier AND intake_advisory.identifier IN ({marks})
"""


def keep_scores(contents: Sequence[Advisory], *, batch: models.Batch, at: datetime) -> None:
    """Keep the scores of these vulnerabilities, known or not, where they are no older than what is known.

    An advisory that is known follows. Only where that changes the word for it is it matched again, and told of.
    """
    day = batch.received_at.date()
    numbers = [one.identifier for one in contents]
    with connection.cursor() as cursor:
        cursor.executemany(_KEEP, [_score(one, otherwise=day) for one in contents])
    known = models.Advisory.objects.filter(identifier__in=numbers).order_by()
    before = dict(known.values_list("identifier", "epss"))
    if not before:
        return
    now = dict(models.AdvisoryScore.objects.filter(number__in=before).values_list("number", "score"))
    turned = [name for name, old in before.items() if level(old) != level(now[name]) or got_likelier(old, now[name])]
    if turned:
        _turn(list(known.filter(identifier__in=turned)), now, batch=batch, at=at)
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW.format(marks=", ".join(["%s"] * len(before))), list(before))


def _score(content: Advisory, *, otherwise: date) -> tuple[str, float, str, date]:
    (said,) = content.severities
    day = content.modified.date() if content.modified else otherwise
    return content.identifier, said.score, said.vector[:100], day


def _turn(rows: Sequence[models.Advisory], now: Mapping[str, float], *, batch: models.Batch, at: datetime) -> None:
    """Write the word that follows from the new score, where it is another one, and what got worse."""
    changes: list[models.AdvisoryChange] = []
    for row in rows:
        since = (f"{row.exploited_since:%Y-%m-%d}", row.exploited_source) if row.exploited_since else None
        score = now[row.identifier]
        priority = prioritise(from_plain(row.judgements), exploited=since, epss=score)
        changes += changes_of(row, values={"severity": priority.word, "epss": score}, at=at, batch=batch.pk)
        if row.severity != priority.word:
            row.changed_at, row.changed_in = at, batch.pk
            row.revision += 1
        row.severity, row.priority_because = priority.word, to_plain(priority.because)
    update_rows(rows, fields=["severity", "priority_because", "changed_at", "changed_in", "revision"])
    models.AdvisoryChange.objects.bulk_create(changes)
