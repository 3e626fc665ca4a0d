from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest

from misthoorn.common.tlp import MATRIX, Tlp
from misthoorn.constituency.facts import ContactFacts
from misthoorn.constituency.routing.decision import shipped_rules
from misthoorn.constituency.vocabulary import CHANNELS, CONTACT_ROLES
from misthoorn.formats.values.rsit import CLASS_OF, TYPES
from misthoorn.triage.campaigns.gate_remedies import LIFTS, lift
from misthoorn.triage.campaigns.gates import (
    GATES,
    OUTCOMES,
    TAKEN,
    WARN,
    Candidate,
    Policy,
    asks_for_origin,
    audience_of,
    rule_on,
)

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
POLICY = Policy(team="general", fresh=timedelta(days=14), rules=shipped_rules())


def contact(role, pk=1):
    return ContactFacts(
        id=pk,
        organisation=7,
        role=role,
        channel="mail",
        address=f"{role}@korenaar.example",
        language="nl",
        provenance="import",
        confidence=50,
        confirmed=True,
    )


GOOD = Candidate(
    finding=1,
    organisation=7,
    organisation_kind="general",
    subject="open-rdp",
    open=True,
    most_specific=True,
    last_seen=NOW - timedelta(days=1),
    tlp=Tlp.GREEN,
    contacts=[contact("security")],
    refused_subject=False,
)

# What makes each gate say no, in the order in which they name the outcome.
AGAINST = [
    ("routing", "other-team", {"organisation_kind": "vital"}),
    ("most specific", "more-specific-holder", {"most_specific": False}),
    ("still true", "no-longer-seen", {"open": False}),
    ("suppression", "suppressed", {"suppression": "S-00012 until 2027-11-24"}),
    ("origin", "unlawful-origin", {"origin": ""}),
    ("fresh", "stale", {"last_seen": NOW - timedelta(days=15)}),
    ("own wish", "refused-subject", {"refused_subject": True}),
    ("tlp", "tlp", {"tlp": Tlp.RED}),
    ("contact", "no-contact", {"contacts": []}),
]


def ruling(**changes):
    return rule_on(replace(GOOD, **changes), policy=POLICY, now=NOW)


def test_the_owner_of_a_network_is_told_beside_a_nearer_holder_and_the_verdict_says_so():
    told = ruling(network_owner=True, most_specific=False, contacts=[contact("abuse")])

    assert told.outcome == WARN
    assert [one.rule for one in told.verdicts if one.gate == "most specific"] == [
        f"{GATES}: network owner, beside a nearer holder"
    ]


@pytest.mark.parametrize("label", Tlp)
def test_what_must_stay_with_one_organisation_is_in_no_list_for_the_owner_of_a_network(label):
    people, machine = [contact("security"), contact("abuse", 2)], replace(contact("security", 3), channel="feed")
    told = ruling(network_owner=True, tlp=label, contacts=people, machines=[machine])

    allowed = label in {Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER}
    assert told.outcome == (WARN if allowed else "tlp")
    assert told.beside == ((machine,) if allowed else ())


def test_who_passes_every_gate_is_warned_through_the_first_contact():
    one = ruling(contacts=[contact("security", 1), contact("owner", 2)])

    assert (one.outcome, one.team, one.contact.id) == (WARN, "general", 1)
    assert all(verdict.passed and not verdict.reason for verdict in one.verdicts)


@pytest.mark.parametrize(("gate", "outcome", "changes"), AGAINST)
def test_each_gate_says_no_for_its_own_reason_and_nobody_is_told(gate, outcome, changes):
    one = ruling(**changes)

    assert (one.outcome, one.contact) == (outcome, None)
    assert [(verdict.gate, verdict.reason) for verdict in one.verdicts if not verdict.passed] == [(gate, outcome)]


@pytest.mark.parametrize(("first", "second"), list(combinations(AGAINST, 2)))
def test_of_two_gates_that_say_no_the_first_names_the_outcome_and_both_are_told(first, second):
    one = ruling(**(second[2] | first[2]))

    assert one.outcome == first[1]
    assert {verdict.gate for verdict in one.verdicts if not verdict.passed} >= {first[0], second[0]} - {"contact"}


def test_all_gates_give_a_verdict_with_the_rule_it_came_from():
    for changes in ({}, {"organisation_kind": "vital", "open": False}):
        one = ruling(**changes)
        assert [verdict.gate for verdict in one.verdicts] == [gate for gate, _, _ in AGAINST]
        assert all(verdict.rule for verdict in one.verdicts)
        assert one.verdicts[0].rule.startswith("routing cbw: ")
        assert one.verdicts[1].rule == GATES


def test_every_outcome_is_one_of_those_that_the_site_has_words_for():
    assert {outcome for _, outcome, _ in AGAINST} | {WARN, "person-decides"} == set(OUTCOMES)


