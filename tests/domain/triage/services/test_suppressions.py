"""What nobody is warned about: as narrow as it names, visible, with an author and an end, and back by itself."""

from datetime import timedelta

import pytest
from cast import BAKERY, BROKER, NOW, organisation
from deliveries import cve, deliver, events, own_products, records, seen, source
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from misthoorn.accounts.queries import audit_trail
from misthoorn.common import clock
from misthoorn.constituency.models import Asset
from misthoorn.notification.models import Notice
from misthoorn.triage import queries, suppression, work
from misthoorn.triage.models import Campaign, Decision, Finding, Suppression
from misthoorn.triage.services import (
    Scope,
    SuppressionError,
    approve_campaign,
    end_suppression,
    release_campaign,
    suppress,
    suppressions,
)
from misthoorn.triage.services.suppressions import LONGEST, USUAL, suppress_assets

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
LOG4SHELL = "CVE-2021-44228"
LOG4J = "cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:*"


@pytest.fixture
def hush(analyst):
    """Makes a suppression of this scope; its number."""

    def make(*, until=None, now=NOW, reason="checked: not reachable", **scope):
        return suppress(scope=Scope(**scope), reason=reason, person=analyst, until=until, now=now)

    return make


@pytest.fixture
def log4j(make_bakery):
    """A finding of Log4j 2.14.1 at the bakery; the asset's number."""
    make_bakery()
    source("cve", form="cve5")
    deliver(records(cve()), source="cve")
    return Asset.objects.get(kind="product").pk


def quiet(now=NOW):
    """The findings that are silenced, by what was seen where."""
    found = suppression.silenced(list(Finding.objects.values_list("pk", flat=True)), now=now)
    return sorted(Finding.objects.filter(pk__in=found).values_list("observed", flat=True))


def approve_and_release(pk, by, *, at=NOW):
    approve_campaign(campaign=pk, person=by, seen_reach=99, now=at)
    return release_campaign(campaign=pk, now=at)


# --- as narrow as it names ---


def test_a_product_in_words_is_what_is_registered_by_these_words(log4j, hush):
    organisation(BROKER)
    own_products(BROKER, "Apache Log4j 2.14.0", "Log4j 2.14.0", "apache:log4j 2.14.1")
    assert Finding.objects.count() == 4

    assert hush(product="apache log4j").silences == 1
    assert hush(product="Apache Log4j", versions="2.14.0", subject=LOG4SHELL).silences == 1
    assert hush(product="Apache Log4j 2.14.1").silences == 0
    assert hush(product="log4j").silences == 1
    assert not suppression.silenced([Finding.objects.get(asset=log4j).pk], now=NOW)


def test_an_organisation_a_subject_and_both_are_silenced_and_nothing_else(proposed, hush):  # noqa: ARG001  the findings
    deliver(events(seen("192.0.2.1", what="open-vnc")))
    bakery = Asset.objects.get(value="192.0.2.0/28").organisation_id

    assert hush(organisation=bakery, subject="open-rdp").silences == 2
    assert quiet() == ["192.0.2.1", "192.0.2.2"]
    assert hush(organisation=bakery).silences == 3
    assert hush(subject="open-vnc").silences == 1
    assert hush(subject="open-smtp").silences == 0
    assert "198.51.100.1" not in quiet()


def test_an_asset_is_silenced_for_its_owner_and_one_asset_alone(proposed, hush):  # noqa: ARG001  the findings
    asset = Asset.objects.get(value="198.51.100.0/24")

    made = hush(asset=asset.pk)

    assert (made.silences, quiet()) == (1, ["198.51.100.1"])
    assert Suppression.objects.get(pk=made.suppression).organisation_id == asset.organisation_id


@pytest.mark.parametrize(
    ("scope", "silences"),
    [
        ({"product": LOG4J}, 1),
        ({"product": "cpe:/a:apache:log4j"}, 1),
        ({"product": "apache:log4j"}, 1),
        ({"product": LOG4J, "versions": "2.14.1"}, 1),
        ({"product": LOG4J, "versions": ">= 2.14, < 2.15"}, 1),
        ({"product": LOG4J, "versions": "2.14.1 and 2.16.0"}, 1),
        ({"product": LOG4J, "versions": ">= 2.15"}, 0),
        ({"product": "cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:*:*:*"}, 1),
        ({"product": "cpe:2.3:a:apache:log4j:2.14.0:*:*:*:*:*:*:*"}, 0),
        ({"product": "cpe:2.3:a:apache:log4j:*:*:*:*:*:android:*:*"}, 0),
        ({"product": "cpe:2.3:a:apache:log4net"}, 0),
        ({"product": "pkg:maven/org.apache.logging.log4j/log4j-core"}, 0),
        ({"product": LOG4J, "subject": LOG4SHELL}, 1),
        ({"product": LOG4J, "subject": "CVE-2024-0001"}, 0),
    ],
)
def test_a_product_is_silenced_in_the_versions_that_are_named(log4j, hush, scope, silences):  # noqa: ARG001  the finding
    assert hush(**scope).silences == silences


