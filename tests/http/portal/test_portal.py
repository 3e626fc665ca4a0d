"""The portal: what an organisation was told, for its own members, and for an IT provider as far as a mandate goes."""

import csv
import io
from datetime import timedelta

import cast
import desk
import pytest
from portal import enter, mandate, text

from misthoorn.accounts.models import AuditEntry, Person
from misthoorn.constituency.models import Asset, Contact, Membership, Mistake, Refusal
from misthoorn.insight.ledger import collect
from misthoorn.insight.models import Entry
from misthoorn.notification.models import Attempt, Message, Notice, Reply
from misthoorn.notification.retrieval.work import expire_unread
from misthoorn.triage.models import Finding

pytestmark = pytest.mark.django_db


def waiting(notice):
    return Message.objects.get(notice=notice, channel="portal")


# --- what is there, and what opening it means ---


def test_what_is_open_stands_first_with_one_thing_to_do(told, mine):
    page = text(mine.get("/mine/"))

    assert "Er staat 1 ding open" in page
    assert cast.BAKERY.name in page
    assert page.count("utrecht-button--primary-action") == 1
    assert f"/mine/told/{told.pk}/" in page


def test_a_message_waits_until_a_member_opens_it_and_then_reached_them(told, mine):
    assert waiting(told).state == "waiting"
    assert "nog niet gelezen" in text(mine.get("/mine/told/"))
    assert waiting(told).state == "waiting"
    mine.head(f"/mine/told/{told.pk}/")
    assert waiting(told).state == "waiting"

    page = text(mine.get(f"/mine/told/{told.pk}/"))

    row = waiting(told)
    assert (row.state, row.attempt, row.handed_over_at) == ("handed_over", 1, cast.NOW)
    assert Attempt.objects.get(message=row).outcome == "handed_over"
    assert row.body.splitlines()[0] in page
    assert "192.0.2.7:3389" in page
    assert "Mag gedeeld worden" in page
    assert "binnen uw organisatie, en met wie uw IT doet" in page
    mine.get(f"/mine/told/{told.pk}/")
    assert Attempt.objects.filter(message=row).count() == 1
    collect(now=cast.NOW)
    assert Entry.objects.filter(kind="reached", notice=told.pk).count() == 1


def test_what_nobody_opens_in_its_time_expires_and_can_still_be_read(told, mine):
    row = waiting(told)

    assert expire_unread(now=row.not_after + timedelta(seconds=1)) == 1
    assert waiting(told).state == "expired"
    assert row.body.splitlines()[0] in text(mine.get(f"/mine/told/{told.pk}/"))


def test_what_is_no_longer_true_is_withheld_when_somebody_comes_to_read_it(told, mine):
    Message.objects.filter(notice=told).exclude(channel="portal").delete()
    Finding.objects.update(state="gone", closed_at=cast.NOW)

    assert mine.get(f"/mine/told/{told.pk}/").status_code == 404
    assert (waiting(told).state, waiting(told).because) == ("withheld", "no_longer_true")


def test_what_nobody_was_told_yet_is_not_there(anna, source, client):
    campaign = desk.make_campaign(source)
    mine = enter(client, anna)

    assert "Er staat niets open" in text(mine.get("/mine/"))
    assert Notice.objects.filter(campaign=campaign).count() == 0


def test_the_label_of_a_notice_decides_whether_it_is_shown(told, mine):
    Notice.objects.filter(pk=told.pk).update(tlp="RED")
    Message.objects.filter(notice=told).update(tlp="AMBER")
    assert mine.get(f"/mine/told/{told.pk}/").status_code == 200  # what stands in the message itself is less strict
    Message.objects.filter(notice=told).update(tlp="RED")

    assert mine.get(f"/mine/told/{told.pk}/").status_code == 404
    assert "Er staat niets open" in text(mine.get("/mine/"))


def test_where_a_finding_stands_is_said(told, mine):
    Finding.objects.update(times_seen=3)
    assert "3 keer gezien" in text(mine.get(f"/mine/told/{told.pk}/"))

    Finding.objects.update(state="gone", closed_at=cast.NOW)
    page = text(mine.get("/mine/"))
    assert "1 niet meer gezien" in page
    assert "Er staat niets open" in page


def test_a_warning_that_was_taken_back_says_so_and_asks_nothing(told, mine):
    Notice.objects.create(
        kind="correction",
        about=told,
        organisation_id=told.organisation_id,
        occasion="C-1",
        number="000000000002",
        code="33333333",
        subject=told.subject,
        severity="high",
        tlp="AMBER",
        state="queued",
        created_at=cast.NOW,
    )

    assert "teruggenomen" in text(mine.get(f"/mine/told/{told.pk}/"))
    assert f"/mine/told/{told.pk}/" not in text(mine.get("/mine/"))


