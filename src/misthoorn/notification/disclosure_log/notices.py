"""Notices on which something may still follow: who got what, what was answered, and what was told since.

`take_due` gives out a piece of them for a while, so that several workers share the work; what a worker that died had
in hand is given out again. Nothing here is told: that is for whoever asks.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched
from typing import NamedTuple, cast

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from misthoorn.common.tlp import Tlp, parse_tlp
from misthoorn.notification.compose.facts import Language, Severity
from misthoorn.notification.delivery.decision import Because
from misthoorn.notification.models import Attempt, Message, Notice, NoticeFinding, Reply
from misthoorn.notification.supersession import taken_back

PIECE = 1_000  # ids in one statement, and rows changed in a transaction
_GOT, _LATE = Message.State.HANDED_OVER, Message.State.EXPIRED
_PORTAL = "portal"
_ON_ITS_WAY = (
    Message.State.QUEUED,
    Message.State.LEASED,
    Message.State.WAITING,
    Message.State.GATHERING,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A message of a notice. `got_at`: when it was handed over, itself or in the message that told it.

    `doubtful`: it may have arrived although nobody knows. `template` is the name of its text ("exposed/rdp"), `tlp` the
    label of what it told, which may be a part of its notice.
    """

    contact: int
    channel: str
    address: str
    language: Language
    template: str
    tlp: Tlp
    got_at: datetime | None
    doubtful: bool
    on_its_way: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """What was told after a warning, about it. `withheld`: it was made, and went to nobody."""

    kind: str
    occasion: str
    severity: Severity
    withheld: bool
    created_at: datetime
    sent: tuple[Sent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldNotice:
    """A warning, and all that came after it. `told_again`: its findings that a newer warning told of."""

    id: int
    number: str
    campaign: int
    organisation: int
    subject: str
    severity: Severity
    tlp: Tlp
    created_at: datetime
    findings: tuple[int, ...]
    sent: tuple[Sent, ...]
    answers: tuple[tuple[str, datetime], ...]
    later: tuple[Later, ...]
    told_again: frozenset[int]

    @property
    def all_sent(self) -> list[Sent]:
        """Its messages, and those of what was told after it."""
        return [*self.sent, *(one for later in self.later for one in later.sent)]

    @property
    def told_at(self) -> datetime | None:
        """When the first of its contacts got it."""
        return min((one.got_at for one in self.sent if one.got_at), default=None)

    @property
    def on_its_way(self) -> bool:
        """Whether one of its messages may still be handed over."""
        return any(one.on_its_way for one in self.sent)


def take_due(*, now: datetime, lease: timedelta, limit: int) -> list[ToldNotice]:
    """Warnings that are to be looked at, the longest due first. For so long nobody else is given them."""
    with transaction.atomic():
        due = Notice.objects.filter(look_at__lte=now).order_by("look_at", "pk")
        taken = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:limit])
        Notice.objects.filter(pk__in=taken).update(look_at=now + lease)
    return told(taken) if taken else []


def is_due(*, now: datetime) -> bool:
    """Whether a warning is to be looked at."""
    return Notice.objects.filter(look_at__lte=now).exists()


def look_again(when: Mapping[int, datetime | None], *, leased_until: datetime) -> None:
    """When these warnings are looked at next; None: never. What was woken since it was taken stays awake."""
    by_moment: dict[datetime | None, list[int]] = defaultdict(list)
    for pk, at in when.items():
        by_moment[at].append(pk)
    for at, notices in by_moment.items():
        Notice.objects.filter(pk__in=notices, look_at=leased_until).update(look_at=at)


def wake(*, campaign: int, now: datetime) -> int:
    """Let all warnings of a campaign be looked at now on which something may still follow; how many."""
    asleep = Notice.objects.filter(campaign=campaign, kind=Notice.Kind.WARNING, look_at__gt=now).order_by("pk")
    woken = 0
    while piece := list(asleep.values_list("pk", flat=True)[:PIECE]):
        woken += Notice.objects.filter(pk__in=piece, look_at__isnull=False).update(look_at=now)
    return woken


class _Row(NamedTuple):
    """What is read of a notice. A country's warnings are looked at again and again: as rows, not as objects."""

    pk: int
    number: str
    campaign: int | None
    organisation: int
    about: int | None
    kind: str
    occasion: str
    subject: str
    severity: str
    tlp: str
    state: str
    created_at: datetime


def told(notices: Sequence[int]) -> list[ToldNotice]:
    """These warnings, in this order."""
    rows = Notice.objects.filter(Q(pk__in=notices) | Q(about__in=notices)).order_by("created_at", "pk")
    family = [_Row(*values) for values in rows.values_list(*_Row._fields)]
    sent, answers = _sent([row.pk for row in family]), _answers([row.pk for row in family])
    later: dict[int, list[_Row]] = defaultdict(list)
    for row in family:
        if row.about:
            later[row.about].append(row)
    findings, again = _findings(notices)
    by_id = {row.pk: row for row in family}
    return [
        _told(by_id[pk], later=later[pk], sent=sent, answers=answers, findings=findings[pk], again=again)
        for pk in notices
        if pk in by_id
    ]


