from datetime import timedelta
from itertools import count

import pytest
from cast import BAKERY, BROKER, CLUB, COLLEAGUE, NOW, WATERWORKS, Company, organisation, person
from deliveries import YESTERDAY, cve, deliver, events, own_products, records, seen, source

from misthoorn.constituency.models import Contact, Organisation
from misthoorn.constituency.services import mark_bounced, refuse_subject
from misthoorn.notification import services as notification
from misthoorn.notification.models import Message, Notice
from misthoorn.triage import queries
from misthoorn.triage.models import Campaign, Decision, Finding
from misthoorn.triage.services import Scope, approve_campaign, release_campaign, suppress

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def campaign():
    return Campaign.objects.get()


def approve(pk, by):
    return approve_campaign(campaign=pk, person=by, seen_reach=99, now=NOW)


@pytest.fixture
def approved(proposed, analyst):
    approve(proposed, analyst)
    return proposed


def release(pk, *, at=NOW):
    numbers = count(1)
    return release_campaign(campaign=pk, now=at, randbelow=lambda below: next(numbers) * 7919 % below)


def outcomes():
    rows = Decision.objects.order_by("finding__organisation", "finding")
    return list(rows.values_list("finding__observed", "outcome"))


def test_a_release_makes_one_notice_and_one_message_for_each_organisation(approved):
    created = release(approved)

    assert (created.messages, created.withheld) == (2, 0)
    assert {(one.organisation.name, one.state) for one in Notice.objects.all()} == {
        ("Bakkerij De Korenaar", "queued"),
        ("Harbour Brokers", "queued"),
    }
    assert sorted(Message.objects.values_list("address", "language")) == [
        ("beheer@korenaar.example", "nl"),
        ("it@harbour.example", "en"),
    ]
    assert campaign().released_at == NOW


def test_a_warning_names_every_host_of_the_organisation_and_no_other(approved):
    release(approved)

    body = Message.objects.get(address="beheer@korenaar.example").body
    assert "192.0.2.1" in body
    assert "192.0.2.2" in body
    assert "198.51.100" not in body


def test_a_warning_says_in_which_network_of_the_reader_the_hosts_lie(approved):
    release(approved)

    dutch, english = (
        " ".join(Message.objects.get(address=address).body.split())
        for address in ("beheer@korenaar.example", "it@harbour.example")
    )
    assert "WAAROM U DIT KRIJGT 2 adressen liggen in het netwerk 192.0.2.0/28, zoals 192.0.2.1." in dutch
    assert "WHY YOU GET THIS 198.51.100.1 lies in the network 198.51.100.0/24." in english


def test_a_warning_about_an_advisory_says_why_it_concerns_each_product_of_the_reader(make_bakery, analyst, settings):
    settings.REACH_LIMIT = 100
    make_bakery()
    own_products(BAKERY, "pkg:maven/org.example/other@1.0", "Apache Log4j 2.3")
    source("cve", form="cve5", tlp="CLEAR")
    deliver(records(cve()), source="cve")
    approve(campaign().pk, analyst)
    release(campaign().pk)

    record = "valt onder CVE-2021-44228: versies vanaf 2.0 en lager dan 2.15.0, volgens het CVE-record van 01-01-2022."
    said = " ".join(Message.objects.get().body.split()).partition("WAAROM U DIT KRIJGT ")[2]
    assert said.startswith(
        f'- Apache Log4j 2.14.1 {record} - Apache Log4j 2.3 {record} Wij vonden het op de naam: "apache log4j". '
        "CVE-2021-44228 is het nummer van dit lek. HOE ERG IS HET"
    )


def test_a_decision_holds_the_verdicts_of_all_gates_with_the_version_of_the_rule(approved):
    release(approved)

    one = Decision.objects.filter(finding__observed="192.0.2.1").get()
    assert (one.outcome, one.decided_at) == ("warn", NOW)
    gates = {gate: (passed, reason, rule) for gate, passed, reason, rule in one.gates}
    assert list(gates) == [
        *("routing", "most specific", "still true", "suppression", "origin"),
        *("fresh", "own wish", "tlp", "contact"),
    ]
    assert gates["routing"] == (True, "", "routing cbw: general (Wbdwb)")
    assert gates["tlp"][2] == "TLP 2.0, matrix-1: GREEN"
    assert queries.verdicts(one.finding_id) == [(approved, "warn", one.gates)]


