"""Everything that was ever told: notices of every kind by number, address, organisation, subject or place."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from ipaddress import ip_address
from itertools import batched

from django.db import connection
from django.db.models import F, Q, QuerySet

from misthoorn.constituency.queries import by_register_number, search
from misthoorn.notification.addresses import mail_domain
from misthoorn.notification.disclosure_log.search_terms import Asked, Place, what_is_asked
from misthoorn.notification.models import CallOutcome, IncomingMail, Letter, Message, Notice, NoticeFinding
from misthoorn.notification.retention import domain_digest

PAGE = 25
PIECE = 5_000  # ids in one statement; SQLite takes 32,766 parameters
MOST_NAMED = 50  # organisations of one name
MOST_SEEN = 20_000  # findings of one place
_END = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldEvent:
    """Something that happened to a notice. `what`: a word of the site; `where`: channel and address as still kept."""

    at: datetime
    what: str
    where: str = ""
    detail: str = ""
    message: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldLine:
    """A notice with all that became of it, in order of time. `because`: why it was found; `kept`: no longer all."""

    notice: int
    number: str
    kind: str
    occasion: str
    campaign: int | None
    organisation: int
    organisation_name: str
    register_number: str
    subject: str
    severity: str
    tlp: str
    state: str
    withheld_because: str
    created_at: datetime
    about: str
    because: tuple[str, ...]
    kept: bool
    events: tuple[ToldEvent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldPage:
    """Some lines, the newest first. `after`: where the next page begins, None when there is none.

    `fits`: of a number that was asked with a mail domain, whether a message of it went there. `too_many`: more was seen
    there than is looked through; ask for a smaller part.
    """

    lines: tuple[ToldLine, ...]
    after: int | None
    fits: bool | None = None
    too_many: bool = False


type _Source = tuple[str, Callable[[int, int], list[int]]]


def everything_told(text: str, *, before: int | None = None) -> ToldPage:
    """A page of what was told that the typed words may mean; `before`: the `after` of the page that was shown.

    An answer code finds nothing: it is its owner's secret.
    """
    asked = what_is_asked(text)
    sources, too_many = _sources(asked)
    found: dict[int, set[str]] = defaultdict(set)
    for because, ids in sources:
        for notice in ids(before or _END, PAGE + 1):
            found[notice].add(because)
    shown = sorted(found, reverse=True)
    after = shown[PAGE - 1] if len(shown) > PAGE else None
    lines = tuple(_lines({pk: found[pk] for pk in shown[:PAGE]}))
    return ToldPage(lines=lines, after=after, fits=_fits(asked), too_many=too_many)


def all_told(text: str) -> Iterator[ToldLine]:
    """All lines, page after page."""
    page = everything_told(text)
    yield from page.lines
    while page.after is not None:
        page = everything_told(text, before=page.after)
        yield from page.lines


def _sources(asked: Asked) -> tuple[list[_Source], bool]:
    sources: list[_Source] = []
    too_many = False
    if asked.number:
        sources.append(("number", partial(_notices, Q(number=asked.number))))
    if asked.address:
        sources.append(("address", partial(_by_message, Q(contact__address=asked.address))))
        sources.append(("address", partial(_by_message, ~Q(address="") & Q(address=asked.address))))
    if asked.domain:
        sources.append(("mail-domain", partial(_by_message, Q(contact__mail_domain=asked.domain))))
    if asked.subject:
        names = {asked.subject, asked.subject.upper(), asked.subject.lower()}
        sources += [("subject", partial(_notices, Q(subject=name))) for name in sorted(names)]
    if asked.words:
        sources += [("organisation", partial(_notices, Q(organisation=one))) for one in _called(asked.words)]
    if asked.place or asked.domain:
        findings, too_many = _seen(asked)
        sources.append(("place", partial(_by_finding, findings)))
    return sources, too_many


def _notices(which: Q, before: int, limit: int) -> list[int]:
    return list(Notice.objects.filter(which, pk__lt=before).order_by("-pk").values_list("pk", flat=True)[:limit])


def _by_message(which: Q, before: int, limit: int) -> list[int]:
    # In the order of an expression: in that of the column a database would walk all messages rather than few.
    order = (F("notice") + 0).desc()
    found = Message.objects.filter(which, notice__lt=before).annotate(order=order.expression).order_by(order)
    return list(found.values_list("notice", flat=True).distinct()[:limit])


def _by_finding(findings: list[int], before: int, limit: int) -> list[int]:
    found: set[int] = set()
    for piece in batched(findings, PIECE):
        rows = NoticeFinding.objects.filter(finding__in=piece, notice__lt=before)
        found.update(rows.values_list("notice", flat=True).distinct())
    return sorted(found, reverse=True)[:limit]


def _called(words: str) -> list[int]:
    """The organisations with this register number, or with these words in their name."""
    one = by_register_number(words)
    return [one.id] if one else [found.id for found in search(text=words, limit=MOST_NAMED)]


def _findings(which: Q) -> QuerySet[NoticeFinding, int]:
    """Findings that were told, by what is known of them."""
    return NoticeFinding.objects.filter(which).order_by().values_list("finding", flat=True).distinct()


def _seen(asked: Asked) -> tuple[list[int], bool]:
    """The findings of a place that were told, and whether there is more than is looked through."""
    place = asked.place
    if place is None:
        named = ~Q(finding__hostname="") & Q(finding__hostname=asked.domain)  # as its index is made
        which = (named, Q(finding__observed=asked.domain))
        found = [pk for one in which for pk in _findings(one)[:MOST_SEEN]]
    elif place.network is None:
        found = list(_findings(Q(finding__observed__in=place.listed))[:MOST_SEEN])
    else:
        rows = NoticeFinding.objects.filter(_begins(place.prefix)).order_by()
        looked = list(rows.values_list("finding", "finding__observed")[:MOST_SEEN])
        return sorted({pk for pk, seen in looked if _in(seen, place)}), len(looked) == MOST_SEEN
    return found, len(found) >= MOST_SEEN


def _begins(prefix: str) -> Q:
    """In the form that each database has an index for."""
    if not prefix:
        return ~Q(finding__observed="")
    if connection.vendor == "sqlite":
        return Q(finding__observed__gte=prefix, finding__observed__lt=f"{prefix}\U0010ffff")
    return Q(finding__observed__startswith=prefix)


def _in(seen: str, place: Place) -> bool:
    try:
        return place.network is not None and ip_address(seen) in place.network
    except ValueError:
        return False


def _fits(asked: Asked) -> bool | None:
    """Also after the address is gone: a digest of its domain is kept."""
    if not asked.domain_of_number:
        return None
    domain = asked.domain_of_number
    digest = domain_digest(number=asked.number, domain=domain)
    sent = Message.objects.filter(notice__number=asked.number).values_list("address", "domain_digest")
    return any(mail_domain(address) == domain or kept == digest for address, kept in sent)


# --- what became of them ---


def _lines(found: dict[int, set[str]]) -> Iterator[ToldLine]:
    rows = Notice.objects.filter(pk__in=found).select_related("organisation", "about").order_by("-pk")
    events, kept = _events(found)
    for row in rows:
        yield ToldLine(
            notice=row.pk,
            number=row.number,
            kind=row.kind,
            occasion=row.occasion,
            campaign=row.campaign_id,
            organisation=row.organisation_id,
            organisation_name=row.organisation.name,
            register_number=row.organisation.register_number,
            subject=row.subject,
            severity=row.severity,
            tlp=row.tlp,
            state=row.state,
            withheld_because=row.withheld_because,
            created_at=row.created_at,
            about=row.about.number if row.about else "",
            because=tuple(sorted(found[row.pk])),
            kept=row.pk not in kept,
            events=tuple(sorted(events[row.pk], key=lambda one: one.at)),
        )


def _events(notices: Iterable[int]) -> tuple[dict[int, list[ToldEvent]], set[int]]:
    """Everything that happened to each, and those of which not everything is kept any more."""
    events: dict[int, list[ToldEvent]] = defaultdict(list)
    blank: set[int] = set()
    wanted = list(notices)
    messages = Message.objects.filter(notice__in=wanted).select_related("told_in__notice").defer("body")
    where: dict[int, tuple[int, str]] = {}
    for row in messages.prefetch_related("attempts"):
        place = f"{row.channel} {row.address}".strip()
        where[row.pk] = (row.notice_id, place)
        if not row.address:
            blank.add(row.notice_id)
        told = events[row.notice_id]
        told.append(ToldEvent(at=row.created_at, what="written", where=place, detail=row.subject_line, message=row.pk))
        told += [
            ToldEvent(
                at=one.finished_at or one.claimed_at, what=one.outcome, where=place, detail=one.reply, message=row.pk
            )
            for one in row.attempts.all()
        ]
        if row.told_in is not None:
            at = row.handed_over_at or row.told_in.created_at
            told.append(ToldEvent(at=at, what="gathered", where=place, detail=row.told_in.notice.number))
    _add_answers(events, wanted)
    _add_by_people(events, where)
    return events, blank


def _add_answers(events: dict[int, list[ToldEvent]], notices: list[int]) -> None:
    for row in Notice.objects.filter(pk__in=notices).prefetch_related("replies", "checks"):
        told = events[row.pk]
        for reply in row.replies.all():
            words = " · ".join(one for one in (reply.answer, reply.passed_on_to, reply.whose, reply.text) if one)
            told.append(ToldEvent(at=reply.at, what="reply", detail=words))
        told += [ToldEvent(at=one.at, what="check", detail=one.outcome) for one in row.checks.all()]


def _add_by_people(events: dict[int, list[ToldEvent]], where: dict[int, tuple[int, str]]) -> None:
    """Calls, letters and what came back, of these messages."""
    for mail in IncomingMail.objects.filter(message__in=where).defer("raw", "text"):
        notice, place = where[mail.message_id or 0]
        told = " ".join(one for one in (mail.kind, mail.status, mail.subject, mail.detail) if one)
        events[notice].append(ToldEvent(at=mail.received_at, what="incoming", where=place, detail=told))
    for call in CallOutcome.objects.filter(call__message__in=where).select_related("call"):
        notice, place = where[call.call.message_id]
        told = " ".join(one for one in (call.outcome, call.note) if one)
        events[notice].append(ToldEvent(at=call.at, what="call", where=place, detail=told))
    for letter in Letter.objects.filter(message__in=where).select_related("batch"):
        notice, place = where[letter.message_id]
        if letter.batch and letter.batch.posted_at:
            events[notice].append(ToldEvent(at=letter.batch.posted_at, what="letter_posted", where=place))
        if letter.returned_at:
            because = letter.returned_because
            events[notice].append(ToldEvent(at=letter.returned_at, what="letter_returned", where=place, detail=because))
