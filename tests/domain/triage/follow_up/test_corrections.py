"""A warning that was wrong is taken back, at all who got it and at nobody else."""

import pytest
from aftermath import DAY, WRONG, arrive, correct, later, look, propose, release, see_again
from cast import BAKERY, BROKER, NOW, organisation
from deliveries import deliver, events, seen, source

from misthoorn.accounts.models import AuditEntry
from misthoorn.constituency.models import Contact
from misthoorn.constituency.organisations.members import Scope
from misthoorn.notification.answers.referrals import pass_on
from misthoorn.notification.digests.history import told_findings
from misthoorn.notification.digests.queue import told_before
from misthoorn.notification.disclosure_log import notices
from misthoorn.notification.models import Attempt, Message, Notice
from misthoorn.notification.queries import broken_laws, check_number
from misthoorn.notification.retrieval import portal
from misthoorn.triage import services
from misthoorn.triage.follow_up import corrections, queries
from misthoorn.triage.follow_up.corrections import CorrectionError, Wrong
from misthoorn.triage.models import Campaign, Correction, Finding, Suppression
from misthoorn.triage.services.reach import reach_otherwise

pytestmark = pytest.mark.django_db


def corrected():
    rows = Message.objects.filter(notice__kind="correction").order_by("address")
    return list(rows.values_list("address", "state"))


@pytest.fixture
def both(make_bakery, analyst):
    """The bakery and the brokers, warned of one host each; nothing is handed over yet. The campaign."""
    make_bakery()
    organisation(BROKER)
    source()
    deliver(events(seen("192.0.2.1"), seen("198.51.100.1")))
    campaign = Campaign.objects.get().pk
    release(campaign, analyst)
    return campaign


def test_all_who_got_it_hear_that_it_was_wrong_each_in_its_own_language(both, analyst, colleague):
    arrive()
    correct(both, analyst, colleague)

    assert corrected() == [(BAKERY.address, "queued"), (BROKER.address, "queued")]
    dutch = Message.objects.get(notice__kind="correction", address=BAKERY.address)
    english = Message.objects.get(notice__kind="correction", address=BROKER.address)
    assert dutch.subject_line.startswith("Onze waarschuwing klopte niet, u hoeft niets te doen")
    assert WRONG.reason_nl in dutch.body.replace("\n ", "").replace("  ", " ")
    assert "192.0.2.1" in dutch.body
    assert "Nog één andere organisatie kreeg dezelfde fout van ons." in dutch.body
    assert english.subject_line.startswith("Our warning was wrong")
    assert "198.51.100.1" in english.body
    assert "192.0.2.1" not in english.body
    assert Correction.objects.get().released_at == NOW + DAY
    assert broken_laws() == []


def test_who_heard_of_a_part_alone_is_not_told_of_the_other_places(both, analyst, colleague):
    arrive()
    told = Message.objects.get(address=BAKERY.address)
    desk = Contact.objects.create(
        organisation_id=told.notice.organisation_id,
        role="abuse",
        address="abuse@isp.example",
        provenance="ripe",
        place="192.0.2.128/25",
        created_at=NOW,
    )
    told.pk, told.contact, told.address, told.message_id = None, desk, desk.address, "<part@misthoorn.example>"
    told.save()

    correct(both, analyst, colleague)

    parts = Message.objects.filter(notice__kind="correction", notice__organisation=told.notice.organisation_id)
    assert {one.address for one in parts} == {BAKERY.address, "abuse@isp.example"}
    assert not any("192.0.2.1" in one.body for one in parts)
    assert "198.51.100.1" in Message.objects.get(notice__kind="correction", address=BROKER.address).body


def test_that_it_was_passed_on_does_not_hide_what_it_was_about(warned, analyst, colleague):
    assert pass_on(notice=warned.pk, address="it@noord.example", now=NOW) == "sent"
    arrive()
    correct(warned.campaign_id, analyst, colleague)

    told = Message.objects.filter(notice__kind="correction")
    assert {(one.address, "192.0.2.1" in one.body) for one in told} == {
        (BAKERY.address, True),
        ("it@noord.example", True),
    }


