"""A distribution's word counts for its packages, whatever comes first."""

import itertools
import json

import pytest
from cast import BAKERY, BROKER, NOW, organisation
from deliveries import deliver, records, source
from worlds import assets

from misthoorn.constituency.models import Asset
from misthoorn.triage import evidence
from misthoorn.triage.models import Finding
from misthoorn.triage.services import match_assets

pytestmark = pytest.mark.django_db

PACKAGE = "pkg:deb/debian/thing"
FIXED = f"{PACKAGE}@1.0-1+deb12u3?distro=debian-12"
OPEN = f"{PACKAGE}@1.0-1+deb12u1?distro=debian-12"


def cve(number, *, named=False, below="2.0"):
    """A record about Thing; `named` ties its name to the package."""
    product = {
        "vendor": "Vendor",
        "product": "Thing",
        "defaultStatus": "unaffected",
        "versions": [{"version": "0", "lessThan": below, "status": "affected", "versionType": "custom"}],
    }
    return {
        "dataType": "CVE_RECORD",
        "dataVersion": "5.1",
        "cveMetadata": {"cveId": number, "state": "PUBLISHED", "dateUpdated": "2026-01-01T00:00:00Z"},
        "containers": {
            "cna": {
                "providerMetadata": {"shortName": "vendor"},
                "descriptions": [{"lang": "en", "value": "A hole."}],
                "affected": [product | ({"packageURL": PACKAGE} if named else {})],
            }
        },
    }


def debian(*, below="1.0-1+deb12u3"):
    events = [{"introduced": "0"}, {"fixed": below}]
    package = {"ecosystem": "Debian:12", "name": "thing"}
    return {
        "id": "DEBIAN-CVE-2026-1009",
        "modified": "2026-01-02T00:00:00Z",
        "upstream": ["CVE-2026-1009"],
        "affected": [{"package": package, "ranges": [{"type": "ECOSYSTEM", "events": events}]}],
    }


def take_in(step):
    match step:
        case "upstream":
            deliver(records(cve("CVE-2026-1009")), source=source("cve", form="cve5"))
        case "debian":
            deliver(json.dumps(debian()).encode(), source=source("debian", form="osv"))
        case _:
            assets(BAKERY, ("product", FIXED, "", "", ""), at=NOW)
            assets(BROKER, ("product", OPEN, "", "", ""), at=NOW)
            match_assets(now=NOW)


def why_not(asset, item):
    return evidence.chain_of(asset=asset, item=item, now=NOW).apart


def what_is_open():
    found = Finding.objects.filter(state="open", subject__contains="CVE-2026-1009")
    return sorted(found.values_list("subject", "asset__version", "certainty"))


@pytest.mark.parametrize("steps", list(itertools.permutations(["upstream", "debian", "assets"])))
def test_what_the_distribution_repaired_is_closed_or_never_opened(steps):
    for company in (BAKERY, BROKER):
        organisation(company)
    # Two records tie the name to the package, so that a third that names it in words is found by the package.
    earlier = [cve(f"CVE-2026-100{number}", named=True, below="0.1") for number in (1, 2)]
    deliver(records(*earlier), source=source("cve", form="cve5"))
    for step in steps:
        take_in(step)
    assert what_is_open() == [("DEBIAN-CVE-2026-1009", "1.0-1+deb12u1", "exact")]


def test_that_the_word_of_a_distribution_counts_is_told_to_who_asks_why_upstreams_does_not():
    organisation(BAKERY)
    organisation(BROKER)
    earlier = [cve(f"CVE-2026-100{number}", named=True, below="0.1") for number in (1, 2)]
    deliver(records(*earlier), source=source("cve", form="cve5"))
    for step in ("upstream", "debian", "assets"):
        take_in(step)
    fixed, still_open = Asset.objects.filter(kind="product", value__contains="debian/thing").order_by("-version")

    assert why_not(fixed.pk, "CVE-2026-1009").sentence("en") == (
        "DEBIAN-CVE-2026-1009 says what holds for this package of a distribution, "
        "and so CVE-2026-1009 does not count here."
    )
    assert "before 1.0-1+deb12u3" in why_not(fixed.pk, "DEBIAN-CVE-2026-1009").sentence("en")
    assert why_not(still_open.pk, "DEBIAN-CVE-2026-1009") is None


def test_without_a_word_of_the_distribution_the_alias_counts():
    for company in (BAKERY, BROKER):
        organisation(company)
    earlier = [cve(f"CVE-2026-100{number}", named=True, below="0.1") for number in (1, 2)]
    deliver(records(*earlier), source=source("cve", form="cve5"))
    take_in("assets")
    take_in("upstream")
    assert [row[0] for row in what_is_open()] == ["CVE-2026-1009"] * 2


def test_what_the_distribution_takes_back_counts_again():
    for company in (BAKERY, BROKER):
        organisation(company)
    earlier = [cve(f"CVE-2026-100{number}", named=True, below="0.1") for number in (1, 2)]
    deliver(records(*earlier), source=source("cve", form="cve5"))
    for step in ("assets", "upstream", "debian"):
        take_in(step)
    back = debian() | {"withdrawn": "2026-01-03T00:00:00Z", "modified": "2026-01-03T00:00:00Z"}
    deliver(json.dumps(back).encode(), source="debian")
    assert [row[0] for row in what_is_open()] == ["CVE-2026-1009"] * 2
