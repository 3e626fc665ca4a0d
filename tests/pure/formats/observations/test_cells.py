from datetime import UTC, datetime, timedelta

import pytest

from misthoorn.formats.observations import cells


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-01-02 03:04:05", datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2024-01-02T03:04:05Z", datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2024-01-02T03:04:05+02:00", datetime(2024, 1, 2, 1, 4, 5, tzinfo=UTC)),
        ("2024-01-02T03:04:05-0530", datetime(2024, 1, 2, 8, 34, 5, tzinfo=UTC)),
        ("2024-01-02 03:04:05 UTC", datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2024-01-02T03:04", datetime(2024, 1, 2, 3, 4, tzinfo=UTC)),
        ("2024-01-02T03:04:05.5Z", datetime(2024, 1, 2, 3, 4, 5, 500_000, tzinfo=UTC)),
        ("2024-01-02T03:04:05,123456789", datetime(2024, 1, 2, 3, 4, 5, 123_456, tzinfo=UTC)),
        ("2024-02-29 00:00:00", datetime(2024, 2, 29, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_as_utc_unless_it_names_a_zone(text, moment, now):
    assert cells.time_check(now)(text) == (moment, "")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "time-missing"),
        ("  ", "time-missing"),
        ("yesterday", "time-invalid"),
        ("2024-01-02", "time-invalid"),
        ("2023-02-29 00:00:00", "time-invalid"),
        ("2024-13-01 00:00:00", "time-invalid"),
        ("2024-01-02 24:00:01", "time-invalid"),
        ("02/01/2024 03:04:05", "time-invalid"),
        ("２024-01-02 03:04:05", "time-invalid"),
        ("9999-12-31T23:59:59-12:00", "time-invalid"),
        ("1970-01-01 00:00:00", "time-old"),
        ("1989-12-31 23:59:59", "time-old"),
        ("2026-11-24 13:00:01", "time-future"),
        ("2999-01-01 00:00:00", "time-future"),
    ],
)
def test_a_time_that_cannot_be_used_is_refused_with_that_reason(text, code, now):
    assert cells.time_check(now)(text) == (None, code)


def test_an_hour_ahead_is_allowed_and_not_a_second_more(now):
    check = cells.time_check(now)
    assert check((now + timedelta(hours=1)).isoformat())[1] == ""
    assert check((now + timedelta(hours=1, seconds=1)).isoformat())[1] == "time-future"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("www.Example.NL.", "www.example.nl"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("bücher。example", "xn--bcher-kva.example"),
        ("ΟΔΌΣ.example", "xn--pxavn9a.example"),
        ("_dmarc.example.nl", "_dmarc.example.nl"),
        ("r3---sn.example.nl", "r3---sn.example.nl"),
        ("1-2-3-4.dsl.example.nl", "1-2-3-4.dsl.example.nl"),
    ],
)
def test_a_host_name_is_written_in_one_way(text, name):
    assert cells.check_hostname(text) == (name, "")


@pytest.mark.parametrize(
    "text",
    [
        "localhost", ".", "a..b", "-a.example", "a-.example", "a b.example", "192.0.2.1", "a.example:80", "a.1",
        "http://a.example", "x" * 64 + ".example", "a." * 127 + "example", "xn--a.example", "xn--.example",
        "\u200d.example", "a\0.example", "a,b.example",
    ],
)  # fmt: skip
def test_what_is_no_host_name_is_invalid(text):
    assert cells.check_hostname(text) == (None, "hostname-invalid")


@pytest.mark.parametrize(("text", "port"), [("", None), ("0", 0), ("443", 443), (" 65535 ", 65535), ("0080", 80)])
def test_a_port_is_a_number_up_to_65535(text, port):
    assert cells.check_port(text) == (port, "")


@pytest.mark.parametrize("text", ["65536", "-1", "80.0", "http", "٣", "99999999999"])
def test_any_other_port_is_invalid(text):
    assert cells.check_port(text) == (None, "port-invalid")


@pytest.mark.parametrize(
    ("text", "asn"), [("", None), ("0", None), ("AS64496", 64496), ("as1", 1), ("4294967295", 4294967295)]
)
def test_an_as_number_may_have_its_letters_and_zero_is_none(text, asn):
    assert cells.check_asn(text) == (asn, "")


@pytest.mark.parametrize("text", ["4294967296", "-1", "1.10", "1 2", "ASN1"])
def test_any_other_as_number_is_invalid(text):
    assert cells.check_asn(text) == (None, "asn-invalid")


def test_a_protocol_is_a_short_word_in_lower_case():
    assert cells.check_protocol("TCP") == ("tcp", "")
    assert cells.check_protocol("") == (None, "")
    assert cells.check_protocol('t"cp') == (None, "protocol-invalid")
    assert cells.check_protocol("a" * 33) == (None, "protocol-invalid")


def test_an_identifier_is_kept_as_written():
    assert cells.check_identifier(" CVE-2021-44228 ") == ("CVE-2021-44228", "")
    assert cells.check_identifier("") == (None, "identifier-missing")
    assert cells.check_identifier('open"rdp') == (None, "identifier-invalid")
    assert cells.check_identifier("a" * 129) == (None, "identifier-invalid")
