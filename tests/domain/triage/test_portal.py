"""What the portal says of findings stays quick however many there are."""

from datetime import timedelta

import pytest
from aftermath import arrive, correct
from cast import NOW
from deliveries import seen, source
from warned import warn

from misthoorn.constituency.organisations.members import Client, Scope
from misthoorn.notification.models import Notice
from misthoorn.notification.retrieval import portal as told
from misthoorn.triage import portal
from misthoorn.triage.models import Finding

pytestmark = pytest.mark.django_db


@pytest.fixture
def warned(make_bakery, analyst):
    """The bakery, told of three hosts in one warning; its scope."""
    bakery = make_bakery()
    source()
    warn(analyst, *(seen(f"192.0.2.{host}") for host in (1, 2, 3)))
    arrive()
    return Scope(0, {bakery: "Korenaar"}, ())


def tell_again(analyst):
    """A second warning, of all of these and of one more."""
    Finding.objects.update(wants_campaign=True)
    warn(analyst, seen("192.0.2.4"), now=NOW + timedelta(hours=1))
    arrive(at=NOW + timedelta(hours=1))


def test_what_two_warnings_told_is_counted_once_and_the_newest_is_shown(warned, analyst):
    tell_again(analyst)
    Finding.objects.filter(observed="192.0.2.2").update(state="gone", closed_at=NOW)

    board = portal.board(warned, now=NOW + timedelta(hours=1))

    assert (board.findings, board.gone, board.new) == (3, 1, 2)
    assert sorted(one.open for one in board.open) == [2, 3]
    shown = portal.newest_of(warned, board.open)
    assert [one.line.id for one, _ in shown] == [one.line.id for one in board.open]
    assert sum(portal.open_by_asset(warned).values()) == 3
    assert {line.ip for _, _, line in portal.open_lines(warned)} == {"192.0.2.1", "192.0.2.3", "192.0.2.4"}
    for one, newest in shown:
        assert (newest.state, portal.count_findings(warned, one.line.id) >= one.open) == ("open", True)


def test_many_findings_take_no_more_questions(warned, analyst, django_assert_num_queries):
    with django_assert_num_queries(6):
        portal.board(warned, now=NOW)
    tell_again(analyst)
    with django_assert_num_queries(6):
        portal.board(warned, now=NOW)


def test_what_was_taken_back_is_not_open(warned, analyst, colleague):
    correct(Notice.objects.get().campaign_id, analyst, colleague)

    board = portal.board(warned, now=NOW)

    assert (board.open, board.findings, board.new, board.gone) == ((), 0, 0, 0)
    assert (portal.open_by_asset(warned), list(portal.open_lines(warned))) == ({}, [])


def test_a_provider_with_thousands_of_clients_sees_what_their_mandates_cover(warned):
    ((bakery, name),) = warned.own.items()
    asset = Finding.objects.first().asset_id
    others = tuple(
        Client(10**6 + one, "", may_reply=False, assets=(None, frozenset({10**6 + one}))[one % 2])
        for one in range(2_000)
    )

    for assets, sees in ((None, 1), (frozenset({asset}), 1), (frozenset({asset + 1}), 0)):
        scope = Scope(0, {}, (*others, Client(bakery, name, may_reply=False, assets=assets)))
        assert told.count(scope) == sees
        assert portal.board(scope, now=NOW).findings == sees * 3
