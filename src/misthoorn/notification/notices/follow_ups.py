"""Writing notices that are not the first warning of a campaign: one at a time, and the same never twice."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import IntegrityError, transaction

from misthoorn.common.tlp import Tlp
from misthoorn.notification import queries, text_versions
from misthoorn.notification.channels.webhook.payload import Told, payload
from misthoorn.notification.compose import ComposeError, Mail
from misthoorn.notification.compose.facts import SEVERITIES, Evidence, Language, Severity
from misthoorn.notification.models import Message, MessageFile, Notice, NoticeFinding
from misthoorn.notification.notices.drafts import Names, make_names
from misthoorn.work.bulk import insert_models

PATIENCE = timedelta(days=5)  # RFC 5321, section 4.5.4.1: four to five days
BY_PEOPLE_PATIENCE = timedelta(days=30)  # a letter, a call, a portal: nobody's relay gives up
TRIES = 5
PIECE = 500
_TAIL = 16**12
_NOT_BY_MACHINE = ("letter", "telephone", "feed", "portal")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDraft:
    """A file that goes with a message."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDraft:
    """To whom, how and when, and how its text is made once number and code are known. `not_before` None: at once.

    `evidence`: what it is about, for machines; people find it in the text. `tlp`: where it is less than the notice's.
    """

    contact: int
    channel: str
    address: str
    language: Language
    text: Callable[[Names], Mail]
    files: tuple[FileDraft, ...] = ()
    not_before: datetime | None = None
    evidence: tuple[Evidence, ...] = ()
    tlp: Tlp | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeDraft:
    """A notice to write. `kind` is one of Notice.Kind; campaign, organisation, kind and `occasion` make it one notice.

    Messages of a notice with `findings` are handed over only while one of these still holds.
    """

    kind: str
    organisation: int
    occasion: str
    subject: str
    severity: Severity
    tlp: Tlp
    messages: tuple[MessageDraft, ...]
    campaign: int | None = None
    about: int | None = None
    findings: tuple[int, ...] = ()


def free_names(count: int, randbelow: Callable[[int], int]) -> list[Names]:
    """So many numbers and codes that nobody has; each of the two differs from all others."""
    names: list[Names] = []
    taken: set[str] = set()
    while len(names) < count:
        more = [make_names(randbelow) for _ in range(count - len(names))]
        taken |= queries.taken_names([text for name in more for text in (name.number, name.code)])
        for name in more:
            if name.number not in taken and name.code not in taken:
                names.append(name)
                taken |= {name.number, name.code}
    return names


def insert_notices(notices: Sequence[Notice]) -> Sequence[Notice]:
    """These notices, written, with their ids."""
    insert_models(notices)
    ids = dict(Notice.objects.filter(number__in=[one.number for one in notices]).order_by().values_list("number", "pk"))
    for one in notices:
        one.pk = ids[one.number]
    return notices


def first_state(channel: str) -> Message.State:
    """Where a message of this channel begins: taken by workers, or waiting for a person or its reader."""
    return Message.State.WAITING if channel in _NOT_BY_MACHINE else Message.State.QUEUED


def patience(channel: str) -> timedelta:
    """How long a message of this channel may wait to be handed over."""
    return BY_PEOPLE_PATIENCE if channel in _NOT_BY_MACHINE else PATIENCE


def own_label(tlp: Tlp | None, notice: Notice) -> str:
    """The label that a message keeps beside its notice's: "" where it is the same."""
    return "" if tlp is None or tlp == notice.tlp else tlp


def body_for(
    channel: str, mail: Mail, *, notice: Notice, tlp: Tlp | None, language: str, evidence: Sequence[Evidence]
) -> str:
    """What is handed over: the text for people, or the notice as JSON for a webhook."""
    if channel != "webhook":
        return mail.body
    told = Told(
        kind=notice.kind,
        at=notice.created_at,
        number=notice.number,
        code=notice.code,
        subject=notice.subject,
        severity=notice.severity,
        tlp=tlp or notice.tlp,
        language=language,
        title=mail.subject,
        text=mail.body,
        evidence=evidence,
    )
    return payload(told)


