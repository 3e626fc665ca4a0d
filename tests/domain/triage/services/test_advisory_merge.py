"""Findings follow when two advisories turn out to be one; nobody is told twice."""

import json

import pytest
from cast import ANALYST, BAKERY, NOW, person
from deliveries import cve, deliver, own_products, records, source

from misthoorn.constituency.models import Organisation, Refusal
from misthoorn.triage.models import Campaign, Finding, Suppression
from misthoorn.triage.services import approve_campaign, hold_campaign, release_campaign, rename_subjects, suppress
from misthoorn.triage.services.suppressions import Scope

pytestmark = pytest.mark.django_db

CVE, GHSA = "CVE-2026-0001", "GHSA-2222-2222-2222"
PURL = "pkg:pypi/log4j@1.0"


@pytest.fixture(autouse=True)
def _world(make_bakery):
    make_bakery()
    source("osv", form="osv", tlp="CLEAR")
    source("cve", form="cve5", tlp="CLEAR")
    own_products(BAKERY, PURL)


def osv(number, *aliases, modified="2026-01-01T00:00:00Z", withdrawn=False):
    affected = {
        "package": {"ecosystem": "PyPI", "name": "log4j"},
        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.0"}]}],
    }
    record = {"schema_version": "1.6.0", "id": number, "modified": modified, "affected": [affected]}
    record |= {"aliases": list(aliases)} | ({"withdrawn": modified} if withdrawn else {})
    deliver(json.dumps(record).encode(), source="osv")


def findings(state="open"):
    return list(Finding.objects.filter(subject_kind="advisory", state=state).values_list("subject", flat=True))


def tell(subject):
    who = person(ANALYST, second_factor=False)
    campaign = Campaign.objects.get(subject=subject)
    approve_campaign(campaign=campaign.pk, person=who, seen_reach=1, now=NOW)
    release_campaign(campaign=campaign.pk, now=NOW)
    return campaign


def test_a_finding_gets_the_name_of_its_vulnerability_and_is_the_same_finding():
    osv(GHSA)
    before = Finding.objects.get(subject=GHSA)

    osv(GHSA, CVE, modified="2026-02-01T00:00:00Z")

    after = Finding.objects.get(subject_kind="advisory")
    assert (after.pk, after.subject, after.state, after.times_reopened) == (before.pk, CVE, "open", 0)
    assert Campaign.objects.get().subject == CVE


def test_who_was_told_under_one_number_is_not_told_under_the_other():
    osv(GHSA)
    told = tell(GHSA)

    osv(GHSA, CVE, modified="2026-02-01T00:00:00Z")

    assert findings() == [CVE]
    assert list(Campaign.objects.values_list("pk", "subject")) == [(told.pk, CVE)]


def test_of_two_findings_of_one_thing_the_one_that_was_told_goes_on():
    osv(GHSA)
    told = tell(GHSA)
    osv("PYSEC-2026-1", CVE)
    assert findings() == [GHSA, CVE] or findings() == [CVE, GHSA]

    osv(GHSA, CVE, modified="2026-02-01T00:00:00Z")

    assert Finding.objects.get(subject=CVE, state="open").campaigns.get() == told
    ended = Finding.objects.get(subject=CVE, state="gone")
    assert (ended.closed_because, ended.wants_campaign) == (
        "the same vulnerability goes on under another number",
        False,
    )


def test_open_campaigns_on_both_become_one():
    osv(GHSA)
    hold_campaign(campaign=Campaign.objects.get(subject=GHSA).pk, person=None, note="", now=NOW)
    osv("PYSEC-2026-1", CVE)

    osv(GHSA, CVE, modified="2026-02-01T00:00:00Z")

    open_ = Campaign.objects.exclude(state="rejected").get()
    assert open_.subject == CVE
    assert sorted(open_.decisions.values_list("finding__state", flat=True)) == ["gone", "open"]
    assert Campaign.objects.get(state="rejected").note.endswith(open_.reference)


def test_what_is_suppressed_or_unwanted_under_one_number_stays_so_under_the_other():
    osv(GHSA)
    who = person(ANALYST, second_factor=False)
    suppress(scope=Scope(subject=GHSA), reason="known", person=who, until=None, now=NOW)
    company = Organisation.objects.get(register_number=BAKERY.register_number)
    Refusal.objects.create(organisation=company, subject=GHSA, since=NOW)

    rename_subjects(renamed={GHSA: CVE}, at=NOW)
    rename_subjects(renamed={GHSA: CVE}, at=NOW)

    assert Suppression.objects.get().subject == CVE
    assert Suppression.objects.get().terms.get().subject == CVE
    assert Refusal.objects.get().subject == CVE


def test_a_withdrawn_record_takes_away_the_findings_that_depended_on_it_and_no_others():
    own_products(BAKERY, "cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:*:*:*")
    deliver(records(cve(CVE)), source="cve")
    osv(GHSA, CVE)
    assert findings() == [CVE, CVE]

    osv(GHSA, CVE, modified="2026-02-01T00:00:00Z", withdrawn=True)

    assert Finding.objects.get(subject=CVE, state="open").evidence["product"].startswith("cpe:")
    assert Finding.objects.get(subject=CVE, state="gone").evidence["product"].startswith("pkg:")
