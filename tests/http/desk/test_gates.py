"""What people at the desk decide about the gates: which team, of which OKTT, whether it was obtained lawfully."""

import cast
import desk
import pytest

from misthoorn.accounts.models import AuditEntry
from misthoorn.accounts.queries import audit_trail
from misthoorn.constituency.models import Organisation, Refusal
from misthoorn.intake.lawfulness import stated
from misthoorn.notification.models import Message
from misthoorn.triage import queries
from misthoorn.triage import services as triage
from misthoorn.triage.models import Campaign, Finding

pytestmark = pytest.mark.django_db


@pytest.fixture
def leak(source):
    """Accounts of the bakery that stood in a leak, in a campaign that wants a decision."""
    finding = desk.make_finding(
        source, organisation=cast.organisation(cast.BAKERY), observed="192.0.2.7", subject="compromised-account"
    )
    Finding.objects.filter(pk=finding.pk).update(rsit="information-content-security/data-leak")
    triage.propose_campaigns(now=cast.NOW)
    return Campaign.objects.get(subject="compromised-account")


def text(response):
    return response.content.decode()


def left_out(campaign):
    return queries.funnel(campaign.pk, now=cast.NOW).left_out


def test_what_was_taken_from_people_waits_until_an_administrator_says_that_it_was_obtained_lawfully(client, leak):
    cast.sign_in(client, cast.ADMINISTRATOR)

    assert left_out(leak) == {"unlawful-origin": 1}
    page = text(client.get(f"/desk/campaigns/{leak.pk}/"))
    assert "herkomst niet gezegd" in page
    assert "Een beheerder beantwoordt op de pagina van de bron" in page
    assert "Niemand heeft dit nog beantwoord." in text(client.get("/desk/sources/one/shadowserver/"))

    done = client.post("/desk/sources/one/shadowserver/origin/", {"lawful": "yes", "note": "By contract"}, follow=True)

    assert "Uw antwoord is bewaard." in text(done)
    assert "By contract" in text(done)
    assert (stated("shadowserver").answer, left_out(leak)) == (True, {})
    assert AuditEntry.objects.get(action="origin stated").detail == {"lawful": True, "note": "By contract"}


def test_who_is_called_reads_on_the_page_of_the_finding_which_accounts_it_is_about(client, leak):  # noqa: ARG001  it is there
    Finding.objects.update(evidence={"account": "jan"}, hostname="korenaar.example")
    cast.sign_in(client, cast.ANALYST)

    page = text(client.get(f"/desk/findings/{Finding.objects.get().pk}/"))

    assert "jan@korenaar.example" in page
    assert "Ga na wie u spreekt voordat u ze voorleest." in page


def test_each_look_at_stolen_accounts_says_who_when_and_at_which_finding(client, leak):  # noqa: ARG001  it is there
    finding = Finding.objects.get().pk
    cast.sign_in(client, cast.ANALYST)
    client.get(f"/desk/findings/{finding}/")
    assert looks_at_accounts(finding) == [], "this one names none"

    Finding.objects.update(evidence={"account": "jan"}, hostname="korenaar.example")
    client.get(f"/desk/findings/{finding}/")
    refused = client.post(f"/desk/findings/{finding}/suppress/", {"reason": ""})

    assert "jan@korenaar.example" in text(refused), "the page that says what is wrong shows them too"
    assert looks_at_accounts(finding) == [("looked at", cast.ANALYST.name, cast.NOW, {"accounts": 1})] * 2


def test_who_saw_the_mail_of_a_campaign_which_may_name_accounts_stands_in_the_audit_trail(client, leak):
    cast.sign_in(client, cast.ANALYST)
    address = f"/desk/campaigns/{leak.pk}/"
    assert [client.get(address).status_code, client.post(f"{address}approve/").status_code] == [200, 400]

    pages = [(one.person, one.detail["page"]) for one in audit_trail(about=f"campaign {leak.pk}")]
    assert pages == [(cast.ANALYST.name, name) for name in ("desk-campaigns-approve", "desk-campaigns-one")]


def looks_at_accounts(finding):
    rows = audit_trail(about=f"finding {finding}")
    return [(one.action, one.person, one.at, one.detail) for one in rows if "accounts" in one.detail]


def test_a_no_keeps_it_back_also_after_a_yes(client, leak):
    cast.sign_in(client, cast.ADMINISTRATOR)
    for answer in ("yes", "no"):
        client.post("/desk/sources/one/shadowserver/origin/", {"lawful": answer, "note": "Asked the lawyer"})

    assert left_out(leak) == {"unlawful-origin": 1}


