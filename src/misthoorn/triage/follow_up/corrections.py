"""Taking a warning back that was wrong: proposed by one person, approved by another, told to all who got it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from misthoorn.accounts.services import record
from misthoorn.common.failpoints import failpoint
from misthoorn.notification import services as notification
from misthoorn.notification import text_versions
from misthoorn.notification.compose import Mail, compose_kind
from misthoorn.notification.compose.facts import Language
from misthoorn.notification.compose.kinds import CorrectionText
from misthoorn.notification.compose.mails import referral
from misthoorn.notification.disclosure_log import notices
from misthoorn.notification.disclosure_log.notices import Sent
from misthoorn.notification.notices.bulk import write_many
from misthoorn.notification.notices.drafts import Names, make_names
from misthoorn.notification.notices.follow_ups import MessageDraft, NoticeDraft
from misthoorn.triage.follow_up.facts import Case, cases_of
from misthoorn.triage.follow_up.recipients import whom_it_reached
from misthoorn.triage.follow_up.resolution import places, products_of
from misthoorn.triage.follow_up.teams import handed_over, take_back_hand_overs
from misthoorn.triage.follow_up.vocabulary import earlier_of
from misthoorn.triage.models import Campaign, Correction
from misthoorn.triage.services.suppressions import suppress_assets
from misthoorn.triage.transitions import check

PIECE = 200  # warnings that are corrected in one turn of a worker
LONGEST = 600
_S = Correction.State

# In place of the places, where some heard of a part alone.
ALL_OF_IT = {"nl": "Alles wat u in die waarschuwing las.", "en": "All that you read in that warning."}


class CorrectionError(ValueError):
    """A step that can't be taken; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """What was wrong and what we change, whole sentences in both languages. `suppress`: silence for a year."""

    reason_nl: str
    reason_en: str
    doing_nl: str
    doing_en: str
    suppress: bool = False


def propose_correction(*, campaign: int, wrong: Wrong, person: int, now: datetime) -> int:
    """Say that the warnings of a campaign were wrong. Nobody is told before a second person said so too.

    Raises:
        CorrectionError: the campaign told nobody, is corrected already, or the text says too little or too much.
    """
    row = Campaign.objects.filter(pk=campaign).first()
    if row is None:
        raise CorrectionError(f"There is no campaign {campaign}. `misthoorn campaigns list` shows them.")
    if row.state not in {Campaign.State.APPROVED, Campaign.State.STOPPED} and not row.hand_overs.exists():
        raise CorrectionError("This campaign told nobody anything yet. Hold or reject it.")
    if row.corrections.exclude(state=_S.REJECTED).exists():
        raise CorrectionError("This campaign has a correction already.")
    made = Correction(campaign=row, written_by_id=person, written_at=now, suppress=wrong.suppress, **_tidy(wrong))
    try:
        with transaction.atomic():
            made.save()
            record(at=now, person=person, action="correction proposed", about=made.reference, campaign=row.reference)
    except IntegrityError as error:
        raise CorrectionError("Somebody else proposed a correction of this campaign at this moment.") from error
    return made.pk


def _tidy(wrong: Wrong) -> dict[str, str]:
    texts = {
        name: " ".join(getattr(wrong, name).split()) for name in ("reason_nl", "reason_en", "doing_nl", "doing_en")
    }
    for text in texts.values():
        if not text or len(text) > LONGEST or not text.isprintable():
            raise CorrectionError(
                f"Say what was wrong and what changes, in both languages, each in 1 to {LONGEST} signs."
            )
    return texts


def approve_correction(*, correction: int, person: int, now: datetime) -> None:
    """The second person's yes. What the campaign still had on its way stays here; a worker tells those who got it.

    Raises:
        CorrectionError: it was decided already, or this person wrote it.
    """
    with transaction.atomic():
        row = _open(correction)
        if row.written_by_id == person:
            raise CorrectionError("You wrote this correction. A second person must look at it: ask a colleague.")
        campaign = Campaign.objects.select_for_update().get(pk=row.campaign_id)
        _end_campaign(campaign, row, person=person, now=now)
        row.state, row.decided_by_id, row.decided_at = _S.APPROVED, person, now
        row.save(update_fields=["state", "decided_by", "decided_at"])
        record(at=now, person=person, action="correction approved", about=row.reference)
    notification.stop_messages(campaign=row.campaign_id)


def _end_campaign(campaign: Campaign, row: Correction, *, person: int, now: datetime) -> None:
    """One on its way is stopped; one that only other teams were told of is rejected."""
    if campaign.state in {Campaign.State.STOPPED, Campaign.State.REJECTED}:
        return
    approved = campaign.state == Campaign.State.APPROVED
    state = Campaign.State.STOPPED if approved else Campaign.State.REJECTED
    check(now=campaign.state, to=state)
    campaign.state, campaign.note = state, f"{row.reference}: {row.reason_en}"
    campaign.decided_at = campaign.decided_at or now
    campaign.save(update_fields=["state", "note", "decided_at"])
    record(at=now, person=person, action=f"campaign {state}", about=campaign.reference, note=row.reference)


def reject_correction(*, correction: int, person: int, now: datetime) -> None:
    """Nothing is taken back. Who wrote it may say so too.

    Raises:
        CorrectionError: it was decided already.
    """
    with transaction.atomic():
        row = _open(correction)
        row.state, row.decided_by_id, row.decided_at = _S.REJECTED, person, now
        row.save(update_fields=["state", "decided_by", "decided_at"])
        record(at=now, person=person, action="correction rejected", about=row.reference)


