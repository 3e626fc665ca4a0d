from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.common.tlp import Audience
from misthoorn.constituency.facts import ContactFacts, MandateFacts, audience_of
from misthoorn.constituency.routing.contact_order import (
    REASONS,
    RUNGS,
    because,
    climb,
    concerning,
    is_bound,
    rung_of,
    usable,
    why_not,
)
from misthoorn.constituency.vocabulary import CONTACT_ROLES, OTHERS

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
MANDATE = MandateFacts(7, may_receive=True, valid_from=NOW - DAY)


def contact(role="owner", pk=1, *, confirmed=False, provenance="website", **more):
    return ContactFacts(
        id=pk,
        organisation=1,
        role=role,
        channel="mail",
        address=f"a{pk}@x.example",
        language="nl",
        provenance=provenance,
        confidence=more.pop("confidence", 50),
        confirmed=confirmed,
        **more,
    )


ONE_OF_EACH = [
    contact("owner", 1, confirmed=True),
    contact("it_provider", 2, mandate=MANDATE),
    contact("general", 3, provenance="registered"),
    contact("security", 4, provenance="security.txt"),
    contact("abuse", 5, provenance="ripe"),
    contact("technical", 6, provenance="soa"),
    contact("abuse", 7, provenance="registrar"),
    contact("general", 8, provenance="website"),
    contact("it_provider", 9, confirmed=True),
]


def test_the_rungs_are_taken_in_their_order_whatever_order_the_contacts_come_in():
    assert [rung_of(one) for one in ONE_OF_EACH] == list(RUNGS[:9])
    for some in permutations(ONE_OF_EACH[:5]):
        assert [one.id for one in usable(some, now=NOW)] == [1, 2, 3, 4, 5]
    assert [one.id for one in usable(ONE_OF_EACH[::-1], now=NOW)] == list(range(1, 10))


def test_every_rung_is_named_also_where_nobody_stands():
    rungs = climb([], now=NOW)

    assert [one.name for one in rungs] == list(RUNGS)
    assert {one.reason for one in rungs} == {"nobody"}


def test_one_rung_is_taken_and_those_below_it_are_in_reserve():
    reasons = [one.reason for one in climb(ONE_OF_EACH, now=NOW)]

    assert reasons == ["taken", *["reserve"] * 8, "nobody", "nobody"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"bounced_at": NOW}, "bounced"),
        ({"stopped_at": NOW}, "stopped"),
        ({"valid_to": NOW}, "lapsed"),
        ({"mandate": replace(MANDATE, revoked_at=NOW)}, "mandate-withdrawn"),
        ({"mandate": replace(MANDATE, valid_to=NOW)}, "mandate-ended"),
        ({"mandate": replace(MANDATE, valid_from=NOW + DAY)}, "mandate-not-yet"),
        ({"mandate": replace(MANDATE, may_receive=False)}, "mandate-not-to-receive"),
        ({"mandate": replace(MANDATE, valid_to=NOW + DAY), "valid_to": NOW + DAY}, ""),
    ],
)
def test_what_can_not_be_used_is_passed_over_and_shown_with_the_reason(changes, why):
    first = replace(contact("it_provider", 1, mandate=MANDATE), **changes)
    second = contact("abuse", 2, provenance="ripe")

    assert why_not(first, now=NOW) == why
    assert why in {"", *REASONS}
    assert usable([first, second], now=NOW)[0].id == (2 if why else 1)
    shown = {one.contact.id: one.reason for one in climb([first, second], now=NOW) if one.contact}
    assert shown == ({1: why, 2: "taken"} if why else {1: "taken", 2: "reserve"})


def test_the_most_specific_network_goes_first():
    wide, near = (
        contact("abuse", pk, provenance="ripe", place=place)
        for pk, place in ((1, "198.51.0.0/16"), (2, "198.51.100.0-198.51.100.9"))
    )

    assert [one.id for one in usable([wide, near], now=NOW)] == [2, 1]


def test_of_contacts_alike_the_one_goes_first_to_which_nothing_failed():
    assert [one.id for one in usable([contact(pk=1, failures=1), contact(pk=2)], now=NOW)] == [2, 1]


