"""What could wait, told together: one digest for each contact whose moment has come."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import cast

from django.db import DatabaseError, InterfaceError, transaction

from misthoorn.common.clock import AMSTERDAM
from misthoorn.common.failpoints import failpoint
from misthoorn.common.tlp import parse_tlp, strictest
from misthoorn.constituency import queries as constituency
from misthoorn.constituency.facts import ContactFacts
from misthoorn.notification.compose.facts import SEVERITIES, Severity
from misthoorn.notification.delivery import leases
from misthoorn.notification.delivery.decision import Because, label_of
from misthoorn.notification.digests import queue
from misthoorn.notification.digests.queue import Gathering, TakenError
from misthoorn.notification.notices.follow_ups import MessageDraft, NoticeDraft, patience, write_notice
from misthoorn.notification.services import team
from misthoorn.triage.digest_facts import digest_mail, make_digest
from misthoorn.triage.queries import label_now, still_true

_log = logging.getLogger(__name__)

_SEVERITIES: tuple[str, ...] = SEVERITIES

CONTACTS = 20  # in one turn of a worker


def tell_gathered(*, now: datetime, contacts: int = CONTACTS) -> int:
    """Make the digests that are due, at most so many; how many contacts were served.

    One thing alone goes out as it is, with its own number. What no longer holds is left out. Each contact is one
    transaction: told together or still waiting, never both, however many workers do it and wherever one dies.
    """
    served = 0
    for contact, messages in queue.due_groups(kind="digest", now=now, contacts=contacts):
        with suppress(TakenError):  # another worker was first, or somebody stopped a campaign at this moment
            try:
                _tell(contact, messages, now=now)
            except (TakenError, DatabaseError, InterfaceError):
                raise
            except Exception:  # noqa: BLE001  nobody misses a warning since an overview of it fails
                _log.exception("no digest could be made for contact %d; its messages go out by themselves", contact)
                _let_go(messages, now=now)
            served += 1
        failpoint("gathering.told")
    return served


def _tell(contact: int, messages: Sequence[Gathering], *, now: datetime) -> None:
    refused = leases.refused([one.message for one in messages])
    wanted = [one for one in messages if one.message not in refused]
    holding = [one for one in wanted if not one.findings or still_true(findings=one.findings)]
    gone = {one.message for one in wanted} - {one.message for one in holding}
    stricter = [one for one in holding if _is_stricter(one)]  # by itself it is held against its label once more
    holding = [one for one in holding if one not in stricter]
    usable = constituency.usable_contact(contact)
    facts = constituency.contacts([contact]).get(contact) if usable else None
    digest = None
    if len(holding) > 1 and facts is not None and all(one.address == facts.address for one in holding):
        digest = _draft(facts, holding, now=now)
    with transaction.atomic():
        queue.leave_out(gone, because=Because.NO_LONGER_TRUE)
        queue.leave_out(refused, because=Because.REFUSED)
        _let_go(stricter, now=now)
        carrier = _write(digest, now=now) if digest is not None else None
        failpoint("gathering.written")
        if carrier is None:  # one alone; handing over says what is wrong with a contact, if anything is
            _let_go(holding, now=now)
        else:
            queue.mark_gathered([one.message for one in holding], told_in=carrier)


def _is_stricter(one: Gathering) -> bool:
    return label_of(one.tlp, kind="warning", findings=one.findings, label_now=label_now) != one.tlp


def _let_go(messages: Sequence[Gathering], *, now: datetime) -> None:
    queue.let_go([one.message for one in messages], now=now, not_after=now + patience("mail"))


def _draft(contact: ContactFacts, messages: Sequence[Gathering], *, now: datetime) -> NoticeDraft:
    ours, tlp = team(), strictest(parse_tlp(one.tlp) for one in messages)
    digest = make_digest(
        messages,
        queue.told_before(contact.id, without=[one.message for one in messages]),
        contact=contact,
        organisation=constituency.organisations([contact.organisation])[contact.organisation].name,
        wish=constituency.preferences([contact.id])[contact.id],
        now=now,
    )
    message = MessageDraft(
        contact=contact.id,
        channel=contact.channel,
        address=contact.address,
        language=digest.language,
        text=lambda names: digest_mail(digest, team=ours, tlp=tlp, names=names),
    )
    return NoticeDraft(
        kind="digest",
        organisation=contact.organisation,
        occasion=f"{now.astimezone(AMSTERDAM):%Y-%m-%d}/{contact.id}",
        subject="digest",
        severity=cast("Severity", min((one.severity for one in messages), key=_SEVERITIES.index)),
        tlp=tlp,
        messages=(message,),
        findings=digest.findings,
    )


def _write(draft: NoticeDraft, *, now: datetime) -> int | None:
    """Write a digest; its message, or None when its text could not be made: then its notice says why."""
    for number in count(1):  # the second of a day has an occasion of its own
        occasion = draft.occasion if number == 1 else f"{draft.occasion}/{number}"
        notice = write_notice(replace(draft, occasion=occasion), sender=team().mail, now=now)
        if notice is not None:
            return queue.carrier(notice)
    raise AssertionError("not reached")
