"""How much each organisation gets from us, of whatever kind."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median, quantiles

from django.db.models import QuerySet

from misthoorn.constituency.models import Organisation
from misthoorn.insight.history import CHUNK
from misthoorn.insight.ledger import GATHERED
from misthoorn.insight.models import Entry

SPAN = timedelta(days=30)
TOP = 20


@dataclass(frozen=True, slots=True)
class Month:
    """Messages that were handed over in a month: in all, to how many, and to whom most."""

    month: str
    messages: int
    organisations: int
    most: int


@dataclass(frozen=True, slots=True)
class Most:
    """One of those who got most; `name` "" when the organisation is not kept any more."""

    organisation: int
    name: str
    messages: int


@dataclass(frozen=True, slots=True)
class Burden:
    """The last 30 days, of the organisations that got anything: half got no more than this, nine of ten, nobody."""

    organisations: int
    half: float
    nine_tenths: float
    most: int
    top: tuple[Most, ...]


def _messages() -> QuerySet[Entry]:
    """What was told in a digest came with that; and what goes to other teams is no burden to anybody warned."""
    return Entry.objects.filter(kind="handed_over").exclude(detail__in=[GATHERED, "hand_over"]).order_by()


def by_month(*, months: int = 12) -> list[Month]:
    """The last months in which anything was sent, newest first; in UTC."""
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    for organisation, at in _messages().values_list("organisation", "at").iterator(chunk_size=CHUNK):
        counts[f"{at:%Y-%m}"][organisation or 0] += 1
    newest = sorted(counts.items(), reverse=True)[:months]
    return [Month(month, found.total(), len(found), max(found.values())) for month, found in newest]


def burden(*, now: datetime) -> Burden | None:
    """How much the last 30 days brought; None when nothing was sent."""
    rows = _messages().filter(at__gt=now - SPAN, at__lte=now, organisation__isnull=False)
    counts = Counter(rows.values_list("organisation", flat=True))
    if not counts:
        return None
    numbers = sorted(counts.values())
    tenths = quantiles(numbers, n=10, method="inclusive")[8] if len(numbers) > 1 else numbers[0]
    first = sorted(counts.items(), key=lambda one: (-one[1], one[0] or 0))[:TOP]
    names = dict(Organisation.objects.filter(pk__in=[pk for pk, _ in first]).values_list("pk", "name"))
    top = tuple(Most(pk or 0, names.get(pk or 0, ""), messages) for pk, messages in first)
    return Burden(len(counts), median(numbers), tenths, numbers[-1], top)