def test_who_did_not_get_it_hears_nothing_and_gets_it_no_more(both, analyst, colleague):
    arrive(address=BAKERY.address)
    correct(both, analyst, colleague)

    assert corrected() == [(BAKERY.address, "queued")]
    kept = Message.objects.get(address=BROKER.address)
    assert (kept.state, kept.because) == ("withheld", "stopped")
    assert Campaign.objects.get().state == "stopped"


def test_who_may_have_got_it_hears_it_too(both, analyst, colleague):
    doubted = Message.objects.get(address=BROKER.address)
    Attempt.objects.create(message=doubted, number=1, claimed_at=NOW, outcome="in_doubt")
    Message.objects.filter(pk=doubted.pk).update(attempt=1)
    Message.objects.filter(address=BAKERY.address).update(state="in_doubt")

    correct(both, analyst, colleague)

    assert [address for address, _ in corrected()] == [BAKERY.address, BROKER.address]


def test_who_sent_it_back_did_not_get_it(both, analyst, colleague):
    arrive()
    Message.objects.filter(address=BROKER.address).update(state="bounced")

    correct(both, analyst, colleague)

    assert [address for address, _ in corrected()] == [BAKERY.address]


def test_a_warning_that_came_back_after_it_was_handed_over_says_on_the_portal_that_it_was_taken_back(
    warned, analyst, colleague
):
    Message.objects.update(state="bounced")
    scope = Scope(0, {warned.organisation_id: "Korenaar"}, ())
    assert [one.taken_back for one in portal.told(scope)] == [None]

    correct(warned.campaign_id, analyst, colleague)

    assert [(one.id, one.taken_back) for one in portal.told(scope)] == [(warned.pk, NOW + DAY)]
    assert Correction.objects.get().arrived == 0
    assert corrected() == []


def test_a_reminder_of_what_was_taken_back_says_so_on_the_portal_too(warned, analyst, colleague):
    see_again(at=NOW + 8 * DAY)
    look(NOW + 8 * DAY)
    arrive(at=NOW + 8 * DAY)
    correct(warned.campaign_id, analyst, colleague)
    arrive(at=NOW + 8 * DAY)

    kinds = {one.kind: one.taken_back for one in portal.told(Scope(0, {warned.organisation_id: "Korenaar"}, ()))}
    assert kinds == {"correction": None, "reminder": NOW + DAY, "warning": NOW + DAY}


def test_who_got_the_reminder_of_a_warning_that_came_back_hears_that_it_was_wrong(warned, analyst, colleague):
    see_again(at=NOW + 8 * DAY)
    look(NOW + 8 * DAY)
    arrive(at=NOW + 8 * DAY)
    Message.objects.filter(notice=warned).update(state="bounced")

    correct(warned.campaign_id, analyst, colleague)

    assert [address for address, _ in corrected()] == [BAKERY.address]


def test_there_is_no_preview_once_no_address_is_kept(warned, analyst):
    pk = propose(warned.campaign_id, analyst)
    assert corrections.correction_preview(pk, language="nl", now=NOW) is not None
    Message.objects.update(address="", subject_line="", body="")
    assert corrections.correction_preview(pk, language="nl", now=NOW) is None


def test_how_many_corrections_reach_takes_one_question(both, analyst, django_assert_num_queries):
    arrive()
    Correction.objects.bulk_create(
        [
            Correction(campaign_id=both, written_by_id=analyst, written_at=NOW, state="rejected", **vars_of(WRONG))
            for _ in range(3)
        ]
    )

    with django_assert_num_queries(2):
        found = queries.corrections()
    assert [one.reach for one in found] == [2, 2, 2]


def test_what_a_worker_has_in_hand_is_waited_for(both, analyst, colleague):
    arrive(address=BAKERY.address)
    Message.objects.filter(address=BROKER.address).update(state="leased", lease_until=NOW)
    correct(both, analyst, colleague)
    assert corrected() == []

    Message.objects.filter(address=BROKER.address).update(state="queued", lease_until=None)
    arrive(address=BROKER.address)
    while corrections.release_corrections(now=NOW + DAY):
        pass

    assert len(corrected()) == 2


