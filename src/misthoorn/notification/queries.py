from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import batched
from typing import Any

from django.db.models import Case, Count, Exists, F, Max, OuterRef, Prefetch, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from misthoorn.common.numbers import is_code, is_number, tidy_code, tidy_number
from misthoorn.notification import message_log as log
from misthoorn.notification.addresses import mail_domain
from misthoorn.notification.compose import about
from misthoorn.notification.compose.facts import LANGUAGES, Language
from misthoorn.notification.compose.mails import confirmation, referral
from misthoorn.notification.compose.mails.invitation import about_code
from misthoorn.notification.delivery.decision import Because
from misthoorn.notification.facts import (
    Answerable,
    Check,
    ComeBack,
    NoticeLine,
    ReplyLine,
)
from misthoorn.notification.models import Attempt, Message, Notice, Reply
from misthoorn.notification.retention import domain_digest

PASSED_ON = f"{referral.NAME}@"
PIECE = 5_000  # ids in one statement; SQLite takes 32,766 parameters


# --- what a recipient asks ---


def check_number(*, number: str, domain: str, now: datetime) -> Check:  # noqa: ARG001  numbers do not run out today
    """Whether a mail with this number really went to an address of this mail domain.

    "genuine" only if it did, or may have (it is in doubt, or on its way at this moment); "other_domain" if it went
    elsewhere only; "unknown" if there is no such number, or nothing ever went out with it. Both may be written as
    people do: the number with dashes, the domain in capitals, with accents, or as part of an address.
    """
    tidy, wanted = tidy_number(number), mail_domain(domain)
    if not is_number(tidy) or not wanted:
        return Check(outcome="unknown")
    messages = list(_sent().filter(notice__number=tidy).select_related("notice").order_by("created_at", "pk"))
    if not messages:
        return Check(outcome="unknown")
    digest = domain_digest(number=tidy, domain=wanted)
    for message in messages:
        if mail_domain(message.address) == wanted or message.domain_digest == digest:
            return Check(
                outcome="genuine",
                notice=message.notice_id,
                sent_on=message.handed_over_at or message.created_at,
                subject=message.notice.subject,
                about=about_of(messages[0].template if message.template.startswith(PASSED_ON) else message.template),
                channel=message.channel,
                taken_back=taken_back(message.notice),
            )
    return Check(outcome="other_domain", notice=messages[0].notice_id)


def _sent() -> QuerySet[Message]:
    """Messages that were handed over, or that somebody may have got although we do not know it (yet).

    Those that were told in such a message too.
    """
    itself = Q(state=Message.State.LEASED) | Q(attempts__outcome__in=Attempt.PERHAPS)
    in_another = Q(told_in__state=Message.State.LEASED) | Q(told_in__attempts__outcome__in=Attempt.PERHAPS)
    return Message.objects.filter(itself | in_another).distinct()


def taken_back(notice: Notice) -> datetime | None:
    """When the warning that this is, or comes back to, was corrected; of the correction itself nothing is."""
    if notice.kind == Notice.Kind.CORRECTION:
        return None
    corrections = Notice.objects.filter(about=notice.about_id or notice.pk, kind=Notice.Kind.CORRECTION)
    return corrections.order_by("pk").values_list("created_at", flat=True).first()


def about_of(template: str) -> str:
    """What a text is about, in the reader's language; the text's own name is what it was composed with."""
    asked = (get_language() or "").partition("-")[0]
    language, name = asked if asked in LANGUAGES else LANGUAGES[0], template.partition("@")[0]
    of_codes: Language = "en" if language == "en" else "nl"
    if code := confirmation.ABOUT[of_codes] if name == confirmation.NAME else about_code(name, of_codes):
        return code
    return about(name, language)


def find_by_code(code: str) -> Answerable | None:
    """The notice that this code answers, or None. The code may be written as people do."""
    tidy = tidy_code(code)
    if not is_code(tidy):
        return None
    answerable = Notice.objects.filter(state=Notice.State.QUEUED).exclude(kind=Notice.Kind.CONFIRM)
    notice = answerable.filter(code=tidy).first()
    message = _sent().filter(notice=notice).order_by("created_at", "pk").first() if notice else None
    if notice is None or message is None:
        return None
    last = notice.replies.first()
    return Answerable(
        notice_id=notice.pk,
        organisation=notice.organisation_id,
        number=notice.number,
        subject=notice.subject,
        about=about_of(message.template),
        sent_on=message.handed_over_at or message.created_at,
        answer=last.answer if last else "",
    )