@pytest.mark.parametrize(
    ("place", "observed", "hostname", "hears"),
    [
        ("", "", "", True),
        ("192.0.2.0/25", "192.0.2.7", "", True),
        ("192.0.2.0/25", "192.0.2.200", "", False),
        ("192.0.2.0/25", "2001:db8::7", "", False),
        ("192.0.2.0/25", "", "", False),
        ("192.0.2.0/25", "www.x.example", "www.x.example", False),
        ("192.0.2.5-192.0.2.9", "192.0.2.9", "", True),
        ("2001:db8::/32", "2001:db8::7", "", True),
        ("x.example", "192.0.2.7", "www.x.example", True),
        ("x.example", "x.example", "", True),
        ("x.example", "", "notx.example", False),
        ("x.example", "", "x.example.evil.example", False),
        ("х.example", "", "x.example", False),  # a Cyrillic letter that looks alike
        ("x.example", "", "", False),
        ("AS64500", "192.0.2.7", "", True),
        ("AS64500", "192.0.2.0/24", "", True),
        ("AS64500", "AS64500", "", True),
        ("AS64500", "AS64501", "", False),
        ("192.0.2.0/25", "AS64500", "", False),
        ("192.0.2.0/25", "192.0.0.0/16", "", True),
        ("192.0.2.0/25", "192.0.2.128/25", "", False),
        ("AS64500", "", "", False),
        ("AS64500", "www.x.example", "www.x.example", False),
    ],
)
def test_who_answers_for_a_place_hears_of_nothing_elsewhere(place, observed, hostname, hears):
    abuse = contact("abuse", place=place)

    heard = concerning([abuse], asset=1, observed=observed, hostname=hostname)

    assert (list(heard) == [abuse]) is hears
    assert is_bound(abuse) is bool(place)


def test_a_provider_with_a_mandate_for_some_assets_hears_of_those_alone():
    provider = contact("it_provider", mandate=replace(MANDATE, assets=frozenset([3])))

    assert concerning([provider], asset=3, observed="", hostname="") == [provider]
    assert concerning([provider], asset=4, observed="", hostname="") == []
    assert is_bound(provider)
    assert not is_bound(contact("it_provider", mandate=MANDATE))


def test_the_record_says_why_this_contact():
    abuse = contact("abuse", 5, provenance="ripe", place="192.0.2.0/24", seen_at=NOW, confidence=70)
    provider = contact("it_provider", 6, mandate=MANDATE, confirmed=True, confirmed_at=NOW)

    assert because(abuse) == (
        "ladder-2: network-abuse, contact 5, for 192.0.2.0/24, from ripe, seen 2026-11-24, confidence 70"
    )
    assert because(provider) == (
        "ladder-2: provider-mandated, contact 6, mandate 7, from website, confirmed 2026-11-24, confidence 50"
    )


def test_whoever_is_not_the_organisation_is_a_client_to_tlp():
    assert {role for role in CONTACT_ROLES if audience_of(role) is Audience.CLIENT} == set(OTHERS)


@given(
    st.lists(
        st.builds(
            contact,
            st.sampled_from(CONTACT_ROLES),
            st.integers(1, 50),
            confirmed=st.booleans(),
            provenance=st.sampled_from(["registered", "security.txt", "ripe", "soa", "registrar", "website"]),
            bounced_at=st.sampled_from([None, NOW]),
            valid_to=st.sampled_from([None, NOW, NOW + DAY]),
            place=st.sampled_from(["", "192.0.2.0/24", "x.example"]),
        ),
        max_size=8,
    )
)
def test_nobody_is_lost_and_at_most_one_is_taken(contacts):
    rungs = climb(contacts, now=NOW)
    stands = [one for one in rungs if one.contact]

    assert sorted(one.contact.id for one in stands) == sorted(one.id for one in contacts)
    fit = usable(contacts, now=NOW)
    assert {one.contact.id for one in stands if one.reason == "taken"} == {one.id for one in fit[:1]}
    assert [RUNGS.index(rung_of(one)) for one in fit] == sorted(RUNGS.index(rung_of(one)) for one in fit)
    assert {one.reason for one in rungs} <= set(REASONS)
