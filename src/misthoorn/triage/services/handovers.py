"""Handing findings over to the team that has to tell them: a person presses, and it is written down."""

import hashlib
from collections.abc import Collection
from datetime import datetime
from functools import partial
from typing import cast

from django.db import IntegrityError, transaction

from misthoorn.accounts.services import record
from misthoorn.common.tlp import Audience, Tlp, Way, What, may_tell, parse_tlp
from misthoorn.constituency.facts import ContactFacts
from misthoorn.constituency.routing.confidentiality import ConditionError, confirmation
from misthoorn.notification.compose import Mail, compose_kind
from misthoorn.notification.compose.facts import Language, Severity
from misthoorn.notification.compose.kinds import BundleFile, HandOverText
from misthoorn.notification.notices.bulk import why_withheld
from misthoorn.notification.notices.drafts import Names
from misthoorn.notification.notices.follow_ups import FileDraft, MessageDraft, NoticeDraft, write_notice
from misthoorn.notification.services import team as ours
from misthoorn.triage.handovers import Share, is_corrected, list_of, shares, stands, wrong_by_telephone
from misthoorn.triage.models import Campaign, HandOver

PIECE = 500


class HandOverError(ValueError):
    """It can't be handed over; the sentence says why and what to do."""


def hand_over(*, campaign: int, team: str, person: int, seen: int, confirmed: Collection[str], now: datetime) -> int:
    """Mail a team what it has to tell of this campaign, with a list; the id of the line in the log.

    `seen`: the number of findings that the person saw in the button. What may not be mailed stays, for the telephone.
    `confirmed`: the names of the conditions that the person says are met (routing.confidentiality).

    Raises:
        HandOverError: there is nothing for that team, or nobody to mail; a condition is not met; nothing left.
    """
    conditions = _confirmed(confirmed, now=now)
    row, share = _share(campaign, team, now=now)
    contact = _to_mail(share, seen=seen)
    content = "".join(list_of(share.by_mail, share=share, now=now)).encode()
    with transaction.atomic():
        before = _locked(row, share.by_mail, mailed=True)
        notice = write_notice(_draft(row, share, contact, content, before=before), sender=ours().mail, now=now)
        if notice is None:
            raise HandOverError("This was handed over at this moment by somebody else. Look at the log.")
        if problem := why_withheld(notice):
            raise HandOverError(f"No mail can be made of it ({problem}). Tell the maintainers; nothing was sent.")
        return _log(row, share, way=HandOver.Way.MAIL, notice=notice, person=person, now=now, conditions=conditions)


def _to_mail(share: Share, *, seen: int) -> ContactFacts:
    """The contact that the findings of a share are mailed to.

    Raises:
        HandOverError: there is none, nothing may be mailed, or the person saw another number.
    """
    if share.to is None or share.to.contact is None:
        raise HandOverError(
            f"We know no address of the team '{share.team}'. `misthoorn handovers team add` gives it one."
        )
    if not share.by_mail:
        raise HandOverError(
            f"What there is for this team is TLP:{share.tlp_by_telephone} and may not be mailed. Phone the team, and "
            "write that down."
        )
    if len(share.by_mail) != seen:
        raise HandOverError(f"There are {len(share.by_mail)} findings for this team now, and not {seen}. Look again.")
    return share.to.contact


def _draft(row: Campaign, share: Share, contact: ContactFacts, content: bytes, *, before: int) -> NoticeDraft:
    """The mail with its list; `before`: how many of this campaign there were."""
    name = f"{row.reference}-{share.team}.csv"
    listed = BundleFile(name=name, sha256=hashlib.sha256(content).hexdigest())
    message = MessageDraft(
        contact=contact.id,
        channel=contact.channel,
        address=contact.address,
        language=_language(contact),
        text=partial(_mail, row, share, listed, language=_language(contact)),
        files=(FileDraft(name=name, media_type="text/csv", content=content),),
    )
    return NoticeDraft(
        kind="hand_over",
        organisation=contact.organisation,
        campaign=row.pk,
        occasion=str(before + 1) if before else "",
        subject=row.subject,
        severity=cast("Severity", row.severity),
        tlp=share.tlp,
        findings=share.by_mail,
        messages=(message,),
    )


def note_told(
    *, campaign: int, team: str, person: int, note: str, seen: int, confirmed: Collection[str], now: datetime
) -> int:
    """Write down that a person told a team by telephone what may not be mailed; the id of the line in the log.

    Raises:
        HandOverError: there is nothing of that kind, a condition is not met, or the note does not say who was told.
    """
    conditions = _confirmed(confirmed, now=now)
    row, share = _share(campaign, team, now=now)
    if share.to is None:
        raise HandOverError(f"We do not know the team '{team}'. `misthoorn handovers team add` adds it.")
    if not share.by_telephone:
        raise HandOverError("There is nothing for this team that may not be mailed. Hand it over by mail.")
    if len(share.by_telephone) != seen:
        raise HandOverError(f"There are {len(share.by_telephone)} findings to tell now, and not {seen}. Look again.")
    words = _whom(note, label=share.tlp_by_telephone)
    with transaction.atomic():
        _locked(row, share.by_telephone, mailed=False)
        how = HandOver.Way.TELEPHONE
        return _log(row, share, way=how, person=person, now=now, note=words, conditions=conditions)


