import json
import os
from dataclasses import replace
from pathlib import Path

import mails
import pytest

from misthoorn.notification.compose import Evidence, about, compose, default_severity, text_of
from misthoorn.notification.compose.templates import library

TEST_DATA = Path(os.environ.get("MISTHOORN_TEST_DATA", Path(__file__).parents[4] / "shared"))
SCHEMA = TEST_DATA / "data" / "feeds" / "shadowserver-report_schema" / "intelmq.json"


@pytest.mark.parametrize(
    ("subject", "rsit_type", "text"),
    [
        ("open-rdp", "", "exposed/rdp"),
        ("OPEN-RDP ", "", "exposed/rdp"),
        ("open-smb", "", "exposed/smb"),
        ("open-ldap", "", "exposed/ldap"),
        ("open-snmp", "", "exposed/snmp"),
        ("open-telnet", "", "exposed/telnet"),
        ("open-ftp", "", "exposed/ftp"),
        ("open-vnc", "", "exposed/vnc"),
        ("open-mssql", "", "exposed/mssql"),
        ("open-mysql", "", "exposed/mysql"),
        ("open-postgres", "", "exposed/postgres"),
        ("open-mongodb", "", "exposed/mongodb"),
        ("open-redis", "", "exposed/redis"),
        ("open-elasticsearch", "", "exposed/elasticsearch"),
        ("open-ipmi", "", "exposed/ipmi"),
        ("open-dns", "", "misconfiguration/dns"),
        ("dns-open-resolver", "", "misconfiguration/dns"),
        ("open-ntp", "", "misconfiguration/ntp"),
        ("open-ssdp", "", "misconfiguration/ssdp"),
        ("open-memcached", "", "misconfiguration/memcached"),
        ("open-modbus", "", "exposed/modbus"),
        ("open-s7", "", "exposed/s7"),
        ("open-http-management", "", "exposed/management"),
        ("infected", "", "infected/device"),
        ("sinkhole", "", "infected/device"),
        ("compromised-website", "", "compromised/website"),
        ("ssl-poodle", "", "misconfiguration/tls"),
        ("CVE-2021-44228", "", "software/known"),
        ("GHSA-jfh8-c2jp-5v3q", "", "software/known"),
        ("mirai", "infected-system", "infected/device"),
        ("mirai", "malicious-code/infected-system", "infected/device"),
        ("vulnerable-exchange", "", "software/service"),
        ("open-never-heard-of", "", "exposed/service"),
        ("something-new", "", "generic/generic"),
        ("something-new", "no-such-type", "generic/generic"),
        ("", "", "generic/generic"),
        ("exploited/known", "", "exploited/known"),
    ],
)
def test_a_subject_leads_to_the_text_that_was_written_for_it_or_comes_nearest(subject, rsit_type, text):
    assert text_of(subject, rsit_type=rsit_type) == text


def test_a_type_of_its_own_wins_over_a_type_of_taxonomy():
    assert text_of("open-rdp", rsit_type="infected-system") == "exposed/rdp"


def test_no_two_texts_claim_the_same_identifier_beginning_or_type():
    for field in ("subjects", "prefixes", "types"):
        claimed = [value for name in library.names() for value in library.told(name, "en").get(field, ())]
        assert len(claimed) == len(set(claimed))


@pytest.mark.parametrize(
    ("advisory", "certainty", "text"),
    [
        (mails.ADVISORY, "exact", "software/known"),
        (mails.ADVISORY, "likely", "software/unknown"),
        (mails.ADVISORY, "network", "software/unknown"),
        (replace(mails.ADVISORY, fixed_version=""), "exact", "software/no-fix"),
        (mails.EXPLOITED, "exact", "exploited/known"),
        (mails.EXPLOITED, "likely", "exploited/unknown"),
        (replace(mails.EXPLOITED, fixed_version=""), "exact", "exploited/no-fix"),
        (None, "exact", "software/no-fix"),
    ],
)
def test_an_advisory_gets_the_text_of_what_is_known(advisory, certainty, text):
    row = Evidence(product="Apache Log4j", version="2.14.1")
    facts = mails.warning("CVE-2021-44228", advisory=advisory, certainty=certainty, evidence=(row,))
    assert compose(facts).template == text


