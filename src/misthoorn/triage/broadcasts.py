"""Messages to many: whom one is for, who is left out and why, and the draft for one organisation. Reads only."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Literal, cast

from django.db.models import Q, QuerySet

from misthoorn.common.tlp import Audience, Tlp, Verdict, What, may_tell, parse_tlp
from misthoorn.constituency import queries as constituency
from misthoorn.constituency.facts import ContactFacts
from misthoorn.constituency.organisations import audiences
from misthoorn.constituency.organisations.audiences import Aim
from misthoorn.constituency.routing.decision import route
from misthoorn.notification import text_versions
from misthoorn.notification.compose import Mail, compose_kind
from misthoorn.notification.compose.facts import Language, Severity
from misthoorn.notification.compose.kinds import BroadcastText
from misthoorn.notification.digests.timing import AT_ONCE, PREFERENCE, How, Timing, timing
from misthoorn.notification.notices import bulk
from misthoorn.notification.notices.drafts import Names, make_names
from misthoorn.notification.notices.follow_ups import MessageDraft, NoticeDraft
from misthoorn.notification.services import team
from misthoorn.triage.campaigns.assessment import policy
from misthoorn.triage.campaigns.timing import Timings, read_timings
from misthoorn.triage.models import Broadcast

PIECE = 5_000  # ids in one statement; SQLite takes 32,766 parameters
_AUDIENCES = {Broadcast.Kind.PARTNER: Audience.PARTNER, Broadcast.Kind.TARGET_GROUP: Audience.COMMUNITY}


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a message is for: organisations meant, told, and left out by reason. `earlier` of these only got the first
    of its line, and are meant no more.
    """  # noqa: D205  one thought

    meant: int
    reached: int
    left_out: dict[str, int]
    earlier: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """Whom of an organisation a message goes to: a contact by mail, not before `at` (None: at once), and machines."""

    contact: ContactFacts
    at: datetime | None
    machines: Sequence[ContactFacts] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """Some organisations in order of their ids: those that are told, and who is not and why."""

    ids: Sequence[int]
    told: list[Told] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastFacts:
    """A message to many as the desk sees it. `messages`: how many are in each state."""

    id: int
    reference: str
    update: int
    kind: str
    subject: str
    severity: str
    tlp: str
    audience: dict[str, list[str]]
    title_nl: str
    title_en: str
    text_nl: str
    text_en: str
    state: str
    reach_limit: int
    reach_seen: int
    written_by: str
    written_at: datetime
    approved_by: str
    approver: int | None
    seconded_by: str
    decided_at: datetime | None
    released_at: datetime | None
    note: str
    messages: dict[str, int]


def tlp_verdict(kind: str, tlp: Tlp) -> Verdict:
    """Whether a message with this label may go to its many readers by mail."""
    return may_tell(tlp, audience=_AUDIENCES[Broadcast.Kind(kind)], channel="mail", what=What.BROADCAST)


def aim_of(row: Broadcast) -> Aim:
    """Whom it is for."""
    words = {name: tuple(row.audience.get(name, ())) for name in ("sectors", "sizes", "provinces")}
    return Aim(partners=row.kind == Broadcast.Kind.PARTNER, **words)


def refused_subject(row: Broadcast) -> str:
    """What somebody refused who wants no messages of this kind."""
    return f"broadcast:{row.kind}"


def occasion_of(row: Broadcast) -> str:
    """What its notices are called by: kind, line and update."""
    update = f"/{row.update_number}" if row.update_number else ""
    return f"{row.kind}:{row.reference}{update}"


def reach_of(row: Broadcast, *, now: datetime) -> Reach:
    """How many it reaches at this moment, and how many not and why. Of a country's organisations it takes seconds."""
    aim = aim_of(row)
    elsewhere = partial(_elsewhere, now=now)
    counted = audiences.count_aimed(aim, elsewhere=elsewhere, subject=refused_subject(row), now=now)
    left_out, meant = Counter(counted.elsewhere), counted.meant
    left_out["refused-subject"] += counted.refused
    left_out["no-contact"] += meant - left_out.total() - counted.reached
    unwanted = _count_unwanted(row, aim, now=now)
    left_out[PREFERENCE] += unwanted
    earlier, after = 0, 0
    while row.first_id is not None and (ids := bulk.got_line(_earlier(row), after=after, limit=PIECE)):
        piece = _sorted_out(sorted(audiences.outside(aim, ids)), row=row, now=now)
        earlier += len(piece.told)
        left_out += piece.left_out
        meant += len(piece.ids)
        after = ids[-1]
    reached = counted.reached - unwanted + earlier
    return Reach(meant, reached, dict((+left_out).most_common()), earlier)


def _count_unwanted(row: Broadcast, aim: Aim, *, now: datetime) -> int:
    """How many of those that are meant have a contact for it that wishes not to hear it."""
    found, after = 0, 0
    while ids := audiences.wishing_less(aim, after=after, limit=PIECE):
        found += _sorted_out(ids, row=row, now=now).left_out[PREFERENCE]
        after = ids[-1]
    return found


def piece_after(row: Broadcast, *, limit: int, now: datetime) -> Piece:
    """The next organisations that it is for: who is meant, and of an update also who got an earlier one."""
    ids = set(audiences.aimed_at(aim_of(row), after=row.cursor, limit=limit))
    if row.first_id is not None:
        ids |= set(bulk.got_line(_earlier(row), after=row.cursor, limit=limit))
    return _sorted_out(sorted(ids)[:limit], row=row, now=now)