def note_taken_back(*, hand_over: int, person: int, note: str, now: datetime) -> int:
    """Write down that a team was told by telephone that what it heard by telephone was wrong; the line in the log.

    Raises:
        HandOverError: that hand-over is not wrong, or taken back already, or the note does not say whom it was told.
    """
    wrong = wrong_by_telephone(HandOver.objects.select_related("campaign", "team"))
    earlier = wrong.filter(pk=hand_over).first()
    if earlier is None:
        raise HandOverError(
            f"Hand-over {hand_over} is not to be taken back by telephone. `misthoorn handovers wrong` lists what is."
        )
    words = _whom(note, label=parse_tlp(earlier.tlp))
    try:
        return log_taken_back(earlier, notice=None, person=person, note=words, now=now)
    except IntegrityError as error:
        raise HandOverError("Somebody else wrote this down at this moment. Look at the log.") from error


@transaction.atomic
def log_taken_back(earlier: HandOver, *, notice: int | None, person: int, note: str, now: datetime) -> int:
    """The line in the log that takes an earlier one back, by the same way; each has at most one.

    Raises:
        IntegrityError: there is one.
    """
    same = ("campaign_id", "team_id", "way", "rule", "ground", "tlp", "organisations", "findings")
    line = HandOver.objects.create(
        notice_id=notice,
        person_id=person,
        at=now,
        note=note,
        corrects=earlier,
        **{name: getattr(earlier, name) for name in same},
    )
    what = {"team": earlier.team.register_number, "hand_over": earlier.pk, "notice": notice}
    record(at=now, person=person, action="hand-over taken back", about=earlier.campaign.reference, **what)
    return line.pk


def _whom(note: str, *, label: Tlp) -> str:
    """The note of a call in one line. What may not be mailed is for one person, whose name stands in it."""
    said = may_tell(label, audience=Audience.NAMED_PERSON, channel=Way.TELEPHONE, what=What.HAND_OVER)
    words = " ".join("".join(c if c.isprintable() else " " for c in note).split())[:500]
    if not said.allowed or not any(sign.isalpha() for sign in words):
        raise HandOverError(f"TLP:{label} is told to one person. Write whom you told it, by name, and when.")
    return words


def _share(campaign: int, team: str, *, now: datetime) -> tuple[Campaign, Share]:
    row = Campaign.objects.filter(pk=campaign).first()
    if row is None:
        raise HandOverError(f"There is no campaign {campaign}. `misthoorn campaigns list` shows them.")
    if row.state == Campaign.State.REJECTED:
        raise HandOverError("This campaign was rejected: nobody is told of it, other teams neither.")
    found = next((one for one in shares(campaign, now=now) if one.team == team), None)
    if found is None:
        raise HandOverError(f"Nothing in {row.reference} is left that the team '{team}' has to tell.")
    return row, found


def _locked(row: Campaign, findings: tuple[int, ...], *, mailed: bool) -> int:
    """Keep others from handing over the same; how many notices teams got of this campaign.

    Raises:
        HandOverError: somebody did since we looked, or it is stopped; a mail of it that waits goes on with it.
    """
    state = Campaign.objects.select_for_update().get(pk=row.pk).state
    if is_corrected(row.pk):
        raise HandOverError("This was taken back at this moment: it is wrong.")
    if mailed and state == Campaign.State.STOPPED:
        raise HandOverError(
            "This campaign is stopped, so nothing of it is mailed. Let it go on first: what waits for a team goes too."
        )
    done = HandOver.objects.filter(campaign=row, told__in=findings[:PIECE])
    if any(one.notice_id is None or stands(one.notice_id) for one in done.distinct()):
        raise HandOverError("This was handed over at this moment by somebody else. Look at the log.")
    return HandOver.objects.filter(campaign=row, way=HandOver.Way.MAIL, corrects=None).count()


def _confirmed(names: Collection[str], *, now: datetime) -> str:
    try:
        return confirmation(names, on=now.date())
    except ConditionError as error:
        raise HandOverError(str(error)) from error


def _log(
    row: Campaign,
    share: Share,
    *,
    way: HandOver.Way,
    person: int,
    now: datetime,
    conditions: str,
    notice: int | None = None,
    note: str = "",
) -> int:
    by_mail = way == HandOver.Way.MAIL
    findings = share.by_mail if by_mail else share.by_telephone
    assert share.to is not None  # noqa: S101  asked before
    line = HandOver.objects.create(
        campaign=row,
        team_id=share.to.id,
        way=way,
        notice_id=notice,
        rule=share.rule[:80],
        ground=share.ground[:300],
        tlp=share.tlp if by_mail else share.tlp_by_telephone,
        organisations=share.organisations if by_mail else share.organisations_by_telephone,
        findings=len(findings),
        person_id=person,
        at=now,
        note=note,
        conditions=conditions,
    )
    through = HandOver.told.through
    through.objects.bulk_create(
        [through(handover_id=line.pk, finding_id=finding) for finding in findings], batch_size=PIECE
    )
    record(
        at=now,
        person=person,
        action=f"handed over {line.get_way_display()}",
        about=row.reference,
        team=share.team,
        findings=len(findings),
        organisations=line.organisations,
        rule=share.rule,
        conditions=conditions,
        notice=notice,
    )
    return line.pk


def _language(contact: ContactFacts) -> Language:
    return "en" if contact.language == "en" else "nl"


def _mail(row: Campaign, share: Share, file: BundleFile, names: Names, *, language: Language) -> Mail:
    return compose_kind(
        HandOverText(
            language=language,
            number=names.number,
            code=names.code,
            team=ours(),
            tlp=share.tlp,
            to_team=share.name,
            ground=share.ground,
            rule=share.rule,
            subject=row.subject,
            severity=cast("Severity", row.severity),
            organisations=share.organisations,
            findings=len(share.by_mail),
            files=(file,),
        )
    )