@pytest.mark.parametrize(
    ("score", "vector", "shown"),
    [
        ("10.0", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", "2.14.1, CVSS 3.1: 10.0. "),
        ("9.3", "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", "2.14.1, CVSS 4.0: 9.3. "),
        ("7.5", "", "2.14.1, CVSS 7.5. "),
        ("CVSS 3.1: 10.0", "", "2.14.1, CVSS 3.1: 10.0. "),
        ("", "CVSS:3.1/AV:N", "2.14.1. "),
    ],
)
def test_a_score_is_shown_with_its_scheme(score, vector, shown):
    facts = mails.of_text("software/known", "en", advisory=replace(mails.ADVISORY, score=score, vector=vector))
    assert shown in " ".join(compose(facts).body.split())


def test_an_advisory_with_an_identifier_of_its_issuer_is_about_software_too():
    row = Evidence(product="Apache Log4j", version="2.14.1")
    facts = mails.warning("VB-2026-014", advisory=mails.ADVISORY, evidence=(row,))
    assert compose(facts).template == "software/known"


def test_an_open_service_keeps_its_own_text_whatever_advisory_comes_along():
    assert compose(mails.warning(advisory=mails.ADVISORY)).template == "exposed/rdp"


def test_what_it_was_about_is_said_per_language_and_can_be_asked_by_subject_or_by_text():
    assert about("open-rdp", "nl") == "een open ingang (RDP)"
    assert about("open-rdp", "en") == "an open entrance (RDP)"
    assert about("exploited/known", "nl") == "een lek in software dat criminelen misbruiken"
    assert about("no-idea", "en") == "a system that needs attention"
    assert about("mirai", "nl", rsit_type="infected-system") == "een besmet apparaat"


def test_a_texts_severity_is_advice_to_the_campaign():
    assert default_severity("open-rdp") == "high"
    assert default_severity("open-modbus") == "urgent"
    assert default_severity("mirai", rsit_type="infected-system") == "high"
    assert "\n  Informatie. " in compose(mails.warning(severity="information")).body


def test_urgent_stands_in_front_of_the_subject_and_only_then():
    assert compose(mails.warning(severity="urgent")).subject.startswith("Urgent: een computer ")
    assert compose(mails.warning(severity="high")).subject.startswith("Een computer ")


@pytest.mark.parametrize("language", mails.LANGUAGES)
@pytest.mark.parametrize("text", library.names())
def test_the_subject_line_fits_with_the_longest_product_and_an_alarm(text, language):
    facts = mails.of_text(text, language, severity="urgent")
    if facts.advisory:
        facts = replace(facts, advisory=replace(facts.advisory, product="Product with a very long name " * 3))
    subject = compose(facts).subject
    assert len(subject) <= 110
    assert subject.endswith(" 4821-7730-5264)")


def test_a_version_tells_every_word_apart():
    versions = {name: library.ready(name, "nl").version for name in library.names()}
    assert len(set(versions.values())) == len(versions)
    assert all(version.startswith("1+") and len(version) == 10 for version in versions.values())


def test_the_same_facts_always_give_the_same_mail():
    assert compose(mails.warning()) == compose(mails.warning())


@pytest.mark.skipif(not SCHEMA.exists(), reason="no Shadowserver report schema in MISTHOORN_TEST_DATA")
def test_nearly_every_kind_of_shadowserver_report_has_a_text():
    reports = [report.get("constant_fields", {}) for report in json.loads(SCHEMA.read_text()).values()]
    kinds = {(fields.get("classification.identifier", ""), fields.get("classification.type", "")) for fields in reports}
    general = {kind for kind in kinds if text_of(kind[0], rsit_type=kind[1]) == "generic/generic"}
    assert len(general) <= 4, general
