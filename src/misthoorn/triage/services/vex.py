"""Statements of makers (VEX) as suppressions: taken in with a delivery, newest first heard, and ended by a newer one.

What says “not affected” or “fixed” silences the findings on its product, for whoever has it. What says “affected”
or “still looking” ends what an earlier statement silenced of the same product and vulnerability, whoever made that;
a suppression that a person made stays, and one that a person ended does not come back by the same statement.

A statement is kept under each number that it gives, and under the one that findings have: also where that those are
one vulnerability is only heard later.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from misthoorn.formats.values.vex import Lift
from misthoorn.matching.explanations.match import range_text
from misthoorn.matching.statements.phrases import Span
from misthoorn.matching.vex import ProductKey, lift_keys
from misthoorn.triage.models import Suppression, SuppressionTerm
from misthoorn.triage.services.suppressions import (
    LONGEST_PRODUCT,
    LONGEST_REASON,
    LONGEST_SUBJECT,
    LONGEST_VERSIONS,
    USUAL,
)

_AGAINST = ("affected", "under investigation")  # how the reason of a statement begins that lifts nothing


@dataclass(frozen=True, slots=True)
class _Heard:
    """A statement that is known: its row, and what it names."""

    row: Suppression
    keys: tuple[ProductKey, ...]

    @property
    def against(self) -> bool:
        return self.row.reason.startswith(_AGAINST)

    def meets(self, keys: Iterable[ProductKey]) -> bool:
        return any(
            (one.space, one.key) == (key.space, key.key) and one.lo <= key.hi and key.lo <= one.hi
            for one in self.keys
            for key in keys
        )


def take_lifts(*, lifts: Sequence[Lift], source: int, batch: int, at: datetime) -> None:
    """Hear these statements of a delivery, all of which name a product. Call it inside a transaction.

    The order in which deliveries come does not matter, nor how often.
    """
    known = _known({name for lift in lifts for name in _subjects(lift)})
    for lift in sorted(lifts, key=lambda one: _stated(one, at)):
        keys = lift_keys(lift)
        stated = _stated(lift, at)
        for subject in _subjects(lift):
            about = [heard for heard in known[subject] if heard.meets(keys)]
            one = _Heard(_row(lift, subject, source=source, batch=batch, stated=stated, at=at), keys)
            if one.against:
                one.row.ended_at = at
            same = next((heard.row for heard in about if _is_same(heard.row, one.row)), None)
            if same is not None:
                _again(same, at=at)
            elif not _is_late(one, about):
                known[subject].append(_hear(one, about, at=at))


def hear_aliases(*, named: Mapping[str, str], at: datetime) -> None:
    """Hear what statements say of these numbers (aliases) also of the advisory whose name each of them is.

    It is then as if the names had been known when the statements came. Call it inside a transaction.
    """
    heard = _known({*named})
    known = _known({named[alias] for alias in heard})
    for alias, some in heard.items():
        subject = named[alias]
        for one in sorted(some, key=lambda statement: (statement.row.created_at, statement.row.pk)):
            about = [there for there in known[subject] if there.meets(one.keys)]
            copy = _Heard(_under(one.row, subject), one.keys)
            if not any(_is_same(there.row, copy.row) for there in about) and not _is_late(copy, about):
                known[subject].append(_hear(copy, about, at=at))


def _under(row: Suppression, subject: str) -> Suppression:
    """The same statement about the vulnerability by another number, as far as it holds."""
    fields = (
        "product",
        "versions",
        "reason",
        "source_id",
        "batch_id",
        "created_at",
        "until",
        "ended_at",
        "ended_by_id",
    )
    return Suppression(subject=subject, **{field: getattr(row, field) for field in fields})


def _subjects(lift: Lift) -> list[str]:
    names = dict.fromkeys((lift.vulnerability, *lift.aliases))
    return [name for name in names if 0 < len(name) <= LONGEST_SUBJECT]


def _stated(lift: Lift, at: datetime) -> datetime:
    """When it was said: not later than it came."""
    return min(lift.at, at) if lift.at else at


def _known(subjects: set[str]) -> dict[str, list[_Heard]]:
    """What was heard about these subjects from all sources of statements."""
    terms = SuppressionTerm.objects.filter(subject__in=subjects, suppression__source__isnull=False)
    rows: dict[tuple[str, Suppression], list[ProductKey]] = defaultdict(list)
    for term in terms.select_related("suppression").order_by("pk"):
        key = ProductKey(term.space, bytes(term.key), bytes(term.lo), bytes(term.hi))
        rows[term.subject, term.suppression].append(key)
    found: dict[str, list[_Heard]] = defaultdict(list)
    for (subject, row), keys in rows.items():
        found[subject].append(_Heard(row, tuple(keys)))
    return found


def _row(lift: Lift, subject: str, *, source: int, batch: int, stated: datetime, at: datetime) -> Suppression:
    versions = range_text(Span(lift.low, lift.low_inclusive, lift.high, lift.high_inclusive), anything="")
    status = lift.status.replace("_", " ")
    words = (f"{status}, says {lift.source}" if lift.source else status, lift.justification, lift.statement)
    reason = ": ".join(filter(None, words))
    return Suppression(
        product=lift.product[:LONGEST_PRODUCT],
        versions=versions[:LONGEST_VERSIONS],
        subject=subject,
        reason=" ".join(reason.split())[:LONGEST_REASON],
        source_id=source,
        batch_id=batch,
        created_at=stated,
        until=at + USUAL,
    )


def _is_same(one: Suppression, other: Suppression) -> bool:
    names = ("source_id", "product", "versions", "subject", "created_at", "reason")
    return all(getattr(one, name) == getattr(other, name) for name in names)


def _names(row: Suppression) -> tuple[object, ...]:
    return (row.source_id, row.product, row.versions)


def _again(row: Suppression, *, at: datetime) -> None:
    """It was said before: as long as it holds, it holds for longer."""
    if row.ended_at is None and row.until > at:
        Suppression.objects.filter(pk=row.pk, ended_at__isnull=True).update(until=at + USUAL)


def _is_late(one: _Heard, about: Iterable[_Heard]) -> bool:
    """Whether something newer was heard about the same; of one moment, the warning counts."""
    stated = one.row.created_at
    return any(
        heard.row.created_at > stated or (not one.against and heard.against and heard.row.created_at == stated)
        for heard in about
    )


def _hear(one: _Heard, about: Iterable[_Heard], *, at: datetime) -> _Heard:
    """Keep a statement, and end what it takes the place of."""
    one.row.save()
    SuppressionTerm.objects.bulk_create(
        SuppressionTerm(
            suppression=one.row, subject=one.row.subject, space=key.space, key=key.key, lo=key.lo, hi=key.hi
        )
        for key in one.keys
    )
    replaced = [heard.row.pk for heard in about if one.against or _names(heard.row) == _names(one.row)]
    Suppression.objects.filter(pk__in=replaced, ended_at__isnull=True).update(ended_at=at)
    return one
