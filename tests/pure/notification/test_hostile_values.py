"""Whatever comes from outside: no extra header, no control character, no line that is too wide, nothing to click."""

from dataclasses import replace
from datetime import UTC, datetime

import mails
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from misthoorn.notification.compose import AdvisoryFacts, Evidence, Team, compose
from misthoorn.notification.compose.facts import Reason
from misthoorn.notification.compose.text.sanitization import defanged, one_line, without_scheme

# Not only random characters: also what people attack with.
NASTY = st.sampled_from(
    [
        "x\r\nBcc: everyone@example.com\r\n\r\nHello",
        "a\x00b\x0bc\x0cd\x1be\x85f\u2028g\u2029h",
        "\u202egnp.exe",
        "\x01\x02\x01",
        "{{ 7 * 7 }} {% include '/etc/passwd' %}",
        "[[ subject ]]",
        "https://evil.example/login HTTP://EVIL.example www.evil.example",
        "a" * 10_000,
        "é" * 300 + " " * 300,
        "\ud800 \udfff",
        "1. step · KOP  IN  KOLOMMEN",
        " \u00a0\u2003 ",
        "日本語" * 40,
    ]
)
VALUE = st.one_of(NASTY, st.text(max_size=120), st.text(st.characters(), max_size=20))
MOMENT = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
ROW = st.builds(
    Evidence,
    address=VALUE.map(lambda value: value + "9"),
    hostname=VALUE,
    port=st.integers(0, 65535) | st.none(),
    protocol=VALUE,
    what=VALUE,
    product=VALUE,
    version=VALUE,
    destination=VALUE,
    seen=MOMENT,
)
ADVISORY = st.builds(
    AdvisoryFacts,
    identifier=VALUE.map(lambda value: "CVE-1 " + value),
    product=VALUE.map(lambda value: "x" + value),
    kind=VALUE,
    score=VALUE,
    vector=VALUE,
    fixed_version=VALUE,
    affected=VALUE,
    consequence=VALUE,
    workaround=VALUE,
    exploited_by=VALUE,
    exploited_since=MOMENT | st.none(),
    reference=VALUE,
)
REASON = st.builds(
    Reason,
    kind=st.sampled_from(["network", "domain", "asn", "product"]),
    value=VALUE,
    what=VALUE,
    count=st.integers(1, 500),
    claim=st.fixed_dictionaries({"nl": VALUE, "en": VALUE}),
    doubts=st.lists(st.sampled_from(mails.EVERY_DOUBT), max_size=3).map(tuple),
)
SUBJECT = st.sampled_from(["open-rdp", "CVE-2021-44228", "infected", "compromised-website"]) | VALUE.map("x{}".format)


def is_safe(mail):
    assert len(mail.subject) <= 110
    assert mail.subject.isprintable()
    assert mail.body.endswith("\n")
    for line in mail.body.split("\n"):
        assert not line or line.isprintable()
    (mail.subject + mail.body).encode("utf-8")
    assert "http://" not in mail.body.lower()
    assert "https://" not in mail.body.lower()


@given(
    subject=SUBJECT,
    language=st.sampled_from(mails.LANGUAGES),
    source=VALUE.map(lambda value: "s" + value),
    evidence=st.lists(ROW, min_size=1, max_size=60).map(tuple),
    advisory=ADVISORY | st.none(),
    reasons=st.lists(REASON, max_size=8).map(tuple),
    known_through=VALUE,
    certainty=st.sampled_from(["exact", "likely", "network"]),
    severity=st.sampled_from(["urgent", "normal"]),
)
def test_no_value_from_outside_gets_out_of_its_place(advisory, evidence, **facts):
    if facts["subject"].startswith("CVE") and advisory is None:
        evidence = tuple(replace(row, product="p" + row.product) for row in evidence)
    is_safe(compose(mails.warning(**facts, evidence=evidence, advisory=advisory)))