def write_notice(
    draft: NoticeDraft, *, sender: str, now: datetime, randbelow: Callable[[int], int] = secrets.randbelow
) -> int | None:
    """Write a notice with its messages, all or nothing; its id, or None when this was told already.

    A text that can't be made withholds the notice, and says why. `sender`: the team's own mail address.
    """
    for _ in range(TRIES):
        if _told(draft):
            return None
        names = make_names(randbelow)
        if queries.taken_names([names.number, names.code]):
            continue
        text_versions.refresh()
        try:
            return _write(draft, names, sender=sender, now=now, randbelow=randbelow)
        except IntegrityError:
            continue  # somebody wrote it at this moment, or took the number
    if _told(draft):
        return None
    raise RuntimeError("No free number was found for a notice. Try again.")


def _told(draft: NoticeDraft) -> bool:
    same = Notice.objects.filter(organisation=draft.organisation, kind=draft.kind, occasion=draft.occasion)
    return same.filter(campaign=draft.campaign).exists()


@transaction.atomic
def _write(draft: NoticeDraft, names: Names, *, sender: str, now: datetime, randbelow: Callable[[int], int]) -> int:
    mails, problem = composed(draft, names)
    notice = notice_row(draft, names, problem=problem, now=now)
    notice.save()
    NoticeFinding.objects.bulk_create(
        [NoticeFinding(notice=notice, finding_id=finding) for finding in draft.findings], batch_size=PIECE
    )
    made = partial(message_row, notice, sender=sender, now=now, randbelow=randbelow)
    messages = Message.objects.bulk_create([made(one, mail) for one, mail in mails])
    MessageFile.objects.bulk_create(
        MessageFile(message=message, name=file.name, media_type=file.media_type, content=file.content)
        for message, (one, _) in zip(messages, mails, strict=True)
        for file in one.files
    )
    return notice.pk


def composed(draft: NoticeDraft, names: Names) -> tuple[list[tuple[MessageDraft, Mail]], str]:
    """The mails of a draft, and "" or why nothing goes out."""
    try:
        mails = [(one, one.text(names)) for one in draft.messages]
    except ComposeError as error:
        return [], f"no_text: {error}"[:300]
    return mails, "" if mails else "no_contact"


def notice_row(draft: NoticeDraft, names: Names, *, problem: str, now: datetime) -> Notice:
    """The row of a draft, not saved yet; withheld where there is a problem."""
    return Notice(
        kind=draft.kind,
        occasion=draft.occasion,
        about_id=draft.about,
        campaign_id=draft.campaign,
        organisation_id=draft.organisation,
        number=names.number,
        code=names.code,
        subject=draft.subject,
        severity=draft.severity,
        tlp=draft.tlp,
        state=Notice.State.WITHHELD if problem else Notice.State.QUEUED,
        withheld_because=problem,
        created_at=now,
    )


def message_row(
    notice: Notice, one: MessageDraft, mail: Mail, *, sender: str, now: datetime, randbelow: Callable[[int], int]
) -> Message:
    """The row of one message, not saved yet."""
    due = one.not_before or now
    return Message(
        notice=notice,
        contact_id=one.contact,
        channel=one.channel,
        address=one.address,
        language=one.language,
        tlp=own_label(one.tlp, notice),
        template=f"{mail.template}@{mail.version}",
        subject_line=mail.subject,
        body=body_for(one.channel, mail, notice=notice, tlp=one.tlp, language=one.language, evidence=one.evidence),
        message_id=f"<{notice.number}.{randbelow(_TAIL):012x}@{sender.rpartition('@')[2]}>",
        state=first_state(one.channel),
        urgency=SEVERITIES.index(notice.severity),
        not_before=due,
        not_after=due + patience(one.channel),
        created_at=now,
    )