def test_a_version_that_is_not_known_is_silenced_only_by_what_names_all_versions(log4j, hush):
    from misthoorn.constituency.models import AssetKey  # noqa: PLC0415  as an asset without a version has them

    AssetKey.objects.filter(asset=log4j).update(lo=b"", hi=b"\xff")

    assert hush(product=LOG4J, versions=">= 1").silences == 0
    assert hush(product=LOG4J).silences == 1


def test_a_package_of_one_distribution_is_silenced_there_only(make_bakery, hush):
    make_bakery()
    own_products(BAKERY, "pkg:deb/debian/openssl@1.0?distro=bookworm", "pkg:deb/debian/openssl@1.0?distro=bullseye")
    for asset in Asset.objects.filter(value__startswith="pkg:deb"):
        finding(asset)

    assert hush(product="pkg:deb/debian/openssl?distro=bookworm").silences == 1
    assert hush(product="pkg:deb/debian/openssl@1.0?distro=bookworm").silences == 1
    assert hush(product="pkg:deb/debian/openssl").silences == 2


def finding(asset):
    return Finding.objects.create(
        organisation_id=asset.organisation_id,
        asset=asset,
        source_id=_source(),
        subject_kind="advisory",
        subject="CVE-2024-0002",
        severity="high",
        certainty="exact",
        tlp="GREEN",
        rule="match-1",
        first_seen=NOW,
        last_seen=NOW,
    )


def _source():
    from misthoorn.intake.models import Source  # noqa: PLC0415  only here

    return Source.objects.get(slug=source("cve", form="cve5")).pk


# --- what it takes to make one ---


@pytest.mark.parametrize(
    ("scope", "sentence"),
    [
        ({}, "Say what is not warned about"),
        ({"versions": "1.0"}, "name the product too"),
        ({"asset": 999_999}, "There is no asset 999999."),
        ({"organisation": 999_999}, "There is no organisation 999999."),
        ({"product": "?!"}, "names no product"),
        ({"product": "apache:"}, "is no product: give a CPE name"),
        ({"product": "apache log4j", "versions": ">= 3, < 2"}, "no range of versions"),
        ({"product": "cpe:2.3:a:*:*"}, "name both"),
        ({"product": "pkg:"}, "is not a package URL"),
        ({"product": LOG4J, "versions": "every other tuesday before noon"}, "is not understood"),
        ({"product": LOG4J, "versions": ">= 3, < 2"}, "ends before it begins"),
        ({"product": "pkg:deb/debian/openssl", "versions": "é"}, "version"),
        ({"subject": "x" * 129}, "at most 128"),
        ({"subject": "a\x00b"}, "can be printed"),
    ],
)
def test_what_says_too_little_or_can_not_be_read_is_refused_with_a_sentence(hush, scope, sentence):
    with pytest.raises(SuppressionError, match=sentence):
        hush(**scope)
    assert not Suppression.objects.exists()


@pytest.mark.parametrize("until", [NOW, NOW - DAY, NOW + LONGEST + DAY])
def test_it_ends_within_five_years_and_not_before_it_begins(hush, until):
    with pytest.raises(SuppressionError, match="A suppression ends"):
        hush(subject="open-rdp", until=until)


@pytest.mark.parametrize("reason", ["", "  \n ", "x" * 1001, "a\x07b"])
def test_it_has_a_reason(hush, reason):
    with pytest.raises(SuppressionError, match="Say why"):
        hush(subject="open-rdp", reason=reason)


def test_an_asset_of_somebody_else_does_not_go_with_an_organisation(proposed, hush):  # noqa: ARG001  the organisations
    asset = Asset.objects.get(value="198.51.100.0/24").pk
    bakery = Asset.objects.get(value="192.0.2.0/28").organisation_id

    with pytest.raises(SuppressionError, match="not of that organisation"):
        hush(asset=asset, organisation=bakery)


@pytest.mark.parametrize("changes", [{"subject": ""}, {"reason": ""}, {"until": NOW}, {"created_by": None}])
def test_the_database_itself_refuses_one_that_names_nothing_or_has_no_reason_end_or_author(hush, changes):
    row = Suppression.objects.get(pk=hush(subject="open-rdp").suppression)
    for field, value in changes.items():
        setattr(row, field, value)

    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_making_and_ending_one_is_written_down(hush, analyst):
    made = hush(subject="open-rdp")
    end_suppression(suppression=made.suppression, person=analyst, now=NOW + DAY)

    acts = [(one.action, one.person) for one in audit_trail(about=made.reference)]
    assert acts == [("suppression ended", "Aisha Demir"), ("suppression made", "Aisha Demir")]
    facts = suppression.facts_of([made.suppression], now=NOW + DAY)[made.suppression]
    assert (facts.state, facts.author, facts.until, facts.reason) == (
        "ended",
        "Aisha Demir",
        NOW + USUAL,
        "checked: not reachable",
    )
    for number in (made.suppression, 999_999):
        with pytest.raises(SuppressionError):
            end_suppression(suppression=number, person=analyst, now=NOW + DAY)