def test_a_list_is_kept_to_one_kind(told, mine):  # noqa: ARG001  there is something to list
    assert "1 bericht" in text(mine.get("/mine/told/?kind=warning"))
    assert "1 bericht" in text(mine.get("/mine/told/?kind=nonsense&organisation=x&page=99"))


def test_open_findings_come_as_csv_that_no_spreadsheet_runs(told, mine):
    Finding.objects.filter(observed="192.0.2.7").update(hostname="=cmd.example")

    rows = list(csv.DictReader(io.StringIO(text(mine.get("/mine/findings.csv")))))

    assert [(one["organisation"], one["numbers"], one["ip"]) for one in rows] == [
        (cast.BAKERY.name, told.number, "192.0.2.7")
    ]
    assert rows[0]["hostname"] == "'=cmd.example"


def test_evidence_is_shown_as_text(told, mine):
    Finding.objects.update(evidence={"banner": "<script>alert(1)</script>"})

    assert "&lt;script&gt;" in text(mine.get(f"/mine/told/{told.pk}/"))


def test_many_findings_have_pages(told, mine, source):
    for last in range(60):
        row = desk.make_finding(
            source, organisation=told.organisation_id, observed=f"192.0.2.{last}", subject="open-smb"
        )
        told.findings.create(finding=row)

    assert "51 tot en met 61 van 61" in text(mine.get(f"/mine/told/{told.pk}/?page=2"))


# --- answering ---


def test_an_answer_is_kept_as_one_with_the_code_and_the_record_says_who(told, mine, anna):
    page = mine.post(f"/mine/told/{told.pk}/answer/", {"answer": "fixed", "text": "Poort dicht."}, follow=True)

    reply = Reply.objects.get()
    assert (reply.notice_id, reply.answer, reply.text) == (told.pk, "fixed", "Poort dicht.")
    assert AuditEntry.objects.get(action="answered on the portal").person_id == anna
    assert "Poort dicht." in text(page)
    assert "U antwoordde" in text(mine.get("/mine/"))


def test_an_answer_that_is_none_keeps_what_was_typed(told, mine):
    page = mine.post(f"/mine/told/{told.pk}/answer/", {"answer": "", "text": "Poort dicht."})

    assert page.status_code == 400
    assert "Poort dicht." in text(page)
    assert not Reply.objects.exists()


def test_a_warning_is_passed_on_from_here_too(told, mine):
    page = mine.post(
        f"/mine/told/{told.pk}/answer/", {"answer": "passed_on", "passed_on_to": "it@helper.example"}, follow=True
    )

    assert Message.objects.filter(address="it@helper.example").exists()
    assert "Hij gaat er één keer heen" in text(page) or "één keer" in text(page)


# --- an IT provider ---


def test_a_provider_sees_what_the_mandate_covers_with_the_client_named(told, bakery, provider):
    assert provider.get(f"/mine/told/{told.pk}/").status_code == 404
    mandate(bakery, cast.organisation(cast.BROKER))

    page = text(provider.get(f"/mine/told/{told.pk}/"))

    assert cast.BAKERY.name in page
    assert told.code not in page.replace("-", "")
    assert "Uw machtiging is om te lezen" in page
    assert waiting(told).state == "waiting"  # nobody of the bakery itself saw it
    assert provider.post(f"/mine/told/{told.pk}/answer/", {"answer": "fixed"}).status_code == 404


def test_a_provider_does_not_read_whose_accounts_were_taken_and_the_client_does(told, bakery, provider, anna):
    mandate(bakery, cast.organisation(cast.BROKER))
    leaked = {"rsit": "information-content-security/data-leak", "evidence": {"account": "jan", "breach": "Adobe"}}
    Finding.objects.filter(organisation=bakery).update(**leaked)
    Message.objects.filter(notice=told).update(body="De bron noemt deze accounts: jan@korenaar.example.")

    page = text(provider.get(f"/mine/told/{told.pk}/"))
    assert "De tekst mag niet worden gedeeld" in page
    assert "Adobe" in page
    assert ">jan<" not in page
    assert "jan@" not in page

    own = text(enter(provider, anna).get(f"/mine/told/{told.pk}/"))
    assert "jan@korenaar.example" in own


def test_a_provider_that_may_reply_answers_for_the_client(told, bakery, provider):
    mandate(bakery, cast.organisation(cast.BROKER), may_reply=True)

    assert "Antwoord voor" in text(provider.get(f"/mine/told/{told.pk}/"))
    provider.post(f"/mine/told/{told.pk}/answer/", {"answer": "fixed", "stop": "on"})

    assert Reply.objects.get().notice_id == told.pk
    assert AuditEntry.objects.get(action="answered on the portal").object == f"organisation {bakery}"