def test_a_next_contact_that_was_reminded_hears_it_at_the_address_that_got_it(warned, analyst, colleague):
    owner = Contact.objects.create(
        organisation=warned.organisation,
        role="owner",
        address="directie@korenaar.example",
        provenance="registered",
        created_at=NOW,
    )
    for week in (1, 2):
        see_again(at=NOW + week * 7 * DAY + DAY)
        look(NOW + week * 7 * DAY + DAY)
        arrive(at=NOW + week * 7 * DAY + DAY)
    assert len(later("reminder")) == 2
    Contact.objects.filter(pk=owner.pk).update(address="nieuw@korenaar.example")

    correct(warned.campaign_id, analyst, colleague)

    assert [address for address, _ in corrected()] == [BAKERY.address, "directie@korenaar.example"]


def test_what_was_told_in_a_digest_is_taken_back_too(warned, analyst, colleague):
    told = Message.objects.get()
    digest = Notice.objects.create(
        kind="digest",
        organisation=warned.organisation,
        number="1" * 12,
        code="d" * 8,
        state="queued",
        severity="high",
        tlp="AMBER",
        created_at=NOW,
    )
    carrier = Message.objects.create(
        notice=digest,
        contact=told.contact,
        channel="mail",
        address=told.address,
        language="nl",
        template="other/digest@1",
        message_id="<digest@example>",
        state="handed_over",
        handed_over_at=NOW,
        created_at=NOW,
        not_before=NOW,
        not_after=NOW,
    )
    told.attempts.all().delete()
    Message.objects.filter(pk=told.pk).update(state="gathered", told_in=carrier, handed_over_at=None, attempt=0)

    correct(warned.campaign_id, analyst, colleague)

    assert [address for address, _ in corrected()] == [BAKERY.address]


def test_the_number_is_genuine_and_says_that_it_was_taken_back(warned, analyst, colleague):
    assert check_number(number=warned.number, domain="korenaar.example", now=NOW).taken_back is None

    correct(warned.campaign_id, analyst, colleague)

    found = check_number(number=warned.number, domain="korenaar.example", now=NOW + DAY)
    assert (found.outcome, found.taken_back) == ("genuine", NOW + DAY)
    arrive(at=NOW + DAY)
    [correction] = later("correction")
    own = check_number(number=correction.number, domain="korenaar.example", now=NOW + DAY)
    assert (own.outcome, own.taken_back) == ("genuine", None)


def test_after_it_no_overview_list_or_good_news_counts_it_as_told(warned, analyst, colleague):
    owner, contact = warned.organisation_id, Message.objects.get().contact_id

    def said():
        before = [one.notice for one in told_before(contact, without=())]
        return before, [finding for finding, _ in told_findings(owner)], notices.told_of([owner])[owner]

    finding = Finding.objects.get().pk
    assert said() == ([warned.pk], [finding], {finding})

    correct(warned.campaign_id, analyst, colleague)

    assert said() == ([], [], set())


def test_after_it_nobody_is_reminded_and_the_campaign_does_not_go_on(warned, analyst, colleague):
    correct(warned.campaign_id, analyst, colleague)
    see_again(at=NOW + 8 * DAY)
    look(NOW + 8 * DAY)

    assert later("reminder") == []
    with pytest.raises(services.CampaignError, match="corrected"):
        services.resume_campaign(campaign=warned.campaign_id, person=analyst, note="", now=NOW + 8 * DAY)


def test_a_wrong_warning_that_comes_back_afterwards_takes_no_other_way(warned, analyst, colleague):
    Contact.objects.create(
        organisation=warned.organisation, role="owner", address="directie@korenaar.example", created_at=NOW
    )
    correct(warned.campaign_id, analyst, colleague)
    Message.objects.filter(notice=warned).update(state="bounced")

    reach_otherwise(now=NOW + DAY)

    assert not Message.objects.filter(address="directie@korenaar.example").exists()