def _sorted_out(ids: Sequence[int], *, row: Broadcast, now: datetime) -> Piece:
    piece = Piece(ids)
    if not ids:
        return piece
    owners = constituency.organisations(ids)
    ladders, machines = constituency.ladders_and_machines(ids, now=now)
    refused = audiences.refused_by(ids, subject=refused_subject(row))
    contacts = {one: audiences.general_contact(ladders.get(one, ())) for one in ids}
    timings = read_timings(contacts.values(), now=now)
    for one in ids:
        contact = contacts[one]
        if one not in owners:
            continue
        why = _elsewhere(owners[one].kind, owners[one].oktt, now=now) or ("refused-subject" if one in refused else "")
        soon = _how_soon(contact, row, timings) if contact else AT_ONCE
        if why or contact is None or soon.how is How.NOT:
            piece.left_out[why or ("no-contact" if contact is None else PREFERENCE)] += 1
        else:
            piece.told.append(Told(contact, soon.at, machines.get(one, ())))
    return piece


def _how_soon(contact: ContactFacts, row: Broadcast, timings: Timings) -> Timing:
    """As its reader wishes. It says too much for a line of an overview, and comes by itself when that would."""
    recipient = replace(timings.recipients[contact.id], network_owner=False)  # lists do not wait for it
    severity = row.severity
    return timing(severity=severity, pressing=False, recipient=recipient, now=timings.now, versions=timings.versions)


def draft_of(row: Broadcast, told: Told, *, now: datetime) -> NoticeDraft:
    """What one organisation is told by it."""
    return NoticeDraft(
        kind="broadcast",
        organisation=told.contact.organisation,
        occasion=occasion_of(row),
        subject=row.subject or row.reference,
        severity=cast("Severity", row.severity),
        tlp=parse_tlp(row.tlp),
        messages=tuple(
            MessageDraft(
                contact=one.id,
                channel=one.channel,
                address=one.address,
                language=_language(one.language),
                text=partial(_mail, row, language=_language(one.language), at=now),
                not_before=told.at if one is told.contact else None,
            )
            for one in (told.contact, *told.machines)
        ),
    )


def preview_broadcast(broadcast: int, *, language: Language, now: datetime) -> Mail | None:
    """The mail that it becomes, with a sample number and code; None when there is no such message.

    Raises:
        ComposeError: no mail can be made of it; the sentence says why.
    """
    row = Broadcast.objects.filter(pk=broadcast).first()
    text_versions.refresh()
    names = make_names(lambda below: below // 2)
    return _mail(row, names, language=language, at=row.decided_at or now) if row else None


def _mail(row: Broadcast, names: Names, *, language: Language, at: datetime) -> Mail:
    return compose_kind(
        BroadcastText(
            language=language,
            number=names.number,
            code=names.code,
            team=team(),
            tlp=parse_tlp(row.tlp),
            kind=cast("Literal['partner', 'target_group']", row.kind),
            reference=f"{row.reference}, update {row.update_number}" if row.update_number else row.reference,
            title=row.title_nl if language == "nl" else row.title_en,
            text=row.text_nl if language == "nl" else row.text_en,
            severity=cast("Severity", row.severity),
            sent_at=at,
        )
    )


def broadcasts(*, state: str = "", limit: int = 500) -> list[BroadcastFacts]:
    """Messages to many, or those in one state, the newest first."""
    found = Broadcast.objects.select_related("written_by", "approved_by", "seconded_by", "first")
    return _facts((found.filter(state=state) if state else found)[:limit])


def broadcast(pk: int) -> BroadcastFacts | None:
    """One message to many, or None."""
    found = Broadcast.objects.select_related("written_by", "approved_by", "seconded_by", "first").filter(pk=pk)
    return next(iter(_facts(found)), None)


def line_of(pk: int) -> list[BroadcastFacts]:
    """The first message of a line and its updates, in their order."""
    row = Broadcast.objects.filter(pk=pk).first()
    if row is None:
        return []
    first = row.first_id or row.pk
    return _facts(Broadcast.objects.filter(Q(pk=first) | Q(first=first)).order_by("update_number"))


def broadcast_reach(pk: int, *, now: datetime) -> Reach:
    """Whom it reaches now (`reach_of`)."""
    return reach_of(Broadcast.objects.get(pk=pk), now=now)


def _facts(found: QuerySet[Broadcast]) -> list[BroadcastFacts]:
    messages = bulk.broadcast_messages([occasion_of(row) for row in found if row.decided_at])
    return [_one(row, messages.get(occasion_of(row), {})) for row in found]


def _one(row: Broadcast, messages: dict[str, int]) -> BroadcastFacts:
    same = ("kind", "subject", "severity", "tlp", "audience", "title_nl", "title_en", "text_nl", "text_en", "state")
    more = ("reach_limit", "reach_seen", "written_at", "decided_at", "released_at", "note", "reference")
    return BroadcastFacts(
        id=row.pk,
        update=row.update_number,
        written_by=str(row.written_by or ""),
        approved_by=str(row.approved_by or ""),
        approver=row.approved_by_id,
        seconded_by=str(row.seconded_by or ""),
        messages=messages,
        **{name: getattr(row, name) for name in (*same, *more)},
    )


def _earlier(row: Broadcast) -> list[str]:
    """The occasions of the messages of its line that went before it."""
    before = Broadcast.objects.filter(Q(pk=row.first_id) | Q(first=row.first_id), update_number__lt=row.update_number)
    return [occasion_of(one) for one in before]


def _elsewhere(kind: str, oktt: str, *, now: datetime) -> str:
    """Why an organisation like this is not ours to tell, as one of gates.OUTCOMES; "" where it is."""
    rules = policy()
    where = route(kind=kind, on=now.date(), rules=rules.rules, oktt=oktt)
    if where.team is None:
        return "person-decides"
    return "" if where.team == rules.team else "other-team"


def _language(text: str) -> Language:
    return "en" if text == "en" else "nl"