def _told(
    row: _Row,
    *,
    later: Sequence[_Row],
    sent: Mapping[int, list[Sent]],
    answers: Mapping[int, list[tuple[str, datetime]]],
    findings: Sequence[int],
    again: Mapping[int, int],
) -> ToldNotice:
    said = [one for each in (row, *later) for one in answers[each.pk]]
    return ToldNotice(
        id=row.pk,
        number=row.number,
        campaign=row.campaign or 0,
        organisation=row.organisation,
        subject=row.subject,
        severity=cast("Severity", row.severity),
        tlp=parse_tlp(row.tlp),
        created_at=row.created_at,
        findings=tuple(findings),
        sent=tuple(sent[row.pk]),
        answers=tuple(sorted(said, key=lambda one: one[1])),
        later=tuple(_later(one, sent[one.pk]) for one in later),
        told_again=frozenset(one for one in findings if again.get(one, 0) > row.pk),
    )


def _later(row: _Row, sent: Sequence[Sent]) -> Later:
    return Later(
        kind=row.kind,
        occasion=row.occasion,
        severity=cast("Severity", row.severity),
        withheld=row.state == Notice.State.WITHHELD,
        created_at=row.created_at,
        sent=tuple(sent),
    )


class _Carrier(NamedTuple):
    """How it stands with a message, or with the one that tells it; `perhaps`: a try may have reached its reader."""

    state: str
    because: str
    handed_over_at: datetime | None
    created_at: datetime
    perhaps: bool


_STANDS = ("state", "because", "handed_over_at", "created_at")
_SENT = (
    *("notice", "notice__tlp", "contact", "channel", "address", "language", "template", "tlp", "told_in"),
    *(*_STANDS, "perhaps"),
    *(*(f"told_in__{name}" for name in _STANDS), "carried"),
)


def _sent(notices: Sequence[int]) -> dict[int, list[Sent]]:
    found: dict[int, list[Sent]] = defaultdict(list)
    rows = _with_doubt(Message.objects.filter(notice__in=notices)).order_by("created_at", "pk")
    for notice, label, contact, channel, address, language, template, tlp, told_in, *stands in rows.values_list(*_SENT):
        itself, other = _Carrier(*stands[: len(_Carrier._fields)]), _Carrier(*stands[len(_Carrier._fields) :])
        carrier = other if itself.state == Message.State.GATHERED and told_in else itself
        stopped = carrier.state == Message.State.WITHHELD and carrier.because.partition(" ")[0] == Because.STOPPED
        back = carrier.state in (_GOT, Message.State.BOUNCED)
        unopened = channel == _PORTAL and carrier.state == _LATE  # it can still be read there
        found[notice].append(
            Sent(
                contact=contact,
                channel=channel,
                address=address,
                language=cast("Language", language),
                template=template.partition("@")[0],
                tlp=parse_tlp(tlp or label),
                got_at=(carrier.handed_over_at or carrier.created_at) if carrier.state == _GOT else None,
                doubtful=carrier.state == Message.State.IN_DOUBT or (carrier.perhaps and not back) or unopened,
                on_its_way=carrier.state in _ON_ITS_WAY or stopped,
            )
        )
    return found


def _with_doubt(rows: QuerySet[Message]) -> QuerySet[Message]:
    tried = Attempt.objects.filter(message=OuterRef("pk"), outcome__in=Attempt.PERHAPS)
    carried = Attempt.objects.filter(message=OuterRef("told_in"), outcome__in=Attempt.PERHAPS)
    return rows.annotate(perhaps=Exists(tried), carried=Exists(carried))


def _answers(notices: Sequence[int]) -> dict[int, list[tuple[str, datetime]]]:
    """What was answered on these notices, or on the digest or bundle that told one: it is about all in it."""
    found: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
    for told in ("notice", "notice__messages__gathered__notice"):
        replies = Reply.objects.filter(**{f"{told}__in": notices}).order_by("at", "pk").distinct()
        for notice, answer, at in replies.values_list(told, "answer", "at"):
            found[notice].append((answer, at))
    return found


def _findings(notices: Sequence[int]) -> tuple[dict[int, list[int]], dict[int, int]]:
    """The findings of these notices, and of each finding the newest warning that told of it."""
    found: dict[int, list[int]] = defaultdict(list)
    pairs = NoticeFinding.objects.filter(notice__in=notices).order_by("finding")
    for notice, finding in pairs.values_list("notice", "finding"):
        found[notice].append(finding)
    newest: dict[int, int] = {}
    for piece in batched({one for some in found.values() for one in some}, PIECE):
        warnings = NoticeFinding.objects.filter(finding__in=piece, notice__kind=Notice.Kind.WARNING)
        for finding, notice in warnings.exclude(notice__state=Notice.State.WITHHELD).values_list("finding", "notice"):
            newest[finding] = max(notice, newest.get(finding, 0))
    return found, newest


