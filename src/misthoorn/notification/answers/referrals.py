"""Passing a warning on: its recipient names an address, and the same warning goes there once, through the same gates.

Nobody can use this to send what they like to whom they like: the text is ours to the last word, an address gets a
warning once and few a day, and a warning goes to three addresses at most.
"""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from misthoorn.common.tlp import Audience, Way, What, may_tell, parse_tlp
from misthoorn.constituency import queries as constituency
from misthoorn.constituency.addresses import AddressError, mail_address
from misthoorn.constituency.contacts.single_use import PASSED_ON_FOR, UnwantedError, keep_aside
from misthoorn.constituency.vocabulary import PASSED_ON
from misthoorn.notification import queries
from misthoorn.notification.compose.mails.referral import NAME, passed_on
from misthoorn.notification.delivery.decision import is_always_true, label_of
from misthoorn.notification.models import Message, Notice
from misthoorn.notification.notices.follow_ups import MessageDraft, message_row
from misthoorn.notification.services import team as ours
from misthoorn.work.clock import database_now

if TYPE_CHECKING:
    from misthoorn.notification.compose.facts import Language

MOST = 3  # addresses that a warning is passed on to
MOST_A_DAY = 3  # warnings that one address gets like this, whoever passes them on
MOST_OF_ONE = 10  # that one organisation passes on in a day
DAY = timedelta(days=1)
# What can be passed on: it is about the recipient's own systems, and whole as it stands.
KINDS = (Notice.Kind.WARNING, Notice.Kind.REMINDER, Notice.Kind.UPDATE)


class Passed(StrEnum):
    """What became of it."""

    SENT = "sent"
    BAD_ADDRESS = "bad-address"
    UNWANTED = "unwanted"
    ALREADY = "already"
    TOO_MANY = "too-many"
    TLP = "tlp"
    STOPPED = "stopped"
    TAKEN_BACK = "taken-back"
    OVER = "over"
    NO_TEXT = "no-text"


class _RefusedError(Exception):
    def __init__(self, why: Passed) -> None:
        super().__init__(why)
        self.why = why


def pass_on(*, notice: int, address: str, now: datetime, randbelow: Callable[[int], int] = secrets.randbelow) -> Passed:
    """Write the same warning to this address, if it may; workers hand it over, as long as it is still true."""
    try:
        tidy = mail_address(address)
        with transaction.atomic():
            _pass_on(notice, tidy, now=now, randbelow=randbelow)
    except AddressError:
        return Passed.BAD_ADDRESS
    except UnwantedError:
        return Passed.UNWANTED
    except _RefusedError as refused:
        return refused.why
    return Passed.SENT


def _pass_on(notice: int, address: str, *, now: datetime, randbelow: Callable[[int], int]) -> None:
    campaign = Notice.objects.values_list("campaign", flat=True).filter(pk=notice).first()
    # Before the notice, in the order of who stops one: until this ends, nobody does.
    goes_on = campaign is None or import_string(settings.GO_ON)([campaign])
    row = Notice.objects.select_for_update().filter(pk=notice, state=Notice.State.QUEUED, kind__in=KINDS).first()
    if row is None:
        raise _RefusedError(Passed.NO_TEXT)
    if wrong := _holds_no_more(row, goes_on=goes_on):
        raise _RefusedError(wrong)
    first = _to_pass_on(row)
    if first is None:
        raise _RefusedError(Passed.NO_TEXT)
    if against := _against(row, address, now=now):
        raise _RefusedError(against)
    contact = keep_aside(
        organisation=row.organisation_id,
        role="it_provider",
        address=address,
        provenance=PASSED_ON,
        language=first.language,
        at=now,
        valid_to=now + PASSED_ON_FOR,
    )
    if row.messages.filter(contact=contact).exists():
        raise _RefusedError(Passed.ALREADY)
    _write(row, first, contact=contact, address=address, now=now, randbelow=randbelow)


def _holds_no_more(notice: Notice, *, goes_on: bool) -> Passed | None:
    """Why a warning is not to be spread any more: it was taken back, stopped, or is over."""
    if queries.taken_back(notice):
        return Passed.TAKEN_BACK
    if not goes_on:
        return Passed.STOPPED
    findings = tuple(notice.findings.values_list("finding", flat=True))
    if is_always_true(kind=notice.kind, findings=findings) or import_string(settings.STILL_TRUE)(findings=findings):
        return None
    return Passed.OVER


def _to_pass_on(notice: Notice) -> Message | None:
    """The message whose text is passed on: the first that a person got and that is still kept."""
    there = notice.messages.filter(channel=Way.MAIL).exclude(body="").exclude(template__startswith=f"{NAME}@")
    return there.order_by("created_at", "pk").first()


def _against(notice: Notice, address: str, *, now: datetime) -> Passed | None:
    """What speaks against it, if anything does."""
    if address.lower() in {ours().mail.lower(), str(settings.RETURN_PATH).lower()}:
        return Passed.BAD_ADDRESS
    findings = list(notice.findings.values_list("finding", flat=True))
    label = label_of(notice.tlp, kind=notice.kind, findings=findings, label_now=import_string(settings.LABEL_NOW))
    told = may_tell(parse_tlp(label), audience=Audience.CLIENT, channel=Way.MAIL, what=What.WARNING)
    if not told.allowed:
        return Passed.TLP
    if notice.messages.filter(address__iexact=address).exists():
        return Passed.ALREADY
    passed = Message.objects.filter(template__startswith=f"{NAME}@")
    today = passed.filter(created_at__gt=now - DAY)
    many = (
        (passed.filter(notice=notice), MOST),
        (today.filter(address__iexact=address), MOST_A_DAY),
        (today.filter(notice__organisation=notice.organisation_id), MOST_OF_ONE),
    )
    return Passed.TOO_MANY if any(rows.count() >= most for rows, most in many) else None


def _write(
    notice: Notice, first: Message, *, contact: int, address: str, now: datetime, randbelow: Callable[[int], int]
) -> None:
    team, organisation = ours(), constituency.organisation(notice.organisation_id)
    language = cast("Language", first.language)
    mail = passed_on(
        organisation=organisation.name if organisation else "",
        subject=first.subject_line,
        body=first.body,
        language=language,
        team=team,
    )
    draft = MessageDraft(
        contact=contact,
        channel=Way.MAIL,
        address=address,
        language=language,
        text=lambda _: mail,
        not_before=database_now(),
        tlp=parse_tlp(first.label),
    )
    made = message_row(notice, draft, mail, sender=team.mail, now=now, randbelow=randbelow)
    made.rerouted = True  # when it comes back, nobody else is told in its place
    made.save()
