"""Inviting somebody to the portal, and mailing the code with which a password is set."""

import secrets
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import cast

from django.db import transaction

from misthoorn.accounts.recipients import CODE_DAYS
from misthoorn.common.numbers import show_code, show_number
from misthoorn.common.tlp import Tlp, Way
from misthoorn.constituency.organisations import members
from misthoorn.notification.compose.facts import Language, Mail, Team
from misthoorn.notification.compose.mails.invitation import FORGOTTEN, INVITED, invite
from misthoorn.notification.confirmation import behind
from misthoorn.notification.models import Notice
from misthoorn.notification.notices.drafts import Names
from misthoorn.notification.notices.follow_ups import MessageDraft, NoticeDraft, write_notice
from misthoorn.notification.services import team as ours

_ACCOUNT = "account "


@transaction.atomic
def invite_member(
    *,
    organisation: int,
    address: str,
    name: str,
    language: str,
    by: int,
    now: datetime,
    randbelow: Callable[[int], int] = secrets.randbelow,
) -> int:
    """Make somebody a member of an organisation and mail the code for a password; the person's id.

    Raises:
        AccountError, ContactError, UnwantedError: as `members.invite` says; nothing was changed or sent.
    """
    made = members.invite(organisation=organisation, address=address, name=name, language=language, by=by, at=now)
    _mail(made, INVITED, organisation=organisation, address=address, language=language, now=now, randbelow=randbelow)
    return made.person


@transaction.atomic
def mail_forgotten(
    *, address: str, language: str, now: datetime, randbelow: Callable[[int], int] = secrets.randbelow
) -> bool:
    """Mail a member who forgot the password a new code; whether this address is a member's.

    Raises:
        AccountError, UnwantedError: as `members.code_again` says; nothing was sent.
    """
    found = members.code_again(address=address, language=language, at=now)
    if found is None:
        return False
    organisation, made = found
    _mail(made, FORGOTTEN, organisation=organisation, address=address, language=language, now=now, randbelow=randbelow)
    return True


def _mail(
    made: members.Invited,
    name: str,
    *,
    organisation: int,
    address: str,
    language: str,
    now: datetime,
    randbelow: Callable[[int], int],
) -> None:
    team, spoken = ours(), cast("Language", language)
    message = MessageDraft(
        contact=made.contact,
        channel=Way.MAIL,
        address=address,
        language=spoken,
        text=partial(_text, name=name, language=spoken, team=team),
    )
    draft = NoticeDraft(
        kind=Notice.Kind.CONFIRM,
        organisation=organisation,
        occasion=f"{_ACCOUNT}{made.code}",
        subject=name,
        severity="information",
        tlp=Tlp.AMBER,
        messages=(message,),
    )
    write_notice(draft, sender=team.mail, now=now, randbelow=randbelow)


def _text(names: Names, *, name: str, language: Language, team: Team) -> Mail:
    number, code = show_number(names.number), show_code(names.code)
    return invite(name=name, number=number, code=code, days=CODE_DAYS, language=language, team=team)


def password_code_of(code: str) -> int | None:
    """Which code for a password this is, as it was typed; None for a code of something else, or of nothing."""
    return behind(code, occasion=_ACCOUNT)
