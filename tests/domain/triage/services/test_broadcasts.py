"""Messages to many: who gets one, who decides, and that nobody is told twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import cast
import pytest
from to_many import DRAFT, PARTNERS, approve, draft, send, told, write

from misthoorn.constituency import queries as constituency
from misthoorn.constituency.contacts.register import Terms, grant_mandate
from misthoorn.constituency.models import Contact, Organisation, Refusal
from misthoorn.constituency.organisations import audiences
from misthoorn.constituency.routing.decision import shipped_oktts
from misthoorn.notification.models import Message, Notice
from misthoorn.triage import broadcasts as broadcasting
from misthoorn.triage import services
from misthoorn.triage.models import Broadcast
from misthoorn.triage.services import broadcasts

pytestmark = pytest.mark.django_db


def test_it_reaches_those_that_are_ours_and_says_of_the_others_why_not(country):
    Contact.objects.filter(organisation=country[1]).update(bounced_at=cast.NOW)

    reach = broadcasting.broadcast_reach(draft(), now=cast.NOW)

    assert (reach.meant, reach.reached) == (4, 1)
    assert reach.left_out == {"other-team": 1, "person-decides": 1, "no-contact": 1}


def test_sector_size_and_province_narrow_it_and_who_is_not_registered_is_not_meant(country):
    def reached(**audience):
        return broadcasting.broadcast_reach(draft(replace(DRAFT, **audience)), now=cast.NOW).reached

    assert reached() == 2
    assert reached(sectors=("transport",)) == 1
    assert reached(sectors=("transport", "trade"), provinces=("Utrecht",)) == 2
    assert reached(provinces=("Drenthe",)) == 0
    assert reached(sizes=("250+",)) == 0
    Organisation.objects.filter(pk=country[0]).update(registered=False)
    assert reached() == 1


def test_partners_are_told_whether_registered_or_not_and_nobody_else(country):
    Organisation.objects.filter(pk=country[0]).update(partner=True, registered=False)

    send(draft(PARTNERS))

    assert told() == [
        (cast.BAKERY.register_number, "partner:B-00001".replace("00001", f"{Broadcast.objects.get().pk:05d}"))
    ]
    assert Message.objects.get().state == "queued"


@pytest.mark.usefixtures("country")
def test_each_is_told_in_its_language_with_a_number_and_code_of_its_own():
    send(draft())

    dutch, english = Message.objects.select_related("notice").order_by("notice__organisation")
    assert "Ernstig lek" in dutch.subject_line
    assert "WAT U NU DOET" in dutch.body
    assert "Serious flaw" in english.subject_line
    assert Broadcast.objects.get().reference in dutch.body + dutch.subject_line
    assert dutch.notice.number != english.notice.number
    assert (dutch.notice.kind, dutch.notice.subject) == ("broadcast", "CVE-2021-44228")


@pytest.mark.parametrize("label", ["RED", "AMBER+STRICT", "AMBER"])
@pytest.mark.parametrize("kind", ["partner", "target_group"])
def test_a_strict_label_never_goes_to_many(kind, label):
    with pytest.raises(services.BroadcastError, match="may not go to many"):
        draft(replace(DRAFT, kind=kind, tlp=label))


@pytest.mark.parametrize("label", ["CLEAR", "GREEN", "TLP:WHITE"])
def test_a_free_label_may(label):
    assert draft(replace(DRAFT, tlp=label))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title_en": " \n "}, "the en one is missing"),
        ({"text_nl": ""}, "the nl one is missing"),
        ({"title_nl": "x" * 101}, "Make it shorter"),
        ({"text_en": "x" * 20_001}, "Make it shorter"),
        ({"severity": "grave"}, "no severity"),
        ({"kind": "everybody"}, "no kind of message"),
        ({"tlp": "PURPLE"}, "not a TLP label"),
        ({"sectors": ("space",)}, "none of the sectors"),
    ],
)
def test_a_draft_that_can_not_be_used_is_refused_with_what_to_do(wrong, said):
    with pytest.raises(services.BroadcastError, match=said):
        draft(replace(DRAFT, **wrong))
    assert not Broadcast.objects.exists()


def test_hostile_signs_do_not_get_into_it():
    row = Broadcast.objects.get(
        pk=draft(replace(DRAFT, title_nl="A\x00B\u202eC\nD", text_nl="x\x00\x1b[31my\r\nz\ttab"))
    )

    assert (row.title_nl, row.text_nl) == ("A B C D", "x[31my\nz tab")


@pytest.mark.usefixtures("country")
def test_above_the_reach_limit_it_needs_two_different_people(settings):
    settings.REACH_LIMIT = 1
    broadcast = draft()

    assert approve(broadcast).state == "waiting"
    write()
    assert told() == []
    with pytest.raises(services.BroadcastError, match="needs a second person"):
        approve(broadcast)
    assert approve(broadcast, cast.COLLEAGUE).state == "approved"
    write()
    assert len(told()) == 2


@pytest.mark.usefixtures("country")
def test_who_saw_fewer_than_it_reaches_looks_again():
    with pytest.raises(services.BroadcastError, match="reaches 2 organisations and not 1"):
        approve(draft(), seen=1)


@pytest.mark.usefixtures("country")
def test_a_changed_draft_loses_its_yes(settings):
    settings.REACH_LIMIT = 1
    broadcast = draft()
    approve(broadcast)
    later = cast.NOW + timedelta(minutes=1)
    other = cast.person(cast.COLLEAGUE)
    services.change_broadcast(replace(DRAFT, title_nl="Anders"), broadcast=broadcast, person=other, now=later)

    assert approve(broadcast, cast.COLLEAGUE).state == "waiting"


@pytest.mark.usefixtures("country")
def test_writing_it_again_tells_nobody_twice(monkeypatch):
    monkeypatch.setattr(broadcasts, "PIECE", 1)
    broadcast = draft()
    send(broadcast)
    Broadcast.objects.update(cursor=0, released_at=None)
    write()

    assert len(told()) == 2
    assert Broadcast.objects.get().released_at == cast.NOW


def test_a_piece_that_another_worker_wrote_is_not_written_again(country, monkeypatch):
    broadcast = draft()
    approve(broadcast)
    stale = Broadcast.objects.get()
    Broadcast.objects.update(cursor=country[-1])
    monkeypatch.setattr(broadcasts, "_to_write", lambda: _Only(stale))

    assert services.write_broadcast_piece(now=cast.NOW)
    assert told() == []


class _Only:
    """One row, as somebody read it before it changed."""

    def __init__(self, row):
        self._row = row

    def order_by(self, *_fields):
        return self

    def first(self):
        return self._row


@pytest.mark.usefixtures("country")
def test_a_rejected_one_is_not_sent():
    broadcast = draft()
    services.reject_broadcast(broadcast=broadcast, person=cast.person(cast.COLLEAGUE), note="niet nu", now=cast.NOW)

    with pytest.raises(services.BroadcastError, match="decided already"):
        approve(broadcast)


@pytest.mark.usefixtures("country")
def test_an_update_goes_to_who_got_the_first_and_to_who_matches_now():
    first = draft(replace(DRAFT, sectors=("trade",)))
    send(first)
    update = draft(replace(DRAFT, sectors=("transport",), title_nl="Werk bij naar 2.16.0"), update_of=first)

    reach = broadcasting.broadcast_reach(update, now=cast.NOW)
    send(update)

    line = Broadcast.objects.get(pk=first).reference
    bakery, broker = cast.BAKERY.register_number, cast.BROKER.register_number
    assert (reach.reached, reach.earlier) == (2, 1)
    assert told() == [
        (bakery, f"target_group:{line}"),
        (bakery, f"target_group:{line}/1"),
        (broker, f"target_group:{line}/1"),
    ]
    assert "update 1" in Message.objects.last().body + Message.objects.first().body
    assert [one.update for one in broadcasting.line_of(update)] == [0, 1]


@pytest.mark.usefixtures("country")
def test_a_second_update_of_the_second_message_stands_in_the_same_line():
    first = draft()
    send(first)
    send(draft(update_of=first))
    second = draft(update_of=draft_id(update=1))

    assert (Broadcast.objects.get(pk=second).first_id, Broadcast.objects.get(pk=second).update_number) == (first, 2)


def draft_id(*, update):
    return Broadcast.objects.get(update_number=update).pk


@pytest.mark.usefixtures("country")
def test_only_one_update_is_written_at_a_time_and_only_of_what_was_sent():
    first = draft()
    with pytest.raises(services.BroadcastError, match="was not sent"):
        draft(update_of=first)
    send(first)
    update = draft(update_of=first)
    with pytest.raises(services.BroadcastError, match="being written already"):
        draft(update_of=first)
    services.reject_broadcast(broadcast=update, person=cast.person(cast.COLLEAGUE), note="nee", now=cast.NOW)
    assert Broadcast.objects.get(pk=draft(update_of=first)).update_number == 1


@pytest.mark.usefixtures("country")
def test_an_update_is_of_the_same_kind():
    first = draft()
    send(first)

    with pytest.raises(services.BroadcastError, match="so is its update"):
        draft(PARTNERS, update_of=first)


def test_who_wants_none_of_these_gets_none_and_is_counted(country):
    Refusal.objects.create(organisation_id=country[0], subject="broadcast:target_group", since=cast.NOW)
    broadcast = draft()

    assert broadcasting.broadcast_reach(broadcast, now=cast.NOW).left_out["refused-subject"] == 1
    send(broadcast)
    assert [number for number, _ in told()] == [cast.BROKER.register_number]


def test_a_team_is_never_meant(country):
    Organisation.objects.filter(pk=country[0]).update(kind="team")

    assert broadcasting.broadcast_reach(draft(), now=cast.NOW).meant == 3


def test_an_address_that_answers_for_a_part_hears_of_nothing_general(country):
    Contact.objects.filter(organisation=country[0]).update(place="192.0.2.0/28")

    assert broadcasting.broadcast_reach(draft(), now=cast.NOW).left_out["no-contact"] == 1


def test_a_provider_with_a_mandate_hears_of_it_and_a_named_one_does_not(country):
    bakery, provider = country[:2]
    Contact.objects.filter(organisation=bakery).update(role="it_provider")
    broadcast = draft()
    assert broadcasting.broadcast_reach(broadcast, now=cast.NOW).reached == 1

    terms = Terms(granted_by="de bakker", valid_from=cast.NOW)
    grant_mandate(client=bakery, provider=provider, terms=terms, person=None, at=cast.NOW)

    assert broadcasting.broadcast_reach(broadcast, now=cast.NOW).reached == 2
    send(broadcast)
    assert set(Message.objects.values_list("address", flat=True)) == {cast.BROKER.address}


def test_counting_in_the_database_says_what_writing_does(country):
    """Every way in which a contact may not work, counted and written."""
    hour = timedelta(hours=1)
    broken = [
        {},
        {"stopped_at": cast.NOW},
        {"bounced_at": cast.NOW},
        {"valid_to": cast.NOW},
        {"valid_to": cast.NOW + hour},
        {"channel": "telephone"},
        {"channel": "webhook"},
        {"role": "abuse"},
        {"role": "technical"},
        {"role": "general"},
        {"place": "korenaar.example"},
    ]
    bakery = country[0]
    for values in broken:
        Contact.objects.filter(organisation=bakery).delete()
        Contact.objects.create(
            organisation_id=bakery,
            **{"role": "owner", "address": "a@korenaar.example", "provenance": "x", "created_at": cast.NOW} | values,
        )
        aim = audiences.Aim(partners=False, sectors=("trade",))
        counted = audiences.count_aimed(aim, elsewhere=lambda *_: "", subject="", now=cast.NOW).reached
        chosen = audiences.general_contact(constituency.ladders([bakery], now=cast.NOW).get(bakery, ()))
        assert counted == (chosen is not None), values


@pytest.mark.usefixtures("country")
def test_a_text_that_can_not_be_made_keeps_the_notice_here_and_says_so(monkeypatch):
    from misthoorn.notification.compose import ComposeError  # noqa: PLC0415  only here

    def never(*_args):
        raise ComposeError("a word is missing")

    monkeypatch.setattr(broadcasting, "compose_kind", never)
    send(draft())

    assert set(Notice.objects.values_list("state", "withheld_because")) == {("withheld", "no_text: a word is missing")}


def test_a_member_of_an_oktt_was_told_by_that_team_until_the_law_of_2026_ended_its_task(country):
    known = next(iter(shipped_oktts().members.values())).name
    Organisation.objects.filter(pk=country[0]).update(oktt=known)
    broadcast = draft()

    before = datetime(2026, 8, 14, 12, tzinfo=UTC)
    assert broadcasting.broadcast_reach(broadcast, now=before).left_out["other-team"] == 2
    assert broadcasting.broadcast_reach(broadcast, now=cast.NOW).left_out["other-team"] == 1
