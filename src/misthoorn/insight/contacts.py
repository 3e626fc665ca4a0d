"""How good our contacts are, by where they are known from."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import batched

from django.db.models import Exists, OuterRef

from misthoorn.constituency.models import Contact, Organisation
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
    works = Contact.objects.filter(organisation=OuterRef("pk"), bounced_at=None, stopped_at=None)
    registered = Organisation.objects.filter(registered=True)
    return Contacts(
        organisations=registered.count(),
        working=registered.filter(Exists(works)).count(),
        confirmed=registered.filter(Exists(works.filter(confirmed_at__gte=now - CONFIRMED))).count(),
    )


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
    there: dict[str, int] = defaultdict(int)
    old: dict[str, int] = defaultdict(int)
    usable = Contact.objects.filter(bounced_at=None, stopped_at=None, valid_to=None).order_by()
    for provenance, confirmed in usable.values_list("provenance", "confirmed_at").iterator(chunk_size=20_000):
        there[provenance] += 1
        old[provenance] += confirmed is None or confirmed < now - CONFIRMED
    return there, old
