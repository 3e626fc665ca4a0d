"""On what sources a message rests: their terms of use and how far they may be shared go with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import batched

from misthoorn.common.tlp import Tlp, parse_tlp, strictest
from misthoorn.intake import queries as intake
from misthoorn.notification.disclosure_log.stood_in import findings_of_message
from misthoorn.triage.models import Finding, SubjectKind

PIECE = 5_000


@dataclass(frozen=True, slots=True)
class ToldFrom:
    """A source, the strictest label of what was told from it, and what that is about."""

    slug: str
    name: str
    tlp: Tlp
    terms: str
    subjects: tuple[str, ...]


def sources_of_message(message: int) -> list[ToldFrom]:
    """The sources of what a message tells, by name; none where it tells of no finding, such as a code to confirm."""
    ids = findings_of_message(message)
    rows = [row for piece in batched(ids, PIECE) for row in _rows(piece)]
    known = {one.id: one for one in intake.sources()}
    labels: dict[int, list[Tlp]] = {}
    subjects: dict[int, set[str]] = {}
    for subject, source, label in _by_source(rows):
        labels.setdefault(source, []).append(label or known[source].tlp)
        subjects.setdefault(source, set()).add(subject)
    made = [
        ToldFrom(one.slug, one.name, strictest(labels[pk]), one.terms, tuple(sorted(subjects[pk])))
        for pk, one in known.items()
        if pk in labels
    ]
    return sorted(made, key=lambda one: one.name)


def _rows(ids: tuple[int, ...]) -> Iterator[tuple[str, str, int, str]]:
    yield from Finding.objects.filter(pk__in=ids).order_by().values_list("subject", "subject_kind", "source", "tlp")


def _by_source(rows: list[tuple[str, str, int, str]]) -> Iterator[tuple[str, int, Tlp | None]]:
    """Each subject with each source that says it. Of an advisory all do, each under its own label."""
    advisories = intake.advisories(sorted({row[0] for row in rows if row[1] == SubjectKind.ADVISORY}))
    for subject, kind, source, label in rows:
        sources = advisories[subject].source_ids if kind == SubjectKind.ADVISORY and subject in advisories else ()
        if not sources:
            yield subject, source, parse_tlp(label)
        for one in sources:
            yield subject, one, None