_STANDS = (
    Message.State.QUEUED,
    Message.State.LEASED,
    Message.State.HANDED_OVER,
    Message.State.IN_DOUBT,
    Message.State.WAITING,
    Message.State.GATHERING,
    Message.State.GATHERED,
)


def came_back() -> ComeBack | None:
    """The first message that came back, or was held back since its contact can't be used any more, after which the
    next way was not taken yet.
    """  # noqa: D205  one thought
    open_ = Message.objects.filter(rerouted=False).select_related("notice", "contact").order_by("pk")
    open_ = open_.only("state", "notice__campaign", "notice__organisation", "notice__kind", "contact__stopped_at")
    unusable = open_.filter(state=Message.State.WITHHELD, because=Because.CONTACT_UNUSABLE)
    message = open_.filter(state=Message.State.BOUNCED).first() or unusable.first()
    if message is None:
        return None
    notice = message.notice
    # What others were told of other parts still stands.
    tried = frozenset(
        Message.objects.filter(notice=notice).exclude(state__in=_STANDS).values_list("contact", flat=True)
    )
    campaign = notice.campaign_id if notice.kind == Notice.Kind.WARNING else None
    stopped = message.state == Message.State.WITHHELD and message.contact.stopped_at is not None
    return ComeBack(message.pk, campaign, notice.organisation_id, tried, stopped)


# --- what the desk sees ---

message, message_log, messages_by_state = log.message, log.message_log, log.messages_by_state


def notices_of_campaign(campaign: int, *, limit: int = 1000) -> list[NoticeLine]:
    """The notices of a campaign, the newest first."""
    return _notices(Notice.objects.filter(campaign=campaign)[:limit])


def notices_of_organisation(organisation: int, *, limit: int = 1000) -> list[NoticeLine]:
    """The notices of an organisation, the newest first."""
    return _notices(Notice.objects.filter(organisation=organisation)[:limit])


def _notices(found: QuerySet[Notice]) -> list[NoticeLine]:
    rows = list(
        found.select_related("organisation").prefetch_related(Prefetch("replies", Reply.objects.order_by("-at", "-pk")))
    )
    states: dict[int, dict[str, int]] = defaultdict(dict)
    counted = Message.objects.filter(notice__in=[row.pk for row in rows]).values_list("notice", "state")
    for notice, state, count in counted.annotate(count=Count("pk")).order_by():
        states[notice][state] = count
    return [_notice(row, messages=states[row.pk]) for row in rows]


def _notice(row: Notice, *, messages: dict[str, int]) -> NoticeLine:
    return NoticeLine(
        id=row.pk,
        kind=row.kind,
        campaign=row.campaign_id,
        organisation=row.organisation_id,
        organisation_name=row.organisation.name,
        number=row.number,
        subject=row.subject,
        severity=row.severity,
        tlp=row.tlp,
        state=row.state,
        withheld_because=row.withheld_because,
        created_at=row.created_at,
        messages=messages,
        replies=tuple(
            ReplyLine(answer=one.answer, text=one.text, passed_on_to=one.passed_on_to, at=one.at)
            for one in row.replies.all()
        ),
    )


# --- figures ---


def counts() -> dict[str, int]:
    """Notices that go out, notices withheld, messages, attempts, replies and checks."""
    states = dict(Notice.objects.order_by().values_list("state").annotate(count=Count("pk")))
    return {
        "notices": states.get(Notice.State.QUEUED, 0) + states.get(Notice.State.UNREACHED, 0),
        "withheld": states.get(Notice.State.WITHHELD, 0),
        "messages": Message.objects.count(),
        "attempts": Attempt.objects.count(),
        "replies": Reply.objects.count(),
    }


def replies_by_answer() -> dict[str, int]:
    """How many replies gave each of the five answers, the empty ones too."""
    counted = dict.fromkeys(Reply.Answer.values, 0)
    return counted | dict(Reply.objects.order_by().values_list("answer").annotate(count=Count("pk")))


def withheld_by_reason() -> dict[str, int]:
    """How many notices were kept back, by the reason's first word, the most common first."""
    counted: dict[str, int] = defaultdict(int)
    rows = Notice.objects.filter(state=Notice.State.WITHHELD).order_by()
    for reason, count in rows.values_list("withheld_because").annotate(count=Count("pk")):
        counted[reason.partition(":")[0]] += count
    return dict(sorted(counted.items(), key=lambda one: (-one[1], one[0])))