def test_a_provider_may_not_stop_a_subject_for_the_client(told, bakery, provider):
    mandate(bakery, cast.organisation(cast.BROKER), may_reply=True)

    provider.post(f"/mine/told/{told.pk}/answer/", {"answer": "fixed", "stop": "on"})

    assert not Refusal.objects.exists()


def test_a_mandate_for_other_assets_shows_nothing(told, bakery, provider):
    row = mandate(bakery, cast.organisation(cast.BROKER), for_all=False)
    row.assets.add(Asset.objects.get(organisation=bakery, kind="domain"))

    assert provider.get(f"/mine/told/{told.pk}/").status_code == 404
    assert cast.BAKERY.name not in text(provider.get("/mine/findings.csv"))
    row.assets.add(Asset.objects.get(organisation=bakery, kind="network"))
    assert provider.get(f"/mine/told/{told.pk}/").status_code == 200


def test_what_must_stay_in_the_organisation_is_not_shown_to_a_provider(told, bakery, provider):
    mandate(bakery, cast.organisation(cast.BROKER))
    Message.objects.filter(notice=told).update(tlp="AMBER+STRICT")
    assert provider.get(f"/mine/told/{told.pk}/").status_code == 404

    Message.objects.filter(notice=told).update(tlp="AMBER")
    Finding.objects.update(tlp="AMBER+STRICT")
    page = text(provider.get(f"/mine/told/{told.pk}/"))
    assert "192.0.2.7" not in page
    assert "De tekst mag niet worden gedeeld" in page


# --- what is watched, and people ---


def test_of_a_product_that_we_watch_it_is_said_what_is_not_known(mine, bakery):
    Asset.objects.create(organisation_id=bakery, kind="product", value="exact globe", changed_at=cast.NOW)

    page = text(mine.get("/mine/watched/"))

    assert "De versie is niet bekend: wat wij vinden is waarschijnlijk, nooit zeker." in page
    assert "Geen advies noemt het nog. Wij letten er evengoed op." in page


def test_what_we_watch_names_its_sources_and_takes_a_report_of_a_mistake(mine, bakery, source, client):  # noqa: ARG001
    page = text(mine.get("/mine/watched/"))
    assert "192.0.2.0/28" in page
    assert "Shadowserver" in page

    asset = Asset.objects.get(organisation=bakery, kind="network").pk
    assert mine.post(f"/mine/watched/{bakery}/mistake/", {f"of{bakery}-text": ""}).status_code == 400
    mine.post(f"/mine/watched/{bakery}/mistake/", {f"of{bakery}-text": "Niet van ons", f"of{bakery}-asset": asset})

    row = Mistake.objects.get()
    assert (row.about, row.text) == ("192.0.2.0/28", "Niet van ons")
    cast.sign_in(client, cast.ANALYST)
    assert "Niet van ons" in text(client.get("/desk/mistakes/"))
    assert 'mh-teller--actie" href="/desk/mistakes/"' in text(client.get("/desk/"))
    client.post(f"/desk/mistakes/{row.pk}/done/")
    assert "Niet van ons" not in text(client.get("/desk/mistakes/"))
    assert "Niet van ons" in text(client.get("/desk/mistakes/?state=done"))


def test_a_member_chooses_for_the_organisations_own_addresses(mine, bakery):
    contact = Contact.objects.get(organisation=bakery, address=cast.BAKERY.address)
    form = {"preset": "digest", "digest": "week", "weekday": 1, "hour": 8, "floor": "information", "alive_every": 0}

    assert "Hoeveel en wanneer" in text(mine.get("/mine/contacts/"))
    mine.post(f"/mine/contacts/{contact.pk}/", form | {"language": "en"})

    contact.refresh_from_db()
    assert (contact.preference.preset, contact.language) == ("digest", "en")


def test_who_asked_us_to_stop_is_not_written_to_again_by_a_colleague(mine, bakery):
    contact = Contact.objects.get(organisation=bakery, address=cast.BAKERY.address)
    Contact.objects.filter(pk=contact.pk).update(stopped_at=cast.NOW)

    mine.post(f"/mine/contacts/{contact.pk}/", {"preset": "at_once", "language": "nl"})

    contact.refresh_from_db()
    assert contact.stopped_at == cast.NOW


def test_who_leaves_is_gone_with_name_and_address(mine, bakery, anna):
    page = mine.post(f"/mine/contacts/{bakery}/leave/", follow=True)

    assert "Uw account is weg" in text(page)
    assert not Membership.objects.exists()
    assert "Anna" not in Person.objects.get(pk=anna).name
    assert mine.get("/mine/").status_code == 302
