from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched
from statistics import quantiles
from typing import Literal

from django.db.models import Exists, F, Min, OuterRef, QuerySet

from misthoorn.constituency.models import Contact, Organisation
from misthoorn.constituency.words import ASIDE
from misthoorn.insight.ledger import CORRECTION, GATHERED, HARM, WARNINGS
from misthoorn.insight.models import Entry
from misthoorn.insight.survival import Curve, Ending, Span, curve
from misthoorn.triage.models import Finding, SubjectKind

PIECE = 5_000  # ids in one statement; SQLite takes 32,766 parameters
DAY = timedelta(days=1)
CONFIRMED = timedelta(days=180)  # a contact confirmed longer ago is not known to work

BESIDE = "other/"  # how the names of texts begin that are no warnings

type By = Literal["severity", "channel", "campaign", "sector", "size"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """What figures are about; "" and None are everything."""

    campaign: int | None = None
    subject: str = ""
    severity: str = ""
    channel: str = ""
    sector: str = ""
    size: str = ""

    def entries(self, *kinds: str) -> QuerySet[Entry]:
        """The entries of these kinds that it is about."""
        same = {name: value for name in _OF_ENTRY if (value := getattr(self, name))}
        found = Entry.objects.filter(kind__in=kinds, **same).order_by()
        owners = {name: value for name in _OF_OWNER if (value := getattr(self, name))}
        if owners:
            found = found.filter(organisation__in=Organisation.objects.filter(**owners).values("pk"))
        return found


_OF_ENTRY = ("campaign", "subject", "severity", "channel")
_OF_OWNER = ("sector", "size")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """From notices to answers, and from findings that were told to findings that are gone.

    `arrived`: notices of which a message was handed over and did not come back; `reached`: of which a person typed the
    number, or answered. `other`: findings that ended because the asset is not theirs any more. `corrected`: notices
    that we took back. What follows on a warning is no other warning, and an answer to it is one to the warning.
    """

    made: int
    handed_over: int
    arrived: int
    reached: int
    answered: int
    told: int
    fixed: int
    other: int
    reopened: int
    said_fixed: int
    harm: int
    corrected: int


def reach(which: Which) -> Reach:
    """How far warnings came."""
    over = dict(which.entries("handed_over").filter(detail__in=WARNINGS).values_list("key", "notice"))
    back = _keys("bounced", over)
    reached = _notices("reached", over.values()) | _notices("answered", over.values())
    spans = list(_told(which))
    findings = {finding for finding, _, _ in spans}
    endings = _endings(findings)
    ended = Counter(_ending(endings.get(finding, []), told)[0] for finding, told, _ in spans)
    answers = Counter(
        answer
        for piece in batched(set(over.values()), PIECE)
        for answer in Entry.objects.filter(kind="answered", notice__in=piece).values_list("detail", flat=True)
    )
    return Reach(
        made=which.entries("sent").exclude(detail__startswith=BESIDE).values("notice").distinct().count(),
        handed_over=len(set(over.values())),
        arrived=len({notice for key, notice in over.items() if key not in back}),
        reached=len(reached),
        answered=len(_notices("answered", over.values())),
        told=len(spans),
        fixed=ended["fixed"],
        other=ended["other"],
        reopened=len(_findings("reopened", findings)),
        said_fixed=answers["fixed"],
        harm=sum(answers[answer] for answer in HARM),
        corrected=len(_notices("harm", over.values(), detail=CORRECTION)),
    )


def remediation(which: Which, *, now: datetime) -> Curve:
    """How long what was warned about stayed open, from the first hand-over on, in days.

    Fixed is what a delivery that covered it did not see any more; its day is that of the delivery, so the real one lies
    a little before. What is still open was watched until it was last seen (events), or until now (advisories).
    """
    return curve(span for _, span in _spans(list(_told(which)), now=now))


def compared(which: Which, *, by: By, now: datetime) -> dict[str, Curve]:
    """The same for each group, the largest first."""
    told = list(_told(which))
    groups = _groups(told, by)
    spans: dict[str, list[Span]] = defaultdict(list)
    for place, span in _spans(told, now=now):
        spans[groups[place]].append(span)
    ordered = sorted(spans.items(), key=lambda item: (-len(item[1]), item[0]))
    return {group: curve(found) for group, found in ordered}


def _told(which: Which) -> Iterator[tuple[int, datetime, Entry]]:
    """Each finding that a warning told of, when it was first told, and the entry that says so."""
    seen: set[int] = set()
    for entry in which.entries("told").order_by("at", "pk").iterator(chunk_size=PIECE):
        if entry.finding is not None and entry.finding not in seen:
            seen.add(entry.finding)
            yield entry.finding, entry.at, entry


def _spans(told: list[tuple[int, datetime, Entry]], *, now: datetime) -> Iterator[tuple[int, Span]]:
    findings = {finding for finding, _, _ in told}
    endings, watched = _endings(findings), _watched(findings, now=now)
    for place, (finding, at, _) in enumerate(told):
        ending, when = _ending(endings.get(finding, []), at)
        until = when or max(watched.get(finding, at), at)
        yield place, Span((until - at) / DAY, ending)


def _endings(findings: set[int]) -> dict[int, list[tuple[datetime, str]]]:
    found: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
    for piece in batched(sorted(findings), PIECE):
        rows = Entry.objects.filter(kind__in=["fixed", "gone"], finding__in=piece).order_by("at", "pk")
        for finding, at, kind in rows.values_list("finding", "at", "kind"):
            found[finding or 0].append((at, kind))
    return found


def _ending(endings: list[tuple[datetime, str]], told: datetime) -> tuple[Ending, datetime | None]:
    """How it ended first after it was told."""
    for at, kind in endings:
        if at >= told:
            return ("fixed" if kind == "fixed" else "other"), at
    return "", None


def _watched(findings: set[int], *, now: datetime) -> dict[int, datetime]:
    """Until when it is known that a finding was still there."""
    known: dict[int, datetime] = {}
    for piece in batched(sorted(findings), PIECE):
        rows = Finding.objects.filter(pk__in=piece).values_list("pk", "subject_kind", "last_seen")
        known |= {pk: now if kind == SubjectKind.ADVISORY else seen for pk, kind, seen in rows}
    return known


def _groups(told: list[tuple[int, datetime, Entry]], by: By) -> list[str]:
    if by in {"sector", "size"}:
        owners = sorted({entry.organisation for _, _, entry in told if entry.organisation is not None})
        words: dict[int, str] = {}
        for piece in batched(owners, PIECE):
            words |= dict(Organisation.objects.filter(pk__in=piece).values_list("pk", by))
        return [words.get(entry.organisation or 0, "") for _, _, entry in told]
    return [str(getattr(entry, by) or "") for _, _, entry in told]


def _keys(kind: str, keys: dict[str, int | None]) -> set[str]:
    return {
        key
        for piece in batched(keys, PIECE)
        for key in Entry.objects.filter(kind=kind, key__in=piece).values_list("key", flat=True)
    }


def _notices(kind: str, notices: Iterable[int | None], **more: str) -> set[int]:
    wanted = {one for one in notices if one is not None}
    return {
        notice
        for piece in batched(sorted(wanted), PIECE)
        for notice in Entry.objects.filter(kind=kind, notice__in=piece, **more).values_list("notice", flat=True)
        if notice is not None
    }


def _findings(kind: str, findings: set[int]) -> set[int]:
    return {
        finding
        for piece in batched(sorted(findings), PIECE)
        for finding in Entry.objects.filter(kind=kind, finding__in=piece).values_list("finding", flat=True)
        if finding is not None
    }


@dataclass(frozen=True, slots=True)
class Precision:
    """What recipients said of warnings from one source on one subject."""

    source: int | None
    subject: str
    answered: int
    wrong: int
    not_ours: int


def precision() -> list[Precision]:
    """By source and subject, those with most answers first. Who does not answer says nothing."""
    sources = dict(Entry.objects.filter(kind="told").order_by().values_list("notice").annotate(s=Min("source")))
    counts: dict[tuple[int | None, str], Counter[str]] = defaultdict(Counter)
    answers = Entry.objects.filter(kind="answered").values_list("notice", "subject", "detail")
    for notice, subject, answer in answers.order_by("notice", "at"):
        counts[sources.get(notice), subject][answer] += 1
    found = [Precision(*key, c.total(), c["wrong"], c["not_ours"]) for key, c in counts.items()]
    return sorted(found, key=lambda one: (-one.answered, one.subject))


@dataclass(frozen=True, slots=True)
class Contacts:
    """How many organisations there are, and of how many a contact works, and was confirmed not long ago."""

    organisations: int
    working: int
    confirmed: int


def contact_quality(*, now: datetime) -> Contacts:
    """Of all organisations that asked to be warned."""
    works = Contact.objects.filter(organisation=OuterRef("pk"), bounced_at=None, stopped_at=None)
    works = works.exclude(provenance__in=ASIDE)
    registered = Organisation.objects.filter(registered=True)
    return Contacts(
        organisations=registered.count(),
        working=registered.filter(Exists(works)).count(),
        confirmed=registered.filter(Exists(works.filter(confirmed_at__gte=now - CONFIRMED))).count(),
    )


@dataclass(frozen=True, slots=True)
class Burden:
    """Messages that were handed over in a month: in all, to how many, and to whom most."""

    month: str
    messages: int
    organisations: int
    most: int


def burden(*, months: int = 12) -> list[Burden]:
    """The last months in which anything was sent, newest first; in UTC."""
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    messages = Entry.objects.filter(kind="handed_over").exclude(detail__in=[GATHERED, "hand_over"]).order_by()
    for organisation, at in messages.values_list("organisation", "at"):
        counts[f"{at:%Y-%m}"][organisation or 0] += 1
    newest = sorted(counts.items(), reverse=True)[:months]
    return [Burden(month, found.total(), len(found), max(found.values())) for month, found in newest]


def hours_to_warning(which: Which) -> tuple[float, float, float] | None:
    """From the time of the observation to the first hand-over: the half, nine of ten, and 99 of 100 took no longer."""
    told = {finding: at for finding, at, _ in _told(which)}
    seen: dict[int, datetime] = {}
    for piece in batched(sorted(told), PIECE):
        rows = Entry.objects.filter(kind="matched", finding__in=piece).order_by()
        seen |= {pk: at for pk, at in rows.values_list(F("finding"), "at") if pk is not None}
    hours = sorted((at - seen[finding]) / timedelta(hours=1) for finding, at in told.items() if finding in seen)
    if not hours:
        return None
    cuts = quantiles(hours, n=100, method="inclusive") if len(hours) > 1 else hours * 99
    return cuts[49], cuts[89], cuts[98]