def _open(correction: int) -> Correction:
    row = Correction.objects.select_for_update().filter(pk=correction).first()
    if row is None:
        raise CorrectionError(f"There is no correction {correction}. `misthoorn corrections list` shows them.")
    if row.state != _S.PROPOSED:
        raise CorrectionError("This correction was decided already.")
    return row


def to_release() -> bool:
    """Whether a correction is to be told that can be told now."""
    return _next() is not None


def _approved() -> QuerySet[Correction]:
    return Correction.objects.filter(state=_S.APPROVED, released_at=None)


def _next() -> Correction | None:
    """The first one of which no message of its campaign is in a worker's hands: who gets that must hear of it too."""
    waiting = _approved().order_by("decided_at", "pk")
    return next((row for row in waiting if not notices.is_in_hand(row.campaign_id)), None)


def release_corrections(*, now: datetime) -> bool:
    """Tell a piece of those who got a warning that was wrong; whether there was any.

    Where all of it came back nobody is told, and the notice says so: it can still be read on the portal.
    A piece and how far it came are one transaction: whatever is killed, and however many workers write, each is told
    once.
    """
    row = _next()
    if row is None:
        return False
    if row.arrived is None:
        _begin(row)
    piece = notices.went_out_after(row.campaign_id, after=row.cursor, limit=PIECE)
    here = _approved().filter(pk=row.pk, cursor=row.cursor)
    if not piece:
        _end(row, here, now=now)
        return True
    cases = cases_of(notices.told(piece), now=now)
    findings = [finding for case in cases for finding in case.findings.values()]
    _silence(row, ((one.asset_id, one.subject) for one in findings), now=now)
    products = products_of(findings)
    drafts = [_draft(row, case, products=products) for case in cases]
    last = piece[-1]
    write_many(drafts, sender=notification.team().mail, now=now, may_write=lambda: here.update(cursor=last) == 1)
    for _ in drafts:
        failpoint("correction.written")
    return True


def _begin(row: Correction) -> None:
    """What is still on its way stays here, and who got it is counted, once for all that are told."""
    notification.stop_messages(campaign=row.campaign_id)
    arrived = notices.count_arrived(row.campaign_id)
    Correction.objects.filter(pk=row.pk, arrived=None).update(arrived=arrived)
    row.refresh_from_db(fields=["arrived"])


def _end(row: Correction, here: QuerySet[Correction], *, now: datetime) -> None:
    """All were told, but for those whose warning turned out meanwhile to have arrived: with them it goes on."""
    notification.stop_messages(campaign=row.campaign_id)
    if notices.is_in_hand(row.campaign_id):
        return
    take_back_hand_overs(row, now=now)
    _silence(row, handed_over(row.campaign_id), now=now)
    missing = notices.not_yet_corrected(row.campaign_id, occasion=row.reference, limit=1)
    here.update(**({"cursor": missing[0] - 1} if missing else {"released_at": now}))


def _silence(row: Correction, wrong: Iterable[tuple[int, str]], *, now: datetime) -> None:
    """Where that was asked, these subjects are not warned about on these assets for a year."""
    if row.suppress:
        suppress_assets(wrong, about=row.reference, why=row.reason_en, person=row.decided_by_id or 0, now=now)


def _draft(row: Correction, case: Case, *, products: Mapping[int, str]) -> NoticeDraft:
    where, others = _where(case, products=products), (row.arrived or 1) - 1
    return NoticeDraft(
        kind="correction",
        organisation=case.notice.organisation,
        occasion=row.reference,
        subject=case.campaign.subject,
        severity=case.notice.severity,
        tlp=case.notice.tlp,
        messages=tuple(_message(row, case, one, where=where, others=others) for one in whom_it_reached(case.notice)),
        campaign=row.campaign_id,
        about=case.notice.id,
    )


def _where(case: Case, *, products: Mapping[int, str]) -> Sequence[str]:
    """The places that were warned about; none where several were told: each may have heard of a part alone."""
    if len({one.contact for one in case.notice.all_sent if one.template != referral.NAME}) > 1:
        return ()
    return places(list(case.findings.values()), products=products)


def _message(row: Correction, case: Case, one: Sent, *, where: Sequence[str], others: int) -> MessageDraft:
    def text(names: Names) -> Mail:
        return compose_kind(_text(row, case, one, names=names, where=where, others=others))

    return MessageDraft(
        contact=one.contact,
        channel=one.channel,
        address=one.address,
        language=one.language,
        text=text,
        tlp=one.tlp,
    )


def _text(row: Correction, case: Case, one: Sent, *, names: Names, where: Sequence[str], others: int) -> CorrectionText:
    dutch = one.language == "nl"
    return CorrectionText(
        language=one.language,
        number=names.number,
        code=names.code,
        team=notification.team(),
        tlp=one.tlp,
        earlier=earlier_of(case, contact=one.contact),
        where=tuple(where) or (ALL_OF_IT[one.language],),
        reason=row.reason_nl if dutch else row.reason_en,
        doing=row.doing_nl if dutch else row.doing_en,
        others=others,
    )


def correction_preview(correction: int, *, language: Language, now: datetime) -> Mail | None:
    """The mail that the first who got the warning would get, with a sample number.

    None when nobody got it, or the address that it went to is no longer kept.
    """
    row = Correction.objects.get(pk=correction)
    first = notices.first_arrived(row.campaign_id)
    case = next(iter(cases_of(notices.told([first]), now=now)), None) if first else None
    reached = whom_it_reached(case.notice) if case else []
    if case is None or not reached:
        return None
    others = notices.count_arrived(row.campaign_id) - 1
    sent = replace(reached[0], language=language)
    names = make_names(lambda below: below // 2)
    text_versions.refresh()
    where = _where(case, products=products_of(list(case.findings.values())))
    return compose_kind(_text(row, case, sent, names=names, where=where, others=others))
