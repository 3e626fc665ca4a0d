"""What the portal shows of what was told: to members of the organisation itself, and of an IT provider with a mandate.

A message of the channel `portal` waits until a member of the organisation opens its notice; that is its attempt. Every
question here is asked for the scope of one person, and finds nothing outside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from misthoorn.common.numbers import show_code
from misthoorn.common.tlp import Audience, Tlp, What, may_tell
from misthoorn.constituency.organisations.members import CHANNEL, Client, Scope
from misthoorn.formats.values.rsit import TAKEN_WHOLE
from misthoorn.notification.delivery.decision import handed_over
from misthoorn.notification.facts import ReplyLine
from misthoorn.notification.letters_and_calls.completion import end, objections, take_out
from misthoorn.notification.models import Attempt, Message, Notice, NoticeFinding

PAGE = 50
PIECE = 500
NO_ANSWER = (Notice.Kind.BROADCAST, Notice.Kind.ALIVE, Notice.Kind.HAND_OVER, Notice.Kind.BUNDLE)
_READABLE = ("mail", "letter", "telephone", "feed")  # texts for people, the best first; a webhook's is for machines
_MASK = "····-····"


@dataclass(frozen=True, slots=True)
class PortalLine:
    """A notice as a list shows it. `unread`: it waits on the portal for somebody of the organisation.

    `taken_back`: when the warning that it is, or comes back to, was corrected.
    """

    id: int
    organisation: int
    organisation_name: str
    number: str
    kind: str
    subject: str
    severity: str
    told_at: datetime
    unread: bool
    answer: str
    taken_back: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How findings stand that some notices told of: open ones by notice, and in all; and those gone since then."""

    open: dict[int, int]
    findings: int
    gone: int


@dataclass(frozen=True, slots=True)
class PortalNotice:
    """One notice with its text as it was sent, in whichever language that was; "" when that is no longer kept.

    `hushed`: somebody who acts for the organisation does not get it, since what it tells has a stricter label by now,
    or may name accounts of people.
    """

    line: PortalLine
    tlp: str
    headline: str
    text: str
    language: str
    replies: tuple[ReplyLine, ...]
    may_answer: bool
    is_own: bool
    hushed: bool


def labels(audience: Audience) -> tuple[Tlp, ...]:
    """The labels of what this audience may be told on the portal."""
    return tuple(one for one in Tlp if may_tell(one, audience=audience, channel=CHANNEL, what=What.WARNING).allowed)


def _visible(scope: Scope) -> QuerySet[Notice]:
    """All that this person may see: what was told to an organisation of theirs, or to a client as the mandate covers.

    What nobody was told yet is not there, nor the mails with codes to single persons.
    """
    whose = Q(organisation__in=scope.own) & _told_within(Audience.ORGANISATION)
    if scope.clients:
        whose |= _told_within(Audience.CLIENT) & _of_clients(scope.clients)
    return Notice.objects.exclude(kind=Notice.Kind.CONFIRM).exclude(state=Notice.State.WITHHELD).filter(whose)


def _told_within(audience: Audience) -> Q:
    """That a message which this audience may read waits on the portal, or went to somebody."""
    rows = Message.objects.filter(_may_read(audience), notice=OuterRef("pk"))
    offered = (Message.State.WAITING, Message.State.HANDED_OVER, Message.State.EXPIRED)
    return (
        Q(Exists(rows.filter(channel=CHANNEL, state__in=offered)))
        | Q(Exists(rows.filter(attempts__outcome__in=Attempt.PERHAPS)))
        | Q(Exists(rows.filter(told_in__attempts__outcome__in=Attempt.PERHAPS)))
    )


def _may_read(audience: Audience) -> Q:
    may = labels(audience)
    return Q(tlp__in=may) | Q(tlp="", notice__tlp__in=may)


