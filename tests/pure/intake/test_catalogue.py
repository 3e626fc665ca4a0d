"""The catalogue: what it names exists, and what it asks for can't change where an address leads."""

import pytest

from misthoorn.common.tlp import parse_tlp
from misthoorn.formats.registry import FORMATS
from misthoorn.intake.catalogue import KEYS, CatalogueError, chosen, entries
from misthoorn.intake.sources.registry import TRANSPORTS
from misthoorn.intake.sources.schedule import read_schedule
from misthoorn.work.outside.egress import host_name, target

SAMPLE = "sample.example"


@pytest.mark.parametrize("entry", entries().values(), ids=lambda one: one.id)
def test_everything_that_an_entry_names_exists(entry):
    full = chosen(entry.id, values=dict.fromkeys(entry.fill, SAMPLE))

    assert FORMATS[full.format].kind in {"events", "advisories", "lifts"}
    assert target(full.address).scheme in TRANSPORTS[full.transport].schemes
    assert read_schedule(full.schedule)
    assert parse_tlp(full.tlp)
    assert full.key in KEYS
    assert full.terms
    assert set(full.covers) == {"nl", "en"}
    assert all({"nl", "en"} == set(asked) for asked in entry.fill.values())
    assert all(host_name(host) == host for host in full.options.get("hosts", ()))
    assert len(full.slug) <= 60
    assert len(full.terms) <= 200


def test_the_sources_of_the_field_are_there():
    wanted = {"shadowserver", "nvd", "cve", "osv", "kev", "epss", "ghsa", "ncsc-nl", "csaf-cisa", "csaf-redhat"}
    wanted |= {"csaf-suse", "csaf-cisco", "csaf-siemens", "csaf-bsi", "urlhaus", "threatfox", "feodo", "spamhaus-drop"}
    wanted |= {"spamhaus-asndrop", "blocklist-de", "openphish", "phishtank", "misp-circl", "misp", "taxii", "hibp"}

    assert set(entries()) == wanted


def test_what_is_filled_in_makes_the_address_and_the_short_name():
    entry = chosen("osv", values={"ecosystem": "PyPI"})

    assert (entry.slug, entry.name) == ("osv-pypi", "OSV PyPI")
    assert entry.address == "https://storage.googleapis.com/osv-vulnerabilities/PyPI/all.zip"


@pytest.mark.parametrize("value", ["", "a/b", "a?b", "a#b", "a@b", "..", "a b", "{x}", "%2e", "x" * 200, "a\n"])
def test_what_would_lead_an_address_elsewhere_can_not_be_filled_in(value):
    with pytest.raises(CatalogueError, match="asks for its ecosystem"):
        chosen("osv", values={"ecosystem": value})


def test_what_is_not_there_is_told():
    with pytest.raises(CatalogueError, match="sources catalogue"):
        chosen("nothing", values={})
    with pytest.raises(CatalogueError, match="asks for no 'x'"):
        chosen("nvd", values={"x": "y"})
