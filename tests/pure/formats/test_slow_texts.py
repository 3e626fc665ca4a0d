"""Texts that look for the square of their length: reading takes time in proportion to it, whatever stands there."""

import json
import time
from contextlib import suppress

import pytest
from csaf_documents import document, made, version, vulnerability

from misthoorn.formats.values.schema import FormatError
from misthoorn.intake.coverage import addresses_in
from misthoorn.matching.keys.distributions import release

LONG = 200_000
BANNER = "N C S C ~ B E V E I L I G I N G S A D V I E S\n"
CVE = {
    "dataType": "CVE_RECORD",
    "cveMetadata": {"cveId": "CVE-2026-1000", "state": "PUBLISHED"},
    "containers": {"cna": {}},
}


def cve(**said):
    affected = {"vendor": "a", "product": "b", "versions": [{"version": "1", "status": "affected"} | said]}
    return json.dumps(CVE | {"containers": {"cna": {"affected": [affected]}}})


def csaf(publisher):
    text = document(vulnerability(known_affected=["A"]), branches=[made(version("A", "1"))])
    text["document"]["publisher"] = {"category": "vendor", "name": publisher, "namespace": "https://a.example"}
    return json.dumps(text)


FILES = {
    "a rule of blanks below the names of columns": ("requirements", "Package Version\n-" + " " * LONG + "x\na==1"),
    "a rule that is none": ("windows", "Name  Version\n" + " -" * LONG + "x\na     1\n"),
    "a field of blanks": ("dpkg", "A=" + "\t" * 20 * LONG + "x\na\t1.0\n"),
    "a maker with blanks in it": ("csaf", csaf("a" + " " * LONG + "b")),
    "chances without a damage": ("ncsc-nl", "NCSC-2026-1000\nTitel: x\n" + "Kans: a\n" * LONG),
    "banners without an advisory": ("ncsc-nl", BANNER * (LONG // 10) + "NCSC-2026-1000\nTitel: x\n"),
    "a bound of digits": ("cve5", cve(lessThan="1" * LONG + "x.*")),
}


@pytest.mark.parametrize(("format_", "text"), FILES.values(), ids=FILES)
def test_a_text_made_to_be_slow_is_read_or_refused_at_once(read, format_, text):
    started = time.process_time()
    with suppress(FormatError):
        assert read(format_, text).rows
    assert time.process_time() - started < 3


@pytest.mark.parametrize("raw", [b".", b"a", b"a.", b"1:", b"...a"])
def test_addresses_are_looked_for_in_time_that_grows_with_the_row(raw):
    started = time.process_time()
    assert addresses_in(raw * (LONG // len(raw)) + b" ..192.0.2.1.. ::1.") == {"::1"}
    assert addresses_in(b"seen 192.0.2.1, 2001:db8::1. or 10.0.0.1:80") == {"192.0.2.1", "2001:db8::1"}
    assert time.process_time() - started < 1


def test_a_release_is_looked_for_in_time_that_grows_with_the_name():
    started = time.process_time()
    assert release("suse", "15-SP4") == release("suse", "SLES 15 SP 4") == "15.4"
    assert release("suse", "1" * LONG + " x")
    assert time.process_time() - started < 1