def _of_clients(clients: Sequence[Client]) -> Q:
    """What mandates cover: all of a client, or what is about parts of it alone. At once: there may be thousands."""
    whole, parts = _covered(clients)
    rows = NoticeFinding.objects.filter(notice=OuterRef("pk"))
    within = Q(Exists(rows)) & ~Q(Exists(rows.exclude(finding__asset__in=parts)))
    return Q(organisation__in=whole) | Q(organisation__in={one.organisation for one in clients}) & within


def _covered(clients: Sequence[Client]) -> tuple[set[int], set[int]]:
    """The organisations of which a mandate covers all, and the assets of others that one covers."""
    whole = {one.organisation for one in clients if one.assets is None}
    return whole, {asset for one in clients for asset in one.assets or ()}


def _lines(rows: Sequence[Notice]) -> list[PortalLine]:
    ids = [one.pk for one in rows]
    waits = Message.objects.filter(notice__in=ids, channel=CHANNEL, state=Message.State.WAITING)
    unread = set(waits.values_list("notice", flat=True))
    about = {one.pk: one.about_id or one.pk for one in rows if one.kind != Notice.Kind.CORRECTION}
    corrections = Notice.objects.filter(about__in=set(about.values()), kind=Notice.Kind.CORRECTION).order_by("-pk")
    taken_back = dict(corrections.values_list("about", "created_at"))
    return [
        PortalLine(
            id=row.pk,
            organisation=row.organisation_id,
            organisation_name=row.organisation.name,
            number=row.number,
            kind=row.kind,
            subject=row.subject,
            severity=row.severity,
            told_at=row.created_at,
            unread=row.pk in unread,
            answer=next((reply.answer for reply in row.replies.all()), ""),
            taken_back=taken_back.get(about.get(row.pk)),
        )
        for row in rows
    ]


def told(
    scope: Scope, *, kind: str = "", organisation: int | None = None, first: int = 0, limit: int = PAGE
) -> list[PortalLine]:
    """What this person's organisations and clients were told, the newest first; of one kind or organisation, or all."""
    rows = _asked(scope, kind, organisation).select_related("organisation").prefetch_related("replies")
    return _lines(list(rows.order_by("-created_at", "-pk")[first : first + limit]))


def count(scope: Scope, *, kind: str = "", organisation: int | None = None) -> int:
    """How many that are."""
    return _asked(scope, kind, organisation).count()


def _asked(scope: Scope, kind: str, organisation: int | None) -> QuerySet[Notice]:
    rows = _visible(scope)
    if kind:
        rows = rows.filter(kind=kind)
    return rows if organisation is None else rows.filter(organisation=organisation)


def kinds(scope: Scope) -> list[str]:
    """Of which kinds there is something to be seen."""
    there = set(_visible(scope).order_by().values_list("kind", flat=True).distinct())
    return [kind for kind in Notice.Kind.values if kind in there]


def warned_of(scope: Scope, *, limit: int) -> list[PortalLine]:
    """The newest warnings of this person's organisations and clients."""
    rows = _visible(scope).filter(kind=Notice.Kind.WARNING).select_related("organisation").prefetch_related("replies")
    return _lines(list(rows.order_by("-created_at", "-pk")[:limit]))


def may_see(scope: Scope, *, finding: str = "") -> Q:
    """That this person may see a finding as it is now: its label may have become stricter. `finding`: the way to it."""
    seen = Q(**{f"{finding}organisation__in": scope.own, f"{finding}tlp__in": labels(Audience.ORGANISATION)})
    for name, ids in zip(("organisation", "asset"), _covered(scope.clients), strict=True):
        if ids:
            seen |= Q(**{f"{finding}{name}__in": ids, f"{finding}tlp__in": labels(Audience.CLIENT)})
    return seen


def told_in(notices: Sequence[int]) -> QuerySet[NoticeFinding]:
    """The findings of these notices. What is asked of very many stands in what is counted, and not in a WHERE: SQLite
    would begin with all findings that are open.
    """  # noqa: D205  one thought
    return NoticeFinding.objects.filter(notice__in=notices).order_by()