def test_releasing_twice_makes_nothing_twice(approved):
    release(approved)
    before = [list(model.objects.order_by("pk").values()) for model in (Notice, Message, Decision)]

    again = release(approved, at=NOW + DAY)

    assert (again.messages, again.withheld) == (0, 0)
    assert [list(model.objects.order_by("pk").values()) for model in (Notice, Message, Decision)] == before


def test_a_release_that_died_halfway_goes_on_and_what_was_told_stands(approved, monkeypatch):
    real = notification.create_notices

    def dies(*, plans, **options):
        real(plans=[next(iter(plans))], **options)
        raise RuntimeError("the power went")

    monkeypatch.setattr(notification, "create_notices", dies)
    with pytest.raises(RuntimeError):
        release(approved)
    assert (Notice.objects.count(), campaign().released_at) == (1, None)
    monkeypatch.setattr(notification, "create_notices", real)
    for contact in Contact.objects.all():
        mark_bounced(contact=contact.pk, at=NOW)
    release(approved, at=NOW + DAY)

    assert sorted(Notice.objects.values_list("organisation__name", "state", "withheld_because")) == [
        ("Bakkerij De Korenaar", "queued", ""),
        ("Harbour Brokers", "withheld", "no-contact"),
    ]
    assert outcomes() == [("192.0.2.1", "warn"), ("192.0.2.2", "warn"), ("198.51.100.1", "no-contact")]


GATES = {
    "other-team": lambda: Organisation.objects.update(kind="vital"),
    "person-decides": lambda: Organisation.objects.update(kind="unknown"),
    "refused-subject": lambda: [refuse_subject(organisation=one.pk, subject="open-rdp", at=NOW) for one in everybody()],
    "no-contact": lambda: Contact.objects.update(stopped_at=NOW),
    "no-longer-seen": lambda: Finding.objects.update(state="gone"),
    "suppressed": lambda: silence("open-rdp"),
    "unlawful-origin": lambda: Finding.objects.update(rsit="information-content-security/data-leak"),
    "stale": lambda: Finding.objects.update(last_seen=NOW - 15 * DAY),
    "tlp": lambda: Finding.objects.update(tlp="RED"),
    "more-specific-holder": lambda: Finding.objects.update(most_specific=False),
}


def silence(subject):
    scope = Scope(subject=subject)
    return suppress(scope=scope, reason="a test", person=person(COLLEAGUE, second_factor=False), until=None, now=NOW)


def everybody():
    return Organisation.objects.all()


@pytest.mark.parametrize("reason", GATES)
def test_what_a_gate_keeps_back_is_a_notice_that_is_withheld_for_that_reason(approved, reason):
    GATES[reason]()

    created = release(approved)

    assert (created.messages, created.withheld) == (0, 2)
    assert set(Notice.objects.values_list("state", "withheld_because")) == {("withheld", reason)}
    assert {outcome for _, outcome in outcomes()} == {reason}
    assert not Message.objects.exists()


def test_every_reason_that_an_organisation_can_be_left_out_for_is_tried_above():
    from misthoorn.triage.campaigns.gates import OUTCOMES, WARN  # noqa: PLC0415  only here

    assert set(GATES) == set(OUTCOMES) - {WARN}


def test_an_asset_that_was_not_theirs_when_it_was_seen_is_not_told(approved):
    from misthoorn.constituency.models import Asset  # noqa: PLC0415  as an import after the fact would

    findings = list(Finding.objects.values_list("pk", flat=True))
    assert queries.still_true(findings=findings)
    Asset.objects.update(valid_to=YESTERDAY)

    release(approved)

    assert {outcome for _, outcome in outcomes()} == {"no-longer-seen"}
    assert not queries.still_true(findings=findings)


def test_of_several_hosts_only_those_that_pass_are_told(approved):
    Finding.objects.filter(observed="192.0.2.2").update(state="gone")
    release(approved)

    assert "192.0.2.2" not in Message.objects.get(address="beheer@korenaar.example").body
    assert dict(outcomes())["192.0.2.2"] == "no-longer-seen"


def test_the_customer_is_warned_and_its_provider_is_not(make_bakery, analyst):
    make_bakery()
    organisation(Company("10", "Provider", "general", (("network", "192.0.2.0/24", ""),), "noc@provider.example"))
    source()
    deliver(events(seen("192.0.2.1"), seen("192.0.2.200")))
    approve(campaign().pk, analyst)
    release(campaign().pk)

    assert sorted(outcomes()) == [("192.0.2.1", "more-specific-holder"), ("192.0.2.1", "warn"), ("192.0.2.200", "warn")]
    assert "192.0.2.1 " not in Message.objects.get(address="noc@provider.example").body.replace("\n", " ")