def count_told(campaign: int) -> int:
    """How many organisations have a warning of this campaign that went to somebody, or will."""
    warnings = Notice.objects.filter(campaign=campaign, kind=Notice.Kind.WARNING)
    return warnings.exclude(state=Notice.State.WITHHELD).count()


def _went_out() -> QuerySet[Message]:
    """The messages of a notice that were handed over, or may have been, also those that came back: read on the portal,
    or found by their number, they are all the same.
    """  # noqa: D205  one thought
    tried = Attempt.objects.filter(
        Q(message=OuterRef("pk")) | Q(message=OuterRef("told_in")), outcome__in=Attempt.PERHAPS
    )
    return Message.objects.filter(notice=OuterRef("pk")).filter(
        Q(state__in=_THERE) | Q(told_in__state__in=_THERE) | Q(channel=_PORTAL, state=_LATE) | Exists(tried)
    )


def _warnings(messages: QuerySet[Message]) -> QuerySet[Notice]:
    """The warnings that have one of these messages."""
    return Notice.objects.filter(Exists(messages), kind=Notice.Kind.WARNING)


def _that_arrived() -> QuerySet[Notice]:
    """The warnings of which a message was handed over, or may have been, and did not come back."""
    back = Message.State.BOUNCED
    return _warnings(_went_out().exclude(state=back).exclude(told_in__state=back))


_THERE = (Message.State.HANDED_OVER, Message.State.IN_DOUBT)


def count_arrived(campaign: int) -> int:
    """How many organisations got a warning of this campaign, or may have."""
    return _that_arrived().filter(campaign=campaign).count()


def counts_arrived(campaigns: Collection[int]) -> Counter[int]:
    """The same of several campaigns, by campaign."""
    rows = _that_arrived().filter(campaign__in=campaigns).order_by().values_list("campaign")
    return Counter(dict(rows.annotate(count=Count("pk"))))


def not_yet_corrected(campaign: int, *, occasion: str, limit: int) -> list[int]:
    """Warnings that went out to somebody, or may have, and that have no correction on this occasion yet."""
    written = Notice.objects.filter(about=OuterRef("pk"), kind=Notice.Kind.CORRECTION, occasion=occasion)
    open_ = _warnings(_went_out()).filter(campaign=campaign).exclude(Exists(written)).order_by("pk")
    return list(open_.values_list("pk", flat=True)[:limit])


def went_out_after(campaign: int, *, after: int, limit: int) -> list[int]:
    """Warnings that went out to somebody, or may have, from the one after this on; also where all of it came back."""
    rows = _warnings(_went_out()).filter(campaign=campaign, pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:limit])


def first_arrived(campaign: int) -> int | None:
    """A warning of this campaign that somebody got."""
    return _that_arrived().filter(campaign=campaign).order_by("pk").values_list("pk", flat=True).first()


def is_in_hand(campaign: int) -> bool:
    """Whether a worker has a message of this campaign, or one that carries such a message, in hand at this moment."""
    with connection.cursor() as cursor:  # the words stand in the statement, so that SQLite takes the index of these few
        cursor.execute("SELECT id, notice_id FROM notification_message WHERE state = 'leased'")
        leased = dict(cursor.fetchall())
    if Notice.objects.filter(pk__in=leased.values(), campaign=campaign).exists():
        return True
    return Message.objects.filter(told_in__in=leased, notice__campaign=campaign).exists()


def told_of(organisations: Iterable[int]) -> dict[int, set[int]]:
    """The findings that warnings told each of these organisations of, and that were not taken back."""
    found: dict[int, set[int]] = defaultdict(set)
    stands = Q(notice__kind=Notice.Kind.WARNING, notice__state=Notice.State.QUEUED) & ~taken_back("notice")
    warnings = NoticeFinding.objects.filter(stands)
    for piece in batched(organisations, PIECE):
        pairs = warnings.filter(notice__organisation__in=piece).values_list("notice__organisation", "finding")
        for organisation, finding in pairs:
            found[organisation].add(finding)
    return found


def counts_of_later(campaign: int) -> dict[str, int]:
    """How many notices followed on the warnings of a campaign, by kind; those that went to nobody under "withheld"."""
    found: dict[str, int] = {}
    rows = Notice.objects.filter(campaign=campaign).exclude(kind=Notice.Kind.WARNING).order_by()
    for kind, state in _pairs(rows):
        name = "withheld" if state == Notice.State.WITHHELD else kind
        found[name] = found.get(name, 0) + 1
    return found


def _pairs(rows: QuerySet[Notice]) -> Iterable[tuple[str, str]]:
    return rows.filter(about__isnull=False).values_list("kind", "state").iterator()
