"""How much each organisation gets from us, of whatever kind."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median, quantiles

from django.db.models import Count, Max, QuerySet, Sum

from misthoorn.constituency.models import Organisation
from misthoorn.insight.ledger import GATHERED
from misthoorn.insight.models import Entry

SPAN = timedelta(days=30)
TOP = 20
MONTHS = 12


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


def by_month(*, now: datetime) -> list[Month]:
    """The last twelve months, this one included, but for those in which nothing was sent; newest first, in UTC."""
    this = now.astimezone(UTC)
    last = this.year * 12 + this.month - 1
    found = []
    for first, after in ((_begin(month), _begin(month + 1)) for month in range(last, last - MONTHS, -1)):
        each = _messages().filter(at__gte=first, at__lt=after, at__lte=now).values("organisation")
        sums = each.annotate(n=Count("pk")).aggregate(messages=Sum("n"), organisations=Count("n"), most=Max("n"))
        if sums["messages"]:
            found.append(Month(f"{first:%Y-%m}", **sums))
    return found


def _begin(month: int) -> datetime:
    """The first moment of a month, as the number of months since the year 0."""
    return datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)


def burden(*, now: datetime) -> Burden | None:
    """How much the last 30 days brought; None when nothing was sent."""
    rows = _messages().filter(at__gt=now - SPAN, at__lte=now, organisation__isnull=False)
    counts = rows.values_list("organisation").annotate(n=Count("pk")).order_by("-n", "organisation")
    first = [(pk or 0, messages) for pk, messages in counts[:TOP]]
    if not first:
        return None
    numbers = list(counts.values_list("n", flat=True))
    tenths = quantiles(numbers, n=10, method="inclusive")[8] if len(numbers) > 1 else numbers[0]
    names = dict(Organisation.objects.filter(pk__in=[pk for pk, _ in first]).values_list("pk", "name"))
    top = tuple(Most(pk, names.get(pk, ""), messages) for pk, messages in first)
    return Burden(len(numbers), median(numbers), tenths, numbers[0], top)
