"""Comparisons of texts at the desk, and in the register that everybody can read."""

import cast
import compared
import pytest

from misthoorn.accounts.models import AuditEntry
from misthoorn.notification.models import Trial, TrialArm
from misthoorn.notification.trials import services as trials

pytestmark = pytest.mark.django_db

FILLED = {
    "name": "short-or-long",
    "hypothesis": "Who has less to read does more.",
    "outcome": "answered",
    "days": "14",
    "arms": ["usual", "short"],
    "subject": "open-rdp",
    "severity": "",
    "runs": "30",
    "baseline": "40",
    "target": "60",
    "most_harm": "5",
}


def text(response, status=200):
    assert response.status_code == status
    return response.content.decode()


@pytest.fixture
def colleague(client):
    cast.sign_in(client, cast.COLLEAGUE)
    return client


def test_what_is_probably_too_small_asks_for_a_yes_and_then_waits_for_a_colleague(analyst):
    assert "Waarschijnlijk te klein" in text(analyst.post("/desk/trials/new/", {**FILLED, "see": ""}))
    refused = text(analyst.post("/desk/trials/new/", FILLED), 400)
    assert "97 organisaties" in refused
    assert "zet een vinkje" in refused
    assert not Trial.objects.exists()

    answer = analyst.post("/desk/trials/new/", {**FILLED, "weak": "on"}, follow=True)
    page = text(answer)
    assert "Wacht op een tweede persoon" in page
    assert "Vraag een collega" in page
    assert [arm.variant for arm in trials.trial(Trial.objects.get().pk).arms] == ["", "short"]
    assert Trial.objects.get().name in text(analyst.get("/desk/trials/"))


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Groot"},
        {"name": ""},
        {"hypothesis": ""},
        {"days": "x"},
        {"runs": "0"},
        {"arms": ["short"]},
        {"arms": []},
        {"arms": ["short", "shouting"]},
        {"target": "40"},
        {"severity": "urgent"},
        {"subject": "compromised/system"},
        {"outcome": "opened"},
        {"most_harm": "99999999999999999999"},
    ],
)
def test_what_can_not_be_compared_is_said_at_its_field(analyst, changes):
    page = text(analyst.post("/desk/trials/new/", {**FILLED, "weak": "on", **changes}), 400)
    assert 'class="mh-foutregel"' in page
    assert not Trial.objects.exists()


def test_a_colleague_begins_it_and_everybody_can_read_it(colleague):
    made = compared.write()
    assert "short-or-long" not in text(colleague.get("/trials/"))
    assert "Het loopt" in text(colleague.post(f"/desk/trials/{made}/approve/", follow=True))

    page = text(colleague.get("/trials/"))
    assert "short-or-long" in page
    assert "Who has less to read does more." in page
    assert cast.ANALYST.name not in page
    assert cast.COLLEAGUE.name not in page
    assert 'href="/trials/"' in text(colleague.get("/about/"))


def test_who_wrote_it_can_not_begin_it(analyst):
    made = compared.write()
    assert "Vraag een collega" in text(analyst.post(f"/desk/trials/{made}/approve/", follow=True))
    assert Trial.objects.get().state == "draft"


def test_nothing_that_is_sent_along_makes_somebody_else_of_who_wrote_it(analyst):
    made, other = compared.write(), cast.person(cast.COLLEAGUE)
    said = {"person": other, "approved_by": other, "written_by": other, "state": "running", "trial": made + 1}
    analyst.post(f"/desk/trials/{made}/approve/?person={other}&approved_by={other}", said)
    row = Trial.objects.get()
    assert (row.state, row.approved_by, row.written_by_id) == ("draft", None, cast.person(cast.ANALYST))
    assert not AuditEntry.objects.filter(action="trial approved").exists()


def test_what_began_can_not_be_changed_nor_begun_again_by_any_address(colleague):
    made = compared.start()
    before = Trial.objects.values().get(), [*TrialArm.objects.values()]
    changed = {**FILLED, "weak": "on", "arms": ["usual", "steps-first"], "most_harm": "999", "trial": made, "id": made}
    for address in ("/desk/trials/new/", f"/desk/trials/new/?trial={made}", f"/desk/trials/{made}/approve/"):
        colleague.post(address, changed)
    assert colleague.post(f"/desk/trials/{made}/", changed).status_code == 405
    assert (Trial.objects.values().get(), [*TrialArm.objects.values()]) == before

    colleague.post(f"/desk/trials/{made}/turn/", {"note": "genoeg", "state": "running", "most_harm": "999"})
    colleague.post(f"/desk/trials/{made}/approve/")
    row = Trial.objects.get()
    assert (row.state, row.most_harm, row.started_at) == ("stopped", before[0]["most_harm"], cast.NOW)


def test_it_is_ended_with_a_reason_that_stands_in_the_register(colleague):
    made = compared.start()
    text(colleague.post(f"/desk/trials/{made}/turn/", {"note": ""}), 400)
    text(colleague.post(f"/desk/trials/{made}/turn/", {"note": "We zagen genoeg."}, follow=True))
    assert "We zagen genoeg." in text(colleague.get("/trials/"))
    assert "Er is niets veranderd" in text(colleague.post(f"/desk/trials/{made}/turn/", {"note": "x"}, follow=True))


def test_a_draft_is_rejected_and_never_public(colleague):
    made = compared.write()
    text(colleague.post(f"/desk/trials/{made}/turn/", {"note": "te vaag"}, follow=True))
    assert Trial.objects.get().state == "rejected"
    assert "short-or-long" not in text(colleague.get("/trials/"))


@pytest.mark.parametrize("language", ["nl", "en"])
def test_before_it_is_large_enough_it_is_too_early_to_say(analyst, language):
    analyst.cookies["django_language"] = language
    made = compared.start()
    page = text(analyst.get(f"/desk/trials/{made}/"))
    assert ("Te vroeg om iets te zeggen" if language == "nl" else "Too early to say") in page


def test_what_is_not_there_is_not_found(analyst):
    for method, address in (("get", ""), ("post", "approve/"), ("post", "turn/")):
        assert getattr(analyst, method)(f"/desk/trials/999/{address}").status_code == 404