@pytest.mark.parametrize("silent", [True, False])
def test_what_it_was_about_is_silenced_for_a_year_where_that_was_asked(warned, analyst, colleague, silent):
    correct(warned.campaign_id, analyst, colleague, wrong=Wrong(**vars_of(WRONG), suppress=silent))

    rows = list(Suppression.objects.values_list("asset", "subject", "reason"))
    assert len(rows) == int(silent)
    for asset, subject, reason in rows:
        assert (asset, subject) == (Finding.objects.get().asset_id, "open-rdp")
        assert reason.startswith("C-")


def vars_of(wrong):
    return {name: getattr(wrong, name) for name in ("reason_nl", "reason_en", "doing_nl", "doing_en")}


def test_it_needs_a_second_person_who_is_in_the_audit_trail(warned, analyst, colleague):
    pk = propose(warned.campaign_id, analyst)
    with pytest.raises(CorrectionError, match="second person"):
        corrections.approve_correction(correction=pk, person=analyst, now=NOW)
    assert not corrections.release_corrections(now=NOW)

    corrections.approve_correction(correction=pk, person=colleague, now=NOW)

    assert AuditEntry.objects.get(action="correction approved").person_id == colleague
    with pytest.raises(CorrectionError, match="already"):
        corrections.approve_correction(correction=pk, person=colleague, now=NOW)


def test_who_wrote_it_may_take_it_away_and_write_a_better_one(warned, analyst):
    pk = propose(warned.campaign_id, analyst)
    with pytest.raises(CorrectionError, match="already"):
        propose(warned.campaign_id, analyst)

    corrections.reject_correction(correction=pk, person=analyst, now=NOW)

    assert propose(warned.campaign_id, analyst) != pk


@pytest.mark.parametrize("text", ["", "  ", "x" * 601, "a\x00b"])
def test_a_text_that_says_too_little_or_too_much_is_refused(warned, analyst, text):
    with pytest.raises(CorrectionError):
        propose(warned.campaign_id, analyst, wrong=Wrong(**vars_of(WRONG) | {"doing_en": text}))
    assert not Correction.objects.exists()


def test_what_told_nobody_anything_is_not_corrected(make_bakery, analyst):
    make_bakery()
    source()
    deliver(events(seen("192.0.2.1")))

    with pytest.raises(CorrectionError, match="told nobody"):
        propose(Campaign.objects.get().pk, analyst)


def test_both_languages_can_be_read_before_anybody_gets_it(warned, analyst):
    pk = propose(warned.campaign_id, analyst)

    texts = {one: corrections.correction_preview(pk, language=one, now=NOW) for one in ("nl", "en")}

    assert "Onze waarschuwing" in texts["nl"].subject
    assert "Our warning" in texts["en"].subject
    assert not Notice.objects.filter(kind="correction").exists()


def test_a_wrong_advisory_is_taken_back_by_the_product(told_of_a_hole, analyst, colleague):
    correct(told_of_a_hole.campaign_id, analyst, colleague)

    assert "log4j" in Message.objects.get(notice__kind="correction").body


def test_stopped_in_the_middle_the_rest_is_told_afterwards_and_nobody_twice(both, analyst, colleague, monkeypatch):
    arrive()
    pk = propose(both, analyst)
    corrections.approve_correction(correction=pk, person=colleague, now=NOW)

    def die(_name):
        raise RuntimeError

    monkeypatch.setattr(corrections, "PIECE", 1)
    monkeypatch.setattr(corrections, "failpoint", die)
    with pytest.raises(RuntimeError):
        corrections.release_corrections(now=NOW)
    assert len(corrected()) == 1
    monkeypatch.setattr(corrections, "failpoint", lambda _name: None)

    while corrections.release_corrections(now=NOW):
        pass

    assert len(corrected()) == 2
    assert all("Nog één andere" in body or "One other" in body for body in bodies())


def bodies():
    return Message.objects.filter(notice__kind="correction").values_list("body", flat=True)
