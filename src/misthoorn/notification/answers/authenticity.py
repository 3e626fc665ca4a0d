"""Is it genuine? Each way of telling has its own proof, that only who was told has: a number alone proves nothing.

Of a mail it is the domain, of a letter the post code, of a call the telephone number that was called. A number with
another proof is "other_domain", as for a mail; nothing of whom it went to is ever told.
"""

from datetime import datetime

from django.db.models import Q, QuerySet

from misthoorn.common.numbers import is_number, tidy_number
from misthoorn.constituency.addresses import AddressError, telephone_number
from misthoorn.notification import queries
from misthoorn.notification.facts import Check
from misthoorn.notification.models import Attempt, Message
from misthoorn.notification.retention import domain_digest, proof_of
from misthoorn.notification.services import note_check

WAYS = ("mail", "letter", "telephone")


def check_way(*, number: str, way: str, proof: str, now: datetime) -> Check:
    """Whether this was told in this way to who has this proof; that it was asked is noted.

    A call is genuine while somebody holds it, and after it was tried; a letter once it was posted.
    """
    if way == "mail":
        check = queries.check_number(number=number, domain=proof, now=now)
    else:
        check = _other(number, way=way, proof=proof, now=now)
    note_check(check=check, now=now)
    return check


def read_proof(way: str, typed: str) -> str:
    """The proof as it is compared: a post code in capitals, a number as machines dial it; "" if it is none."""
    if way == "letter":
        code = "".join(filter(str.isalnum, typed[:20])).upper()
        return code if any(map(str.isdigit, code)) else ""
    try:
        return telephone_number(typed)
    except AddressError:
        return ""


def _other(number: str, *, way: str, proof: str, now: datetime) -> Check:
    tidy, wanted = tidy_number(number), read_proof(way, proof)
    if not is_number(tidy) or not wanted:
        return Check(outcome="unknown")
    told = _told(tidy, now=now)
    messages = list(told.select_related("notice").order_by("created_at", "pk"))
    if not messages:
        return Check(outcome="unknown")
    digest = domain_digest(number=tidy, domain=wanted)
    for message in messages:
        if message.channel == way and (proof_of(message) == wanted or message.domain_digest == digest):
            return Check(
                outcome="genuine",
                notice=message.notice_id,
                sent_on=message.handed_over_at or message.created_at,
                subject=message.notice.subject,
                about=queries.about_of(message.template),
                channel=message.channel,
                taken_back=queries.taken_back(message.notice),
            )
    return Check(outcome="other_domain", notice=messages[0].notice_id)


def _told(number: str, *, now: datetime) -> QuerySet[Message]:
    """What was told under a number, by any way, or is being told at this moment."""
    tried = Attempt.objects.exclude(outcome__in=[Attempt.Outcome.WITHHELD, Attempt.Outcome.EXPIRED])
    calling = Q(call__held_until__gt=now)
    rows = Message.objects.filter(notice__number=number)
    return rows.filter(Q(attempts__in=tried) | calling | Q(state=Message.State.LEASED)).distinct()