def test_what_is_under_a_strict_label_goes_only_to_whom_that_label_allows_with_all_the_rest(make_bakery, analyst):
    bakery = make_bakery()
    Contact.objects.update(role="it_provider")
    Contact.objects.create(
        organisation_id=bakery, role="owner", address="baas@korenaar.example", provenance="x", created_at=NOW
    )
    source(tlp="GREEN")
    source("strict", tlp="AMBER+STRICT")
    deliver(events(seen("192.0.2.1")))
    deliver(events(seen("192.0.2.2")), source="strict")
    approve(campaign().pk, analyst)
    release(campaign().pk)

    assert Message.objects.get().address == "baas@korenaar.example"
    assert Notice.objects.get().tlp == "AMBER+STRICT"


# --- looking ---


def test_the_funnel_says_before_the_release_what_it_says_after_it(make_bakery, analyst):
    make_bakery()
    for company in (BROKER, WATERWORKS, CLUB):
        organisation(company)
    Contact.objects.filter(organisation__name=BROKER.name).update(stopped_at=NOW)
    source()
    deliver(
        events(*(seen(one) for one in ("192.0.2.1", "198.51.100.1", "203.0.113.1", "203.0.113.129", "203.0.113.2")))
    )
    pk = campaign().pk

    before = queries.funnel(pk, now=NOW)
    by_outcome = queries.organisations_by_outcome(pk, now=NOW)
    assert (before.findings, before.organisations, before.reached) == (5, 4, 1)
    assert before.left_out == {"no-contact": 1, "other-team": 1, "person-decides": 1}
    assert sorted(by_outcome.values()) == ["no-contact", "other-team", "person-decides", "warn"]

    approve(pk, analyst)
    release(pk)
    assert queries.funnel(pk, now=NOW + 100 * DAY) == before
    assert queries.organisations_by_outcome(pk, now=NOW + 100 * DAY) == by_outcome


def test_a_preview_is_the_mail_that_would_go_out_in_either_language(proposed):
    bakery, broker = Organisation.objects.order_by("pk")

    dutch = queries.preview(proposed, language="nl", now=NOW, organisation=bakery.pk)
    english = queries.preview(proposed, language="en", now=NOW, organisation=bakery.pk)
    assert "192.0.2.2" in dutch.body
    assert dutch.body != english.body
    assert "198.51.100.1" in queries.preview(proposed, language="en", now=NOW, organisation=broker.pk).body
    assert queries.preview(proposed, language="nl", now=NOW).body == dutch.body
    assert not Notice.objects.exists()


def test_without_anybody_to_warn_there_is_no_preview(proposed):
    Contact.objects.update(stopped_at=NOW)

    assert queries.preview(proposed, language="nl", now=NOW) is None
    assert queries.funnel(proposed, now=NOW).reached == 0


def test_campaigns_are_listed_by_state_newest_first_in_a_few_statements(make_bakery, django_assert_max_num_queries):
    make_bakery()
    source()
    for n in range(5):
        deliver(events(seen(what=f"open-{n}")), at=NOW + n * timedelta(minutes=1))

    with django_assert_max_num_queries(4):
        shown = queries.campaigns(state="proposed")
    assert [one.subject for one in shown] == [f"open-{n}" for n in (4, 3, 2, 1, 0)]
    assert queries.campaigns(state="held") == []
    assert queries.campaign(0) is None
    nothing = dict.fromkeys(["waiting", "held", "approved", "stopped", "rejected"], 0)
    assert queries.campaigns_by_state() == {"proposed": 5} | nothing


def test_a_released_campaign_of_many_organisations_takes_a_few_statements_for_each_piece(
    proposed, analyst, django_assert_max_num_queries
):
    for n in range(30):
        organisation(
            Company(f"2{n:02}", f"Firma {n}", "general", (("network", f"198.18.0.{n}/32", ""),), "a@b.example")
        )
    deliver(events(*(seen(f"198.18.0.{n}") for n in range(30))))
    Campaign.objects.update(reach_limit=100)
    approve(proposed, analyst)

    with django_assert_max_num_queries(40):
        assert release_campaign(campaign=proposed, now=NOW).messages == 32
