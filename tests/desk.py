"""A small desk with something on it, made with the cast, as an operator and a source would."""

from datetime import timedelta

import cast
import compared
import deliveries
from shipped import file_as_shipped

from misthoorn.accounts import recipients
from misthoorn.constituency.assets.reported_errors import report_mistake
from misthoorn.constituency.models import Contact
from misthoorn.constituency.organisations import members
from misthoorn.constituency.organisations.claims import ClaimDraft, confirm_claim
from misthoorn.constituency.organisations.claims import make_claim as make_claim_of
from misthoorn.constituency.organisations.teams import add_team
from misthoorn.intake.drafts import keep_draft
from misthoorn.intake.models import Batch, RefusedRow, Source
from misthoorn.notification import webhooks
from misthoorn.notification.incoming.outcome import take_incoming
from misthoorn.notification.models import (
    Attempt,
    Letter,
    LetterBatch,
    Message,
    MessageFile,
    Notice,
    Reply,
    TrialArm,
    TrialAssignment,
)
from misthoorn.notification.services import record_reply
from misthoorn.notification.text_versions import save_draft
from misthoorn.notification.unsubscribe import leave_token
from misthoorn.triage import services as triage
from misthoorn.triage.follow_up.corrections import Wrong, propose_correction
from misthoorn.triage.models import Campaign, Finding, FurtherNews, HandOver

SEEN = cast.NOW - timedelta(days=1)
MET = ("task", "relevance", "confidentiality", "interests")  # what the law asks before a hand-over


def make_source():
    return Source.objects.create(
        slug="shadowserver", name="Shadowserver", format="shadowserver", tlp="AMBER", created_at=cast.NOW
    )


def make_batch(source):
    """A delivery of 10 rows: 6 accepted, 3 refused for two reasons, 1 double."""
    batch = Batch.objects.create(
        source=source,
        digest="0" * 64,
        name="2026-11-23-scan_rdp.csv",
        size=1234,
        received_at=SEEN,
        received_path="received/1",
        state=Batch.State.ACCEPTED,
        rows_in=10,
        rows_accepted=6,
        rows_refused=3,
        rows_duplicate=1,
        not_before=SEEN,
    )
    for line, code, raw in (
        (4, "address-private", b"10.0.0.1,3389"),
        (7, "address-private", b'10.0.0.2,"<script>alert(1)</script>"'),
        (9, "nul", b"203.0.113.9,\x00,\xff,\xe2\x80\xae"),
    ):
        RefusedRow.objects.create(
            batch=batch, line=line, row=line - 1, code=code, reason=f"Because of {code}.", raw=raw
        )
    return batch


def make_draft():
    """A list that the analyst uploaded and has not taken in yet; its number."""
    source = deliveries.source("partner", form="table")
    list_ = b"IP-adres;Datum;Soort\r\n192.0.2.1;23-11-2026;open-rdp\r\n"
    return keep_draft([list_], person=0, source=source, name="a.csv", at=cast.NOW)


def make_campaign(source):
    """RDP open at the bakery and the brokers (ours), the waterworks (another team's) and the club (nobody knows)."""
    for company in (cast.BAKERY, cast.BROKER, cast.WATERWORKS, cast.CLUB):
        organisation = cast.organisation(company)
        network = company.assets[0][1].split("/")[0].rpartition(".")[0]
        make_finding(source, organisation=organisation, observed=f"{network}.7")
    triage.propose_campaigns(now=cast.NOW)
    return Campaign.objects.get(subject="open-rdp")


def make_finding(source, *, organisation, observed, subject="open-rdp"):
    from misthoorn.constituency.models import Asset  # noqa: PLC0415  only here

    asset = Asset.objects.filter(organisation=organisation, kind="network").first()
    return Finding.objects.create(
        organisation_id=organisation,
        asset=asset,
        source=source,
        subject_kind="event",
        subject=subject,
        observed=observed,
        port=3389,
        protocol="tcp",
        severity="high",
        certainty="exact",
        tlp="AMBER",
        rule="events-1",
        first_seen=SEEN,
        last_seen=SEEN,
    )


