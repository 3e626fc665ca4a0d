"""Other teams that were handed what proved wrong: told by mail as it was handed, and written down beside it."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, cast

from django.db import transaction

from misthoorn.common.tlp import parse_tlp
from misthoorn.notification.compose import Mail, compose_kind
from misthoorn.notification.compose.kinds import HandOverWrong
from misthoorn.notification.disclosure_log import notices
from misthoorn.notification.disclosure_log.notices import Sent
from misthoorn.notification.notices.drafts import Names
from misthoorn.notification.notices.follow_ups import MessageDraft, NoticeDraft, write_notice
from misthoorn.notification.services import team as ours
from misthoorn.triage.follow_up.recipients import whom_it_reached
from misthoorn.triage.models import Correction, Finding, HandOver
from misthoorn.triage.services.handovers import log_taken_back

if TYPE_CHECKING:
    from misthoorn.notification.compose.facts import Severity


PIECE = 5_000


def take_back_hand_overs(correction: Correction, *, now: datetime) -> None:
    """Tell each team by mail that what it got by mail was wrong; a hand-over that did not arrive is none.

    What was told by telephone waits for a person (handing_over.to_take_back).
    """
    mailed = HandOver.objects.filter(campaign=correction.campaign_id, way=HandOver.Way.MAIL)
    for line in mailed.filter(corrects=None, taken_back_by=None).select_related("team", "campaign").order_by("pk"):
        (handed,) = notices.told([line.notice_id or 0])
        if reached := whom_it_reached(handed):
            with transaction.atomic():
                _take_back(line, correction, reached, number=handed.number, now=now)


def handed_over(campaign: int) -> Iterator[tuple[int, str]]:
    """What teams were told of a campaign: assets, each with what was found on it."""
    told = HandOver.objects.filter(campaign=campaign, told__isnull=False).values("told")
    return Finding.objects.filter(pk__in=told).values_list("asset", "subject").iterator(PIECE)


def _take_back(line: HandOver, correction: Correction, reached: list[Sent], *, number: str, now: datetime) -> None:
    def message(one: Sent) -> MessageDraft:
        return MessageDraft(
            contact=one.contact,
            channel=one.channel,
            address=one.address,
            language=one.language,
            text=lambda names: _mail(line, correction, one, number=number, names=names),
            tlp=one.tlp,
        )

    draft = NoticeDraft(
        kind="correction",
        organisation=line.team_id,
        campaign=line.campaign_id,
        occasion=f"{correction.reference}/{line.pk}",
        subject=line.campaign.subject,
        severity=cast("Severity", line.campaign.severity),
        tlp=parse_tlp(line.tlp),
        messages=tuple(message(one) for one in reached),
        about=line.notice_id,
    )
    notice = write_notice(draft, sender=ours().mail, now=now)
    if notice is not None:  # otherwise another worker did
        person, note = correction.decided_by_id or 0, correction.reference
        log_taken_back(line, notice=notice, person=person, note=note, now=now)


def _mail(line: HandOver, correction: Correction, one: Sent, *, number: str, names: Names) -> Mail:
    dutch = one.language == "nl"
    return compose_kind(
        HandOverWrong(
            language=one.language,
            number=names.number,
            code=names.code,
            team=ours(),
            tlp=one.tlp,
            to_team=line.team.name,
            earlier_number=number,
            sent_on=one.got_at or line.at,
            subject=line.campaign.subject,
            organisations=line.organisations,
            findings=line.findings,
            reason=correction.reason_nl if dutch else correction.reason_en,
            doing=correction.doing_nl if dutch else correction.doing_en,
        )
    )
