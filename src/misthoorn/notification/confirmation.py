"""Mailing the code by which an address is confirmed, and finding what a code that was typed confirms."""

import secrets
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import cast

from misthoorn.common.numbers import is_code, show_code, show_number, tidy_code
from misthoorn.common.tlp import Tlp, Way
from misthoorn.notification.compose.facts import Language, Mail, Team
from misthoorn.notification.compose.mails.confirmation import NAME, confirm
from misthoorn.notification.models import Message, Notice
from misthoorn.notification.notices.drafts import Names
from misthoorn.notification.notices.follow_ups import MessageDraft, NoticeDraft, write_notice
from misthoorn.notification.services import team as ours

_CLAIM = "claim "


def mail_code(
    *,
    claim: int,
    organisation: int,
    contact: int,
    address: str,
    language: str,
    days: int,
    now: datetime,
    randbelow: Callable[[int], int] = secrets.randbelow,
) -> None:
    """Send the code of a claim to its address, once."""
    team, spoken = ours(), cast("Language", language)
    write_notice(
        NoticeDraft(
            kind=Notice.Kind.CONFIRM,
            organisation=organisation,
            occasion=f"{_CLAIM}{claim}",
            subject=NAME,
            severity="information",
            tlp=Tlp.AMBER,
            messages=(
                MessageDraft(
                    contact=contact,
                    channel=Way.MAIL,
                    address=address,
                    language=spoken,
                    text=partial(_text, language=spoken, days=days, team=team),
                ),
            ),
        ),
        sender=team.mail,
        now=now,
        randbelow=randbelow,
    )


def _text(names: Names, *, language: Language, days: int, team: Team) -> Mail:
    number, code = show_number(names.number), show_code(names.code)
    return confirm(number=number, code=code, days=days, language=language, team=team)


def claim_of(code: str) -> int | None:
    """The claim that this code confirms; None for a code of something else, or of nothing."""
    return behind(code, occasion=_CLAIM)


def behind(code: str, *, occasion: str) -> int | None:
    """The number behind a code that was mailed on such an occasion; None for any other code, or none."""
    tidy = tidy_code(code)
    if not is_code(tidy):
        return None
    rows = Notice.objects.filter(code=tidy, kind=Notice.Kind.CONFIRM, occasion__startswith=occasion)
    found = rows.values_list("occasion", flat=True).first()
    return int(found.removeprefix(occasion)) if found else None


def addresses_warned(number: str) -> list[str]:
    """The addresses that a warning with this number went to, as long as they are kept."""
    rows = Message.objects.filter(notice__number=number, channel=Way.MAIL).exclude(address="")
    return list(rows.exclude(template__startswith="passed-on@").values_list("address", flat=True))