def make_log4j():
    """Log4Shell at the bakery."""
    cast.organisation(cast.BAKERY)
    deliveries.source("cve", form="cve5")
    deliveries.deliver(deliveries.records(deliveries.cve()), source="cve", name="cves.jsonl")
    return Finding.objects.get(subject="CVE-2021-44228")


def make_hushed(log4j):
    """A suppression of some other subject; its number."""
    scope = triage.Scope(asset=log4j.asset_id, subject="CVE-2021-45046")
    by = cast.person(cast.COLLEAGUE)
    return triage.suppress(scope=scope, reason="not reachable", person=by, until=None, now=cast.NOW).suppression


def make_answer(sent):
    """The bakery says that it is not theirs; the answer's number."""
    record_reply(notice=sent.notice_id, answer="not_ours", whose="Bakkerij Zuid", now=cast.NOW)
    return Reply.objects.latest("pk").pk


def make_claim(sent):
    """Somebody at the bakery asks to be warned directly, and confirmed the address; the claim's number."""
    draft = ClaimDraft(
        notice_number=sent.notice.number,
        organisation=sent.notice.organisation_id,
        name=cast.BAKERY.name,
        register_number=cast.BAKERY.register_number,
        person_name="Anna Jansen",
        address="anna@korenaar.example",
        language="nl",
    )
    claim, _ = make_claim_of(draft, at=cast.NOW)
    confirm_claim(claim=claim, at=cast.NOW)
    return claim


def make_arrived(sent):
    """A mail that the bakery wrote back; its number."""
    lines = [
        "From: anna@korenaar.example",
        "Subject: Re: Waarschuwing",
        f"In-Reply-To: {sent.message_id}",
        "",
        "Opgelost.",
    ]
    return take_incoming(raw="\n".join(lines).encode(), at=cast.NOW).incoming


def make_webhook(organisation):
    number, _ = webhooks.add_webhook(
        organisation=organisation, address="https://soc.example/hook", at=cast.NOW, person=None, name="SOC"
    )
    return number


def make_file(message):
    """A file that went with a message; its number."""
    row = MessageFile.objects.create(message=message, name="findings.csv", media_type="text/csv", content=b"finding\n")
    return row.pk


def make_sent(campaign):
    """The mail to the bakery, approved, released and handed over."""
    triage.approve_campaign(campaign=campaign.pk, person=cast.person(cast.COLLEAGUE), seen_reach=2, now=cast.NOW)
    triage.release_campaign(campaign=campaign.pk, now=cast.NOW)
    message = Message.objects.select_related("notice").get(address=cast.BAKERY.address)
    message.state, message.attempt, message.handed_over_at = Message.State.HANDED_OVER, 1, cast.NOW
    message.save()
    Attempt.objects.create(
        message=message,
        number=1,
        claimed_at=cast.NOW,
        finished_at=cast.NOW,
        outcome=Attempt.Outcome.HANDED_OVER,
        reply="250 taken",
    )
    return message


def make_broadcast():
    """A draft of a message to registered organisations, by the colleague; its number."""
    draft = triage.BroadcastDraft(
        kind="target_group",
        severity="urgent",
        tlp="GREEN",
        subject="CVE-2021-44228",
        title_nl="Ernstig lek in Log4j",
        title_en="Serious flaw in Log4j",
        text_nl="Er is een lek.\n\nWAT U NU DOET\nWerk bij.",
        text_en="There is a flaw.\n\nWHAT YOU DO NOW\nUpdate.",
    )
    return triage.draft_broadcast(draft, person=cast.person(cast.COLLEAGUE), now=cast.NOW)


