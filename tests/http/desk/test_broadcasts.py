"""Messages to many, from a draft to a second yes."""

import cast
import desk
import pytest

from misthoorn.triage.models import Broadcast

pytestmark = pytest.mark.django_db

FILLED = {
    "kind": "target_group",
    "severity": "urgent",
    "tlp": "GREEN",
    "title_nl": "Lek in Log4j",
    "title_en": "Flaw in Log4j",
    "text_nl": "Werk bij naar 2.15.0.",
    "text_en": "Update to 2.15.0.",
    "sectors": ["trade"],
}
YES = {"saw_whom": "on", "read_text": "on"}


@pytest.fixture
def made(analyst):  # noqa: ARG001  who writes it
    """A draft that reaches the bakery and the brokers, not the waterworks; its address."""
    for one in (cast.BAKERY, cast.BROKER, cast.WATERWORKS):
        cast.organisation(one)
    return f"/desk/broadcasts/{desk.make_broadcast()}/"


def read(client, path):
    return client.get(path).content.decode()


def test_a_draft_is_written_and_shown_with_the_mail_itself(analyst):
    cast.organisation(cast.BAKERY)
    shown = analyst.post("/desk/broadcasts/new/", FILLED, follow=True).content.decode()

    row = Broadcast.objects.get()
    assert row.audience == {"sectors": ["trade"], "sizes": [], "provinces": []}
    for words in (row.reference, "Werk bij naar 2.15.0.", "1 van 1 organisaties", "Handel"):
        assert words in shown


def test_what_is_missing_is_said_at_its_field_and_nothing_is_kept(analyst):
    answer = analyst.post("/desk/broadcasts/new/", FILLED | {"title_en": "", "text_nl": ""})

    assert answer.status_code == 400
    assert answer.content.decode().count("mh-foutregel") == 2
    assert not Broadcast.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"tlp": "AMBER"}, {"sectors": ["space"]}, {"kind": "all"}, {"text_nl": "\u202e\x00"}]
)
def test_what_no_form_offers_is_refused(analyst, wrong):
    assert analyst.post("/desk/broadcasts/new/", FILLED | wrong).status_code == 400
    assert not Broadcast.objects.exists()


def test_reach_is_shown_before_anybody_says_yes(analyst, made):
    shown = read(analyst, made)

    assert "2 van 3 organisaties" in shown
    assert "Stuur naar 2 organisaties" in shown
    assert "TLP" in shown


def test_two_people_say_yes_above_the_limit(analyst, client, made):
    Broadcast.objects.update(reach_limit=1)
    assert "Keur goed voor 2 organisaties" in read(analyst, made)
    analyst.post(f"{made}approve/", YES | {"seen_reach": 2})
    assert Broadcast.objects.get().state == "waiting"
    assert "vraag een collega" in read(analyst, made)

    cast.sign_in(client, cast.COLLEAGUE)
    client.post(f"{made}approve/", YES | {"seen_reach": 2})
    assert Broadcast.objects.get().state == "approved"


@pytest.mark.parametrize("sent", [{}, {"seen_reach": 2}, YES | {"seen_reach": "x"}])
def test_a_yes_without_having_looked_is_none(analyst, made, sent):
    assert analyst.post(f"{made}approve/", sent).status_code == 400
    assert Broadcast.objects.get().state == "draft"


def test_a_yes_to_fewer_than_it_reaches_is_none(analyst, made):
    shown = analyst.post(f"{made}approve/", YES | {"seen_reach": 1}, follow=True).content.decode()

    assert "mh-melding--fout" in shown
    assert Broadcast.objects.get().state == "draft"


def test_it_is_changed_before_it_is_sent_and_not_after(analyst, made):
    analyst.post(f"{made}change/", FILLED | {"title_nl": "Anders"})
    assert Broadcast.objects.get().title_nl == "Anders"
    analyst.post(f"{made}approve/", YES | {"seen_reach": 2})
    analyst.post(f"{made}change/", FILLED | {"title_nl": "Te laat"})
    assert Broadcast.objects.get().title_nl == "Anders"


def test_it_is_stopped_with_a_reason_and_an_update_has_its_number(analyst, made):
    analyst.post(f"{made}approve/", YES | {"seen_reach": 2})
    assert analyst.post(f"{made}turn/", {"note": "", "act": "stop"}).status_code == 400
    analyst.post(f"{made}turn/", {"note": "verkeerde versie", "act": "stop"})
    first = Broadcast.objects.get()
    assert (first.state, first.note) == ("stopped", "verkeerde versie")

    address = f"/desk/broadcasts/new/?update={first.pk}"
    assert f"Update van {first.reference}" in read(analyst, address)
    assert analyst.post(address, FILLED | {"kind": "partner"}).status_code == 400
    shown = analyst.post(address, FILLED, follow=True).content.decode()
    assert f"{first.reference}, update 1" in shown


def test_a_stopped_one_can_go_on_with_a_reason(analyst, made):
    analyst.post(f"{made}approve/", YES | {"seen_reach": 2})
    late = {"note": "te laat gedrukt", "act": "resume"}
    assert "mh-melding--fout" in analyst.post(f"{made}turn/", late, follow=True).content.decode()
    analyst.post(f"{made}turn/", {"note": "fout?", "act": "stop"})
    assert 'name="act" value="resume"' in read(analyst, made)

    shown = analyst.post(f"{made}turn/", {"note": "toch goed", "act": "resume"}, follow=True).content.decode()

    assert "Het gaat verder" in shown
    assert Broadcast.objects.get().state == "approved"


def test_a_draft_is_rejected_with_a_reason(analyst, made):
    analyst.post(f"{made}turn/", {"note": "niet nodig", "act": "reject"})

    assert Broadcast.objects.get().state == "rejected"
    assert "niet nodig" in read(analyst, made)


@pytest.mark.parametrize("state", ["", "?state=draft", "?state=rejected", "?state=%00", "?state=nonsense"])
def test_the_list_shows_them_by_state(analyst, made, state):  # noqa: ARG001  it is there
    assert ("Ernstig lek in Log4j" in read(analyst, f"/desk/broadcasts/{state}")) is (state != "?state=rejected")


@pytest.mark.parametrize("update", ["x", "99", "1" * 40, "-1", "²"])
def test_an_update_of_nothing_is_no_error_of_ours(analyst, update):
    assert analyst.get(f"/desk/broadcasts/new/?update={update}").status_code in {200, 404}