def is_open(scope: Scope) -> Q:
    """That a finding of `told_in` is open, and this person may see it as it is now."""
    return may_see(scope, finding="finding__") & Q(finding__state="open")


def standing(scope: Scope, notices: Sequence[int], *, since: datetime) -> Standing:
    """How it stands with what these notices told: counted by the database, since it may be very much."""
    rows, open_, gone = told_in(notices), is_open(scope), Q(finding__closed_at__gte=since)
    counted = rows.values_list("notice").annotate(count=Count("pk", filter=open_))
    return Standing(
        open={pk: count for pk, count in counted if count},
        **rows.aggregate(
            findings=Count("finding", distinct=True, filter=open_),
            gone=Count("finding", distinct=True, filter=may_see(scope, finding="finding__") & gone),
        ),
    )


def notice(scope: Scope, pk: int) -> PortalNotice | None:
    """One notice, or None where this person may not see it."""
    row = _visible(scope).select_related("organisation").prefetch_related("replies").filter(pk=pk).first()
    if row is None:
        return None
    is_own = row.organisation_id in scope.own
    acts = is_own or any(one.may_reply for one in scope.clients if one.organisation == row.organisation_id)
    may_answer = acts and row.kind not in NO_ANSWER
    message = _readable(row, Audience.ORGANISATION if is_own else Audience.CLIENT)
    stricter = row.findings.exclude(finding__tlp__in=labels(Audience.CLIENT))
    named = row.findings.filter(finding__rsit__in=TAKEN_WHOLE)  # whose accounts were taken is for themselves to read
    hushed = not is_own and row.kind != Notice.Kind.CORRECTION and (stricter.exists() or named.exists())
    text = message.body if message and not hushed else ""
    return PortalNotice(
        line=_lines([row])[0],
        tlp=message.label if message else row.tlp,
        headline=message.subject_line if message and not hushed else "",
        text=text if may_answer else text.replace(show_code(row.code), _MASK),
        language=message.language if message else "",
        replies=tuple(
            ReplyLine(answer=one.answer, text=one.text, passed_on_to=one.passed_on_to, at=one.at)
            for one in row.replies.all()
        ),
        may_answer=may_answer,
        is_own=is_own,
        hushed=hushed,
    )


def _readable(row: Notice, audience: Audience) -> Message | None:
    """The message whose text is shown: that of the portal, or else the first that went out for people to read."""
    order = (CHANNEL, *_READABLE)
    rows = row.messages.filter(_may_read(audience), channel__in=order)
    rows = rows.exclude(body="").exclude(state=Message.State.WITHHELD).select_related("notice")
    return min(rows, key=lambda one: (order.index(one.channel), one.pk), default=None)


def settle(scope: Scope, *, now: datetime) -> int:
    """Withhold what waits on the portals of this person's own organisations and may not be told any more; how many."""
    waiting = list(_waiting(scope).order_by("pk")[:PIECE])
    against = objections(waiting, now=now, channels=(CHANNEL,)) if waiting else {}
    if not against:
        return 0
    with transaction.atomic():
        return len(take_out(waiting, against, at=now))


def _waiting(scope: Scope) -> QuerySet[Message]:
    rows = Message.objects.filter(notice__organisation__in=scope.own, channel=CHANNEL, state=Message.State.WAITING)
    return rows.select_related("notice").defer("body")


def open_notice(scope: Scope, pk: int, *, now: datetime) -> bool:
    """Note that a member of the organisation itself opened this notice; whether it waited for that until now."""
    with transaction.atomic():
        rows = list(_waiting(scope).filter(notice=pk).select_for_update(of=("self",)))
        done = handed_over(f"opened by account {scope.person}")
        return bool(sum(end(one, done, at=now) for one in rows))