def test_a_no_holds_back_what_was_approved_and_waits(client, leak):
    cast.sign_in(client, cast.ADMINISTRATOR)
    client.post("/desk/sources/one/shadowserver/origin/", {"lawful": "yes", "note": "By contract"})
    triage.approve_campaign(campaign=leak.pk, person=cast.person(cast.COLLEAGUE), seen_reach=1, now=cast.NOW)
    assert triage.release_campaign(campaign=leak.pk, now=cast.NOW).messages == 1

    client.post("/desk/sources/one/shadowserver/origin/", {"lawful": "no", "note": "The contract was false"})

    assert list(Message.objects.values_list("state", "because")) == [("withheld", "origin")]


def test_what_was_released_without_an_answer_is_proposed_again_once_there_is_one(client, leak):
    cast.sign_in(client, cast.ADMINISTRATOR)
    triage.approve_campaign(campaign=leak.pk, person=cast.person(cast.COLLEAGUE), seen_reach=0, now=cast.NOW)
    triage.release_campaign(campaign=leak.pk, now=cast.NOW)

    client.post("/desk/sources/one/shadowserver/origin/", {"lawful": "yes", "note": "By contract"})

    again = Campaign.objects.get(subject="compromised-account", state="proposed")
    assert queries.funnel(again.pk, now=cast.NOW).reached == 1


@pytest.mark.parametrize("form", [{}, {"lawful": "yes"}, {"lawful": "maybe", "note": "x"}, {"note": "x"}])
def test_an_answer_without_a_reason_is_not_kept(client, leak, form):  # noqa: ARG001  it has to be there
    cast.sign_in(client, cast.ADMINISTRATOR)

    assert "Niets is bewaard" in text(client.post("/desk/sources/one/shadowserver/origin/", form, follow=True))
    assert stated("shadowserver").answer is None


def test_only_an_administrator_answers_and_everybody_at_the_desk_sees_the_answer(analyst, leak):  # noqa: ARG001
    page = text(analyst.get("/desk/sources/one/shadowserver/"))

    assert "Rechtmatig verkregen?" in page
    assert "/origin/" not in page
    response = analyst.post("/desk/sources/one/shadowserver/origin/", {"lawful": "yes", "note": "x"})
    assert response.status_code == 403
    assert stated("shadowserver").answer is None


def test_a_membership_is_chosen_from_those_that_are_known_and_the_page_says_whose_it_is_then(analyst):
    pk = cast.organisation(cast.BAKERY)

    page = text(analyst.post(f"/desk/organisations/{pk}/kind/", {"kind": "general", "oktt": "FERM"}, follow=True))

    assert Organisation.objects.get(pk=pk).oktt == "FERM"
    assert "oktt-2" in page  # and since the law of 2026 the member is ours to warn


def test_a_membership_that_nobody_knows_can_stay_or_go_and_changes_nothing_since_the_law_of_2026(analyst):
    pk = cast.organisation(cast.BAKERY)
    Organisation.objects.filter(pk=pk).update(oktt="Havenhulp")

    assert "Een analist kiest bij de organisatie" not in text(analyst.get(f"/desk/organisations/{pk}/"))
    analyst.post(f"/desk/organisations/{pk}/kind/", {"kind": "general", "oktt": "Nergens"})
    assert Organisation.objects.get(pk=pk).oktt == "Havenhulp"
    analyst.post(f"/desk/organisations/{pk}/kind/", {"kind": "general", "oktt": ""})
    assert Organisation.objects.get(pk=pk).oktt == ""


@pytest.mark.parametrize(
    ("kind", "ground"),
    [
        ("health_care", "CSIRT for health care"),
        ("education", "no other CSIRT is known"),
        ("water_board", "CSIRT for water"),
        ("former_vital", "Cbw art. 96"),
    ],
)
def test_every_kind_with_a_team_of_its_own_can_be_chosen(analyst, kind, ground):
    pk = cast.organisation(cast.CLUB)
    analyst.post(f"/desk/organisations/{pk}/kind/", {"kind": kind})

    assert Organisation.objects.get(pk=pk).kind == kind
    assert ground in text(analyst.get(f"/desk/organisations/{pk}/"))


def test_a_refusal_is_taken_away_when_the_organisation_asks_for_that(analyst):
    pk = cast.organisation(cast.BAKERY)
    Refusal.objects.create(organisation_id=pk, subject="open-rdp", since=cast.NOW)

    assert "open-rdp" in text(analyst.get(f"/desk/organisations/{pk}/"))
    analyst.post(f"/desk/organisations/{pk}/allow/", {"subject": "open-rdp"})

    assert not Refusal.objects.exists()
    assert AuditEntry.objects.get(action="refusal lifted").detail == {"subject": "open-rdp"}


def test_each_outcome_page_says_who_can_change_it_in_the_language_of_the_reader(analyst, campaign):
    dutch = text(analyst.get(f"/desk/campaigns/{campaign.pk}/organisations/other-team/"))
    english = text(
        analyst.get(f"/desk/campaigns/{campaign.pk}/organisations/other-team/", headers={"accept-language": "en"})
    )

    assert "Wie kan dit veranderen?" in dutch
    assert "Het andere team waarschuwt zelf." in dutch
    assert "The other team does the warning." in english
