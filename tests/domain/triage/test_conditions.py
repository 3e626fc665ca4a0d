"""What a product must run on or with, from the NVD's record to the finding."""

import io
import json

import pytest
from cast import BAKERY, NOW
from deliveries import deliver, source

from misthoorn.constituency.imports import read_table
from misthoorn.constituency.services import import_table
from misthoorn.triage.models import Finding
from misthoorn.triage.services import match_assets

pytestmark = pytest.mark.django_db

FIRMWARE = "cpe:2.3:o:acme:router_firmware:*:*:*:*:*:*:*:*"
ROUTER = "cpe:2.3:h:acme:router:-:*:*:*:*:*:*:*"


def nvd():
    vulnerable = {"vulnerable": True, "criteria": FIRMWARE, "versionEndExcluding": "2.0"}
    nodes = [
        {"operator": "OR", "cpeMatch": [vulnerable]},
        {"operator": "OR", "cpeMatch": [{"vulnerable": False, "criteria": ROUTER}]},
    ]
    cve = {"id": "CVE-2026-1000", "vulnStatus": "Analyzed", "configurations": [{"operator": "AND", "nodes": nodes}]}
    return json.dumps({"vulnerabilities": [{"cve": cve}]}).encode()


def own(*products):
    rows = [f"{BAKERY.register_number},product,{value},{version},{label}" for value, version, label in products]
    text = "\n".join(["register_number,kind,value,version,label", *rows, ""])
    assert not import_table(read_table(io.StringIO(text)), at=NOW).failed
    match_assets(now=NOW)


def found():
    return [(one.subject, one.certainty, one.state) for one in Finding.objects.order_by("pk")]


@pytest.fixture(autouse=True)
def _sources():
    source("nvd", form="nvd2", tlp="CLEAR")


def test_firmware_is_likely_affected_until_its_hardware_is_registered_too(make_bakery):
    make_bakery()
    deliver(nvd(), source="nvd", at=NOW)
    own((FIRMWARE, "1.5", "router"))
    assert found() == [("CVE-2026-1000", "likely", "open")]
    own((ROUTER, "", "the box"))
    assert found() == [("CVE-2026-1000", "exact", "open")]


def test_a_record_finds_both_at_once(make_bakery):
    make_bakery()
    own((FIRMWARE, "1.5", "router"), (ROUTER, "", "the box"))
    deliver(nvd(), source="nvd", at=NOW)
    assert found() == [("CVE-2026-1000", "exact", "open")]
