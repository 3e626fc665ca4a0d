"""How good our contacts are, by where they are known from."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import batched

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from misthoorn.constituency.models import Contact, Organisation
from misthoorn.constituency.vocabulary import ASIDE
from misthoorn.insight.history import PIECE, History, Which
from misthoorn.insight.queries import BESIDE

CONFIRMED = timedelta(days=180)  # a contact confirmed longer ago is not known to work


@dataclass(frozen=True, slots=True)
class Contacts:
    """How many organisations there are, and of how many a contact works, and was confirmed not long ago."""

    organisations: int
    working: int
    confirmed: int


def contact_quality(*, now: datetime) -> Contacts:
    """Of all organisations that asked to be warned."""
    works = _usable(now=now).filter(organisation=OuterRef("pk"))
    registered = Organisation.objects.filter(registered=True)
    return Contacts(
        organisations=registered.count(),
        working=registered.filter(Exists(works)).count(),
        confirmed=registered.filter(Exists(works.filter(confirmed_at__gte=now - CONFIRMED))).count(),
    )


def _usable(*, now: datetime) -> QuerySet[Contact]:
    """Those of which `ladder.why_not` says nothing."""
    lasts = Q(valid_to=None) | Q(valid_to__gt=now)
    holds = Q(mandate__revoked_at=None, mandate__may_receive=True, mandate__valid_from__lte=now)
    holds &= Q(mandate__valid_to=None) | Q(mandate__valid_to__gt=now)
    rows = Contact.objects.filter(lasts, Q(mandate=None) | holds, bounced_at=None, stopped_at=None)
    return rows.exclude(provenance__in=ASIDE).order_by()


@dataclass(frozen=True, slots=True)
class Known:
    """Warnings to contacts that are known from one place: messages that were sent, and of these those that came back;
    their notices, and of these those that a person looked at, and answered. `old`: of the `contacts` of now, those that
    nobody confirmed in the last half year.
    """  # noqa: D205  one thought

    provenance: str
    messages: int
    bounced: int
    notices: int
    reached: int
    answered: int
    contacts: int
    old: int


@dataclass(slots=True)
class _Count:
    keys: set[str] = field(default_factory=set)
    bounced: set[str] = field(default_factory=set)
    notices: set[int] = field(default_factory=set)


def by_provenance(history: History) -> list[Known]:
    """One line for each place, the most used first. A notice that went to contacts of two counts for both."""
    counts: dict[str, _Count] = defaultdict(_Count)
    for key, notice, provenance in history.handed:
        counts[provenance].keys.add(key)
        counts[provenance].notices.add(notice)
    for key, provenance in _bounced(history.which):
        counts[provenance].keys.add(key)
        counts[provenance].bounced.add(key)
    there, old = _contacts(now=history.now)
    lines = [
        Known(
            provenance,
            messages=len(one.keys),
            bounced=len(one.bounced),
            notices=len(one.notices),
            reached=len(one.notices & history.looked_at),
            answered=len(one.notices & history.answered),
            contacts=there.get(provenance, 0),
            old=old.get(provenance, 0),
        )
        for provenance, one in ((name, counts[name]) for name in {*counts, *there})
    ]
    return sorted(lines, key=lambda one: (-one.messages, -one.contacts, one.provenance))


def _bounced(which: Which) -> list[tuple[str, str]]:
    """Messages of warnings that came back, also those that were refused before they were handed over."""
    back = dict(which.entries("bounced").values_list("key", "provenance"))
    warnings = which.entries("sent").exclude(detail__startswith=BESIDE)
    parts = (warnings.filter(key__in=piece).values_list("key", flat=True) for piece in batched(back, PIECE))
    return [(key, back[key]) for part in parts for key in part]


def _contacts(*, now: datetime) -> tuple[dict[str, int], dict[str, int]]:
    """Contacts that may be used now, and of these the old ones, by where they are known from."""
    is_old = Q(confirmed_at=None) | Q(confirmed_at__lt=now - CONFIRMED)
    rows = list(_usable(now=now).values_list("provenance").annotate(n=Count("pk"), old=Count("pk", filter=is_old)))
    return {name: count for name, count, _ in rows}, {name: old for name, _, old in rows}