def test_every_outcome_that_keeps_a_warning_back_says_in_both_languages_who_can_change_it():
    assert set(LIFTS) == set(OUTCOMES) - {WARN}
    for outcome in LIFTS:
        assert len({lift(outcome, language="nl"), lift(outcome, language="en"), ""}) == 3
    assert lift(WARN, language="nl") == ""


def test_what_was_taken_from_somebody_is_told_where_its_origin_is_stated_and_the_verdict_says_by_whom():
    told, kept = ruling(origin="source 3"), ruling(origin="")

    rules = [[one.rule for one in each.verdicts if one.gate == "origin"] for each in (told, kept)]
    assert (told.outcome, kept.outcome) == (WARN, "unlawful-origin")
    assert rules == [[f"{GATES}: source 3"], [f"{GATES}: origin not stated"]]


@pytest.mark.parametrize(
    ("rsit", "asked"),
    [
        ("information-content-security/data-leak", True),
        ("intrusions/privileged-account-compromise", True),
        ("intrusions/unprivileged-account-compromise", True),
        ("information-content-security/unauthorised-information-access", True),
        ("intrusions/system-compromise", False),
        ("vulnerable/vulnerable-system", False),
        ("", False),
    ],
)
def test_only_of_what_was_taken_from_somebody_the_origin_is_asked(rsit, asked):
    assert asks_for_origin(rsit) is asked
    assert {CLASS_OF[one] for one in TAKEN} <= set(TYPES)


def test_a_member_of_another_organisation_with_our_task_was_theirs_to_warn_until_the_law_of_2026():
    def on(day, oktt):
        return rule_on(replace(GOOD, oktt=oktt), policy=POLICY, now=datetime(2026, 8, day, 12, tzinfo=UTC))

    assert on(14, "FERM").team == "ferm"
    assert (on(14, "FERM").outcome, on(14, "Ferm Dordrecht").outcome) == ("other-team", "person-decides")
    assert (on(15, "FERM").outcome, on(15, "Ferm Dordrecht").outcome) == (WARN, WARN)


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("role", CONTACT_ROLES)
@pytest.mark.parametrize("owner", [False, True])
def test_an_attempt_to_reach_somebody_under_red_by_any_path_ends_withheld_with_the_reason(channel, role, owner):
    one = replace(contact(role), channel=channel)
    kept = ruling(tlp=Tlp.RED, contacts=[one], machines=[one], network_owner=owner)

    assert (kept.outcome, kept.contact, kept.beside) == ("tlp", None, ())
    assert [verdict.rule.partition(" not to ")[0] for verdict in kept.verdicts if verdict.gate == "tlp"] == [
        f"{MATRIX}: RED"
    ]


def test_an_organisation_of_unknown_kind_waits_for_a_person():
    one = ruling(organisation_kind="unknown")

    assert (one.outcome, one.team) == ("person-decides", None)


def test_another_team_sees_its_own_organisations_pass():
    theirs = replace(POLICY, team="national")

    assert rule_on(replace(GOOD, organisation_kind="vital"), policy=theirs, now=NOW).outcome == WARN
    assert rule_on(GOOD, policy=theirs, now=NOW).outcome == "other-team"


@pytest.mark.parametrize(("ago", "outcome"), [(POLICY.fresh, WARN), (POLICY.fresh + timedelta(seconds=1), "stale")])
def test_what_was_seen_up_to_the_limit_is_fresh_and_after_it_stale(ago, outcome):
    assert ruling(last_seen=NOW - ago).outcome == outcome


@pytest.mark.parametrize("role", ["security", "owner", "general", "it_provider", "abuse"])
@pytest.mark.parametrize("label", list(Tlp))
def test_a_label_lets_through_whom_it_allows_and_nobody_else(label, role):
    outside = role in {"it_provider", "abuse"}
    allowed = label in {Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER} or (label is Tlp.AMBER_STRICT and not outside)

    assert (audience_of(role) == "client") is outside
    assert ruling(tlp=label, contacts=[contact(role)]).outcome == (WARN if allowed else "tlp")


def test_a_contact_that_the_label_does_not_allow_is_passed_over_for_the_next():
    ladder = [contact("it_provider", 1), contact("owner", 2)]

    assert ruling(tlp=Tlp.AMBER, contacts=ladder).contact.id == 1
    assert ruling(tlp=Tlp.AMBER_STRICT, contacts=ladder).contact.id == 2


def test_red_leaves_by_no_channel_even_when_nobody_could_be_told():
    assert ruling(tlp=Tlp.RED, contacts=[]).outcome == "tlp"


def test_without_any_contact_the_label_has_nothing_to_say():
    assert ruling(tlp=Tlp.AMBER_STRICT, contacts=[]).outcome == "no-contact"
