"""An asset matching system as CSAF 2.0 lists it in 9.1.13, point by point; and what each asset is watched as."""

from datetime import timedelta

import pytest
from cast import BAKERY, BROKER, NOW, organisation
from deliveries import cve, deliver, own_products, records, source

from misthoorn.accounts.queries import audit_trail
from misthoorn.common import clock
from misthoorn.constituency import queries as constituency
from misthoorn.constituency.models import Asset
from misthoorn.triage import watch, work
from misthoorn.triage.models import Campaign, Finding
from misthoorn.triage.services import (
    RemediationError,
    mark_remediation,
    match_assets_again,
    queue_advisories_again,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
LOG4SHELL, OTHER = "CVE-2021-44228", "CVE-2021-45046"
LOG4J = "cpe:2.3:a:apache:log4j"


@pytest.fixture
def two(make_bakery):
    """Log4j at the bakery (2.14.1) and twice at the brokers (2.14.1, and without a version), and two advisories."""
    make_bakery()
    organisation(BROKER)
    source("cve", form="cve5")
    own_products(BROKER, f"{LOG4J}:2.14.1", "Apache Log4j")
    deliver(records(cve(), cve(OTHER, below="2.16.0")), source="cve")


def asset(value="cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:*", *, of=BAKERY):
    return Asset.objects.get(value=value, organisation__register_number=of.register_number).pk


def line(value, **changes):
    """How a product of the bakery is watched."""
    own_products(BAKERY, value, **changes)
    newest = Asset.objects.order_by("-pk").first().pk
    return watch.watched(list(constituency.assets([newest]).values()), now=NOW)[0]


# --- the list of 9.1.13 ---


def test_for_each_asset_there_is_a_list_of_matched_advisories(two):  # noqa: ARG001  the matches
    assert [one.subject for one in watch.findings_of_asset(asset())] == [LOG4SHELL, OTHER]


def test_for_each_product_there_is_one_over_all_versions_and_organisations(two):  # noqa: ARG001  the matches
    own_products(BROKER, f"{LOG4J}:2.15.0")  # the same product with another version takes the place of the first

    found = watch.findings_of_product(f"{LOG4J}:*:*:*:*:*:*:*:*")

    opened = sorted((one.subject, one.organisation) for one in found if one.state == "open")
    assert [subject for subject, _ in opened] == [LOG4SHELL, OTHER, OTHER]


def test_for_each_advisory_there_are_lists_of_matched_assets_and_products(two):  # noqa: ARG001  the matches
    rows = watch.affected_by(LOG4SHELL)

    assert [one.organisation_name for one in rows] == [BAKERY.name, BROKER.name, BROKER.name]
    assert sorted(one.asset.version for one in rows) == ["", "2.14.1", "2.14.1"]
    assert [one.asset.id for one in watch.affected_by(LOG4SHELL, first=2, limit=1)] == [rows[2].asset.id]
    assert [(one.version, one.assets, one.organisations) for one in watch.products_of(LOG4SHELL)] == [
        ("2.14.1", 2, 2),
        ("", 1, 1),
    ]


def test_results_are_narrowed_and_broadened_by_certainty(two):  # noqa: ARG001  the matches
    for certainty, number in (("exact", 2), ("likely", 1), ("", 3), ("nonsense", 3)):
        assert len(watch.affected_by(LOG4SHELL, certainty=certainty)) == number
        assert len(watch.open_matches(advisory=LOG4SHELL, certainty=certainty)) == number
    assert watch.findings_of_asset(asset(), certainty="likely") == []
    assert [one.version for one in watch.products_of(LOG4SHELL, certainty="likely")] == [""]


def test_the_findings_of_many_assets_are_those_of_each(two):  # noqa: ARG001  the matches
    numbers = list(Asset.objects.values_list("pk", flat=True))

    assert watch.findings_of_assets(numbers) == {one: watch.findings_of_asset(one) for one in numbers}
    likely = watch.findings_of_assets(numbers, certainty="likely")
    assert likely == {one: watch.findings_of_asset(one, certainty="likely") for one in numbers}
    assert watch.findings_of_assets([]) == {}


def test_a_matched_asset_is_marked_and_all_at_once_with_author_and_time(two, analyst):  # noqa: ARG001  the matches
    one = watch.findings_of_asset(asset())[0]
    assert (one.remediation, one.remediation_at, one.remediation_by) == ("none", None, "")

    assert mark_remediation(findings=[one.id], state="in_progress", person=analyst, now=NOW) == 1
    one = watch.findings_of_asset(asset())[0]
    assert (one.remediation, one.remediation_at, one.remediation_by) == ("in_progress", NOW, "Aisha Demir")

    everything = watch.open_matches(advisory=LOG4SHELL)
    assert mark_remediation(findings=everything, state="done", person=analyst, now=NOW + DAY) == 3
    assert mark_remediation(findings=everything, state="done", person=analyst, now=NOW + DAY) == 0
    assert watch.statistics(LOG4SHELL).remediation == {"none": 0, "in_progress": 0, "done": 3}
    assert watch.statistics(OTHER).remediation["none"] == 3
    acts = [(act.action, act.detail["state"]) for act in audit_trail(about=f"finding {one.id}")]
    assert acts == [("remediation marked", "done"), ("remediation marked", "in_progress")]


def test_a_mark_is_no_observation_and_closes_nothing(two, analyst):  # noqa: ARG001  the matches
    mark_remediation(findings=watch.open_matches(advisory=LOG4SHELL), state="done", person=analyst, now=NOW)

    assert set(Finding.objects.filter(subject=LOG4SHELL).values_list("state", flat=True)) == {"open"}
    with pytest.raises(RemediationError, match="is no state"):
        mark_remediation(findings=[1], state="fixed", person=analyst, now=NOW)


def test_a_newer_revision_is_no_new_match(two):  # noqa: ARG001  the matches
    before = sorted(Finding.objects.values_list("pk", flat=True))
    campaigns = Campaign.objects.count()

    deliver(records(cve(modified="2023-01-01T00:00:00Z", score=9.8)), source="cve", at=NOW + DAY)

    assert sorted(Finding.objects.values_list("pk", flat=True)) == before
    assert Campaign.objects.count() == campaigns


def test_a_mark_is_out_of_date_when_the_document_changes_what_is_affected_and_not_by_other_changes(two, analyst):  # noqa: ARG001  the matches
    mark_remediation(findings=watch.open_matches(advisory=LOG4SHELL), state="done", person=analyst, now=NOW)

    def outdated():
        return len(watch.outdated_marks([one.finding for one in watch.affected_by(LOG4SHELL)]))

    deliver(records(cve(modified="2023-01-01T00:00:00Z", score=9.8)), source="cve", at=NOW + DAY)
    assert outdated() == 0
    deliver(records(cve(modified="2023-02-01T00:00:00Z", below="2.16.0")), source="cve", at=NOW + DAY)
    assert outdated() == 3

    mark_remediation(findings=watch.open_matches(advisory=LOG4SHELL), state="done", person=analyst, now=NOW + DAY)
    assert outdated() == 0


def test_assets_and_advisories_are_matched_again_on_somebodys_word(two):  # noqa: ARG001  the matches
    Finding.objects.all().delete()
    before = Asset.objects.get(pk=asset()).revision

    assert match_assets_again([asset()], now=NOW + DAY)
    assert Finding.objects.count() == 2
    assert Asset.objects.get(pk=asset()).revision > before

    assert queue_advisories_again([LOG4SHELL, OTHER], now=clock.now()) == 1
    assert work.run()
    assert Finding.objects.count() == 6
    assert queue_advisories_again(["CVE-1999-0001"], now=NOW) == 0


def test_an_advisory_counts_its_assets_at_all_and_by_mark(two, analyst):  # noqa: ARG001  the matches
    mark_remediation(findings=watch.open_matches(asset=asset()), state="done", person=analyst, now=NOW)

    counted = watch.statistics(LOG4SHELL)
    assert (counted.assets, counted.organisations) == (3, 2)
    assert counted.certainties == {"exact": 2, "likely": 1}
    assert counted.remediation == {"none": 2, "in_progress": 0, "done": 1}
    assert watch.statistics_of_asset(asset()).remediation["done"] == 2
    assert watch.statistics("CVE-1999-0001").assets == 0


def test_a_new_document_and_a_new_asset_are_matched_by_themselves(two):  # noqa: ARG001  the matches
    deliver(records(cve("CVE-2021-45105", below="2.17.0")), source="cve", at=NOW + DAY)
    assert watch.statistics("CVE-2021-45105").assets == 3

    own_products(BAKERY, "Apache Log4j 2.14.0", at=NOW + DAY)
    assert watch.statistics("CVE-2021-45105").assets == 4


def test_advisories_that_match_something_are_listed(two):  # noqa: ARG001  the matches
    assert [(one.identifier, assets, owners) for one, assets, owners in watch.matched_advisories()] == [
        (LOG4SHELL, 3, 2),
        (OTHER, 3, 2),
    ]


# --- watched as ---


def test_a_product_without_any_advisory_is_watched_all_the_same(make_bakery):
    make_bakery()
    source("cve", form="cve5")
    deliver(records(cve()), source="cve")

    one = line("pkg:npm/left-pad@1.0.0")

    assert [(key.space, key.key) for key in one.keys][:1] == [("purl", "npm//left-pad")]
    assert (one.order, one.states, one.open, one.gone) == ("semver", ("not-named",), 0, 0)
    assert ([source.slug for source in one.sources], one.matched_at is not None) == (["cve"], True)


@pytest.mark.parametrize(
    ("value", "states"),
    [
        ("cpe:2.3:a:apache:log4j:2.17.1", ()),
        ("cpe:2.3:a:apache:log4j", ("no-version",)),
        ("Apache Log4j 2.17.1", ()),
        ("Nobody Knows 1.0", ("not-named",)),
        ("pkg:foo/bar@1.0", ("order-unknown", "not-named")),
    ],
)
def test_each_thing_that_the_owner_should_know_is_a_state(make_bakery, value, states):
    make_bakery()
    source("cve", form="cve5")
    deliver(records(cve()), source="cve")
    Asset.objects.filter(kind="product").delete()

    assert line(value).states == states


def test_a_version_that_the_order_does_not_take_and_a_time_that_is_over_are_said(make_bakery):
    make_bakery()
    pk = asset()
    Asset.objects.filter(pk=pk).update(version="\u0001", valid_to=NOW)

    one = watch.watched(list(constituency.assets([pk]).values()), now=NOW)[0]
    assert set(one.states) == {"version-unreadable", "ended", "not-named"}
    Asset.objects.filter(pk=pk).update(version="1", valid_to=None, valid_from=NOW + DAY)
    assert "not-begun" in watch.watched(list(constituency.assets([pk]).values()), now=NOW)[0].states


def test_a_network_is_watched_by_feeds(make_bakery):
    make_bakery()
    source()
    source("cve", form="cve5")

    pk = Asset.objects.get(kind="network").pk
    (one,) = watch.watched(list(constituency.assets([pk]).values()), now=NOW)
    assert ([key.key for key in one.keys], one.order, one.states) == (["192.0.2.0/28"], "", ())
    assert ([source.slug for source in one.sources], one.matched_at) == (["scan"], None)