type Laws = tuple[tuple[str, QuerySet[Any]], ...]


def broken_laws() -> list[str]:
    """Sentences about figures that do not add up; empty when all is well.

    Every message is in one of its states; what is handed over was so by an attempt; every attempt but the one
    that goes on left a row; a notice that goes out has a message, a withheld one has none.
    """
    attempts = Attempt.objects.filter(message=OuterRef("pk"))
    messages = Message.objects.filter(notice=OuterRef("pk"))
    rows = attempts.order_by().values("message").annotate(rows=Count("pk")).values("rows")
    going_on = Case(When(state=Message.State.LEASED, then=1), default=0)
    counted = Message.objects.annotate(rows=Coalesce(Subquery(rows), 0) + going_on)
    over, by_one = Q(state=Message.State.HANDED_OVER), Exists(attempts.filter(outcome=_HANDED_OVER))
    of_messages: Laws = (
        ("messages that no attempt handed over", counted.filter(over, ~by_one)),
        ("messages whose attempts are not all there", counted.exclude(attempt=F("rows"))),
    )
    laws: Laws = (
        ("notices without a message", Notice.objects.filter(~Exists(messages), state=Notice.State.QUEUED)),
        ("withheld notices with a message", Notice.objects.filter(Exists(messages), state=Notice.State.WITHHELD)),
    )
    if counted.filter(~Q(attempt=F("rows")) | over & ~by_one).exists():  # their texts are long to go through twice
        laws = (*of_messages, *laws)
    states = messages_by_state()
    unknown = sum(count for state, count in states.items() if state not in Message.State.values)
    counts = [(unknown, "messages in no known state"), *((rows.count(), what) for what, rows in laws)]
    return [f"{count} {what}" for count, what in counts if count]


_HANDED_OVER = Attempt.Outcome.HANDED_OVER


# --- what is asked before something is decided or written ---


def last_mails(contacts: Iterable[int], *, since: datetime) -> dict[int, datetime]:
    """When a mail last went to each of these contacts, or goes; only what was made or handed over since that moment."""
    on_its_way = Q(
        state__in=[Message.State.QUEUED, Message.State.LEASED, Message.State.IN_DOUBT], created_at__gte=since
    )
    mails = Message.objects.filter(on_its_way | Q(handed_over_at__gte=since), channel="mail").order_by()
    found: dict[int, datetime] = {}
    for piece in batched(contacts, PIECE):
        rows = mails.filter(contact__in=piece).values_list("contact")
        found |= dict(rows.annotate(last=Max(Coalesce("handed_over_at", "not_before"))))
    return found


def last_told(contacts: Sequence[int]) -> dict[int, datetime]:
    """When each of these contacts was last told anything, by itself or in a digest."""
    told = Message.objects.filter(contact__in=contacts, handed_over_at__isnull=False).order_by()
    return dict(told.values_list("contact").annotate(last=Max("handed_over_at")))


def being_told(contacts: Sequence[int]) -> set[int]:
    """Which of these contacts have a message that is still on its way to them."""
    waits = (Message.State.QUEUED, Message.State.LEASED, Message.State.GATHERING)
    rows = Message.objects.filter(contact__in=contacts, state__in=waits).order_by()
    return set(rows.values_list("contact", flat=True).distinct())


def last_warning(contact: int) -> datetime | None:
    """When this contact last got a warning; None when it never did."""
    warnings = Message.objects.filter(contact=contact, notice__kind=Notice.Kind.WARNING)
    found: datetime | None = warnings.aggregate(last=Max("handed_over_at"))["last"]
    return found


def notified(*, campaign: int, organisations: Iterable[int]) -> set[int]:
    """Which of these organisations have a notice of this campaign already."""
    found = Notice.objects.filter(
        campaign=campaign, kind=Notice.Kind.WARNING, occasion="", organisation__in=list(organisations)
    )
    return set(found.values_list("organisation", flat=True))


def taken_names(names: Sequence[str]) -> set[str]:
    """Which of these are the number or the code of a notice already."""
    found = Notice.objects.filter(Q(number__in=names) | Q(code__in=names)).values_list("number", "code")
    return {name for pair in found for name in pair}