def test_many_are_silenced_in_pieces_that_ask_no_more_for_more_of_them(
    make_bakery, analyst, monkeypatch, django_assert_num_queries
):
    make_bakery()
    owner = Asset.objects.first().organisation_id
    more = [Asset(organisation_id=owner, kind="domain", value=f"{n}.example", changed_at=NOW) for n in range(40)]
    wrong = [(one.pk, "open-rdp") for one in Asset.objects.bulk_create(more)]
    told = {"about": "C-00001", "why": "not theirs", "person": analyst, "now": NOW}
    with CaptureQueriesContext(connection) as for_one:
        assert suppress_assets(wrong[:1], **told) == 1

    with django_assert_num_queries(len(for_one)):
        assert suppress_assets(wrong, **told) == 39
    monkeypatch.setattr(suppressions, "PIECE", 7)
    assert suppress_assets(wrong, **told) == 0

    rows = Suppression.objects.filter(reason="C-00001: not theirs", organisation=owner, until=NOW + USUAL)
    assert (rows.count(), rows.filter(terms__subject="open-rdp").count()) == (40, 40)


# --- kept, shown, never warned about, and back by itself ---


def test_a_suppressed_finding_is_in_its_campaign_with_the_verdict_and_not_in_the_mail(proposed, hush, analyst):
    made = hush(asset=Asset.objects.get(value="198.51.100.0/24").pk)

    narrowing = queries.funnel(proposed, now=NOW)
    assert (narrowing.reached, narrowing.left_out) == (1, {"suppressed": 1})
    created = approve_and_release(proposed, analyst)

    assert (created.messages, created.withheld) == (1, 1)
    assert Notice.objects.get(organisation__name=BROKER.name).withheld_because == "suppressed"
    decision = Decision.objects.get(outcome="suppressed")
    assert ["suppression", False, "suppressed", f"gates-4: {made.reference} until 2027-11-24"] in decision.gates
    assert decision.finding.state == "open"


def test_what_is_suppressed_after_the_approval_is_not_handed_over(proposed, hush, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    findings = list(Finding.objects.filter(campaigns=proposed).values_list("pk", flat=True))
    assert queries.still_true(findings=findings)

    hush(subject="open-rdp")

    assert not queries.still_true(findings=findings)
    monkeypatch.setattr(clock, "now", lambda: NOW + USUAL)
    assert queries.still_true(findings=findings)


def test_the_end_brings_the_findings_back_into_a_campaign_by_itself(proposed, hush, analyst, monkeypatch):
    hush(subject="open-rdp", until=NOW + DAY)
    approve_and_release(proposed, analyst)
    assert not Campaign.objects.filter(state="proposed").exists()

    monkeypatch.setattr(clock, "now", lambda: NOW + DAY / 2)
    while work.run():  # the assets that came with the organisations
        pass
    assert not Campaign.objects.filter(state="proposed").exists()
    monkeypatch.setattr(clock, "now", lambda: NOW + DAY)
    assert work.step.pending()
    assert work.run()

    again = Campaign.objects.get(state="proposed")
    assert (again.decisions.count(), queries.funnel(again.pk, now=NOW + DAY).reached) == (3, 2)
    assert not work.run()
    assert not work.step.pending()


def test_ending_one_brings_back_at_once_what_no_other_one_silences(proposed, hush, analyst):
    asset = Asset.objects.get(value="198.51.100.0/24").pk
    made = hush(subject="open-rdp")
    hush(asset=asset)
    approve_and_release(proposed, analyst)

    end_suppression(suppression=made.suppression, person=analyst, now=NOW + DAY)

    back = Campaign.objects.get(state="proposed").findings.values_list("observed", flat=True)
    assert sorted(back) == ["192.0.2.1", "192.0.2.2"]


def test_what_was_told_already_or_is_gone_does_not_come_back(proposed, hush, analyst):
    made = hush(asset=Asset.objects.get(value="198.51.100.0/24").pk)
    approve_and_release(proposed, analyst)
    Finding.objects.filter(observed="198.51.100.1").update(state="gone", closed_at=NOW)

    end_suppression(suppression=made.suppression, person=analyst, now=NOW + DAY)

    assert not Campaign.objects.filter(state="proposed").exists()


def test_one_organisation_silences_no_other_with_the_same_product(make_bakery, hush):
    bakery = make_bakery()
    source("cve", form="cve5")
    broker = organisation(BROKER)
    own_products(BROKER, f"{LOG4J[:22]}:2.14.1")
    deliver(records(cve()), source="cve")

    assert hush(organisation=bakery, product=LOG4J).silences == 1
    left = Finding.objects.exclude(
        pk__in=suppression.silenced(list(Finding.objects.values_list("pk", flat=True)), now=NOW)
    )
    assert [one.organisation_id for one in left] == [broker]