def make_handed_over(sent):
    """What a team was told by telephone of this message's campaign, by the colleague; its number."""
    who, known = cast.person(cast.COLLEAGUE), {"national": ""}
    address = {"name": "Nationaal CSIRT", "address": "melding@csirt.example", "language": "nl"}
    told = {"way": "telephone", "tlp": "RED", "organisations": 1, "findings": 1, "note": "Piet, 10.30"}
    team = add_team(team="national", **address, known=known, person=who, at=cast.NOW)
    ground = {"rule": "routing", "ground": "Wbni art. 3(1)"}
    made = HandOver.objects.create(
        campaign_id=sent.notice.campaign_id, team_id=team, person_id=who, at=cast.NOW, **told, **ground
    )
    return made.pk


def make_edition():
    """A draft of a text, by the colleague; its number."""
    name = "exposed/rdp"
    text = file_as_shipped(name).replace("(RDP)", "(extern bureaublad)")
    return save_draft(name=name, text=text, note="korter", person=cast.person(cast.COLLEAGUE), now=cast.NOW)


def make_trial(sent):
    """A comparison of two texts that runs, with the bakery in one of its arms; its number."""
    made = compared.start()
    arm = TrialArm.objects.filter(trial=made).first()
    TrialAssignment.objects.create(trial_id=made, arm=arm, organisation=sent.notice.organisation, at=cast.NOW)
    Notice.objects.filter(pk=sent.notice_id).update(trial=made)
    return made


def make_general(organisation):
    """What leaves the list of messages to many, as it stands in such a mail to this organisation."""
    notice = Notice.objects.create(
        kind="broadcast",
        occasion="target_group:B-00009",
        organisation_id=organisation,
        number="000000000001",
        code="22222222",
        subject="B-00009",
        severity="normal",
        tlp="GREEN",
        state="queued",
        created_at=cast.NOW,
    )
    contact = Contact.objects.filter(organisation=organisation).first()
    moments = dict.fromkeys(("not_before", "not_after", "created_at"), cast.NOW)
    return leave_token(
        Message.objects.create(notice=notice, contact=contact, channel="mail", message_id="<9>", **moments).pk
    )


def make_member(organisation, *, address="anna@korenaar.example", name="Anna Jansen", ready=True):
    """Somebody of this organisation who signs in on the portal; the person's number."""
    made = members.invite(
        organisation=organisation,
        address=address,
        name=name,
        language="nl",
        by=cast.person(cast.ADMINISTRATOR),
        at=cast.NOW,
    )
    if ready:
        recipients.set_password(code=made.code, password=cast.PASSWORD, at=cast.NOW)
    return made.person


def make_mistake(organisation):
    """The member says that something is wrong; the number of that."""
    person = make_member(organisation)
    return report_mistake(organisation=organisation, asset=None, text="Dit klopt niet.", person=person, at=cast.NOW)


def make_letters(sent):
    """A batch with the letter to the bakery that says what the mail said; its number."""
    batch = LetterBatch.objects.create(made_at=cast.NOW)
    letter = Message.objects.get(pk=sent.pk)
    letter.pk, letter.channel, letter.address = None, "letter", "Dorpsstraat 12\n1234 AB Voorbeeldstad"
    letter.state, letter.attempt, letter.message_id = Message.State.WAITING, 0, "<letter@team.example>"
    letter.handed_over_at = None
    letter.save()
    Letter.objects.create(message=letter, batch=batch)
    return batch.pk


def make_correction(sent):
    """A correction of the campaign that was sent, which waits for a second person; its number."""
    wrong = Wrong(reason_nl="Fout.", reason_en="Wrong.", doing_nl="Beter.", doing_en="Better.")
    by = cast.person(cast.COLLEAGUE)
    return propose_correction(campaign=sent.notice.campaign_id, wrong=wrong, person=by, now=cast.NOW)


def make_news(sent):
    """What became known of the campaign that was sent, and waits for a yes; its number."""
    about = {"occasion": "worse:urgent", "change": "worse", "severity": "urgent", "reach": 9, "state": "waiting"}
    return FurtherNews.objects.create(campaign_id=sent.notice.campaign_id, at=cast.NOW, **about).pk