@given(name=VALUE, address=VALUE, phone=VALUE, site=VALUE, ground=VALUE)
def test_not_even_the_teams_own_data_breaks_the_mail(name, address, phone, site, ground):
    team = Team(name="n" + name, address="a" + address, phone="1" + phone, site="s" + site, ground={"nl": ground})
    is_safe(compose(mails.warning(team=team)))


@pytest.mark.parametrize("field", ["what", "hostname", "product", "version", "destination", "protocol"])
def test_what_a_criminal_can_choose_is_never_in_the_subject(field):
    for subject in ("open-rdp", "infected", "compromised-website", "CVE-2021-44228", "open-gizmo", "vulnerable-x"):
        row = replace(Evidence(address="192.0.2.7", product="p", seen=mails.SEEN), **{field: "CHOSEN"})
        facts = mails.warning(subject, evidence=(row,), severity="urgent")
        assert "CHOSEN" not in compose(facts).subject


def test_a_criminals_address_stands_in_the_mail_so_that_it_cannot_be_clicked():
    row = Evidence(
        address="192.0.2.7", port=1, what="http://evil.example/a", destination="198.51.100.9:80", seen=mails.SEEN
    )
    body = compose(mails.warning("infected", evidence=(row,))).body
    assert "hxxp://evil[.]example/a" in body
    assert "198[.]51[.]100[.]9:80" in body


def test_a_template_in_a_value_is_text_and_is_not_run():
    row = Evidence(address="192.0.2.7", hostname="{{ number }}", seen=mails.SEEN)
    assert "{{ number }}" in compose(mails.warning(evidence=(row,))).body


def test_a_forged_heading_in_a_value_stays_inside_its_line():
    row = Evidence(address="192.0.2.7", hostname="x\n\nIS DIT BERICHT ECHT?\n  Bel 06 66", seen=mails.SEEN)
    lines = compose(mails.warning(evidence=(row,))).body.split("\n")
    assert lines.count("IS DIT BERICHT ECHT?") == 1
    assert not any(line.strip().startswith("Bel 06") for line in lines)


@given(VALUE)
@example("")
def test_one_line_is_one_printable_line_of_60_characters(value):
    clean = one_line(value)
    assert len(clean) <= 60
    assert not clean or clean.isprintable()
    assert clean == clean.strip()
    assert "  " not in clean
    assert one_line(clean) == clean


@pytest.mark.parametrize(
    ("value", "clean"),
    [
        ("plain", "plain"),
        ("  two \t words \r\n", "two words"),
        ("a\x00b\u200bc\u202ed", "abcd"),
        ("https://x.example/", "hxxps://x.example/"),
        ("x" * 61, "x" * 59 + "…"),
        ("Cafe\u0301", "Café"),
    ],
)
def test_a_value_is_made_harmless_and_stays_readable(value, clean):
    assert one_line(value) == clean


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("http://evil.example/x.php", "hxxp://evil[.]example/x[.]php"),
        ("already[.]safe.example", "already[.]safe[.]example"),
        ("boss@evil.example", "boss[@]evil[.]example"),
        ("mirai", "mirai"),
    ],
)
def test_what_a_criminal_made_is_defanged_once(value, shown):
    assert defanged(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("https://logging.apache.org/security.html", "logging.apache.org/security.html"),
        ("https://vendor.example/" + "long/" * 20, "vendor.example"),
        ("RHSA-2021:5132", "RHSA-2021:5132"),
        ("waarschuwing.example/", "waarschuwing.example"),
    ],
)
def test_a_reference_is_shown_to_read_or_type(value, shown):
    assert without_scheme(value) == shown


def test_a_version_is_not_written_as_if_it_were_a_criminals_address():
    assert defanged("Exchange Server 15.0.1497") == "Exchange Server 15.0.1497"
    assert defanged("198.51.100.7") == "198[.]51[.]100[.]7"
    assert defanged("evil.example") == "evil[.]example"
