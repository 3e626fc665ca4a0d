"""What people write in the cells of a list, and what it means."""

# What a person writes has no zone.
# ruff: noqa: DTZ001

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from misthoorn.formats.tabular.table_cells import (
    address_of,
    name_of,
    port_of,
    read_address,
    read_identifier,
    read_name,
    read_severity,
    reader_of_times,
    reader_of_whole,
)

AMSTERDAM = "Europe/Amsterdam"
dutch = reader_of_times(order="dmy", zone=AMSTERDAM)
american = reader_of_times(order="mdy", zone="UTC")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("23-11-2026", "2026-11-22T23:00:00Z"),
        ("23-11-2026 4:05", "2026-11-23T03:05:00Z"),
        ("23-7-2026 04:05:06", "2026-07-23T02:05:06Z"),
        ("23/11/26 4.05 uur", "2026-11-23T03:05:00Z"),
        ("23.11.2026, 04:05", "2026-11-23T03:05:00Z"),
        ("23-11-2026 om 14u", None),
        ("ma 23 nov 2026 12:00", "2026-11-23T11:00:00Z"),
        ("maandag 23 november 2026", "2026-11-22T23:00:00Z"),
        ("2026-11-23", "2026-11-22T23:00:00Z"),
        ("2026-11-23 04:05:06", "2026-11-23T03:05:06Z"),
        ("2026-11-23T04:05:06Z", "2026-11-23T04:05:06Z"),
        ("2026-11-23T04:05:06+02:00", "2026-11-23T04:05:06+02:00"),
        ("46349", "2026-11-22T23:00:00Z"),
        ("46349,5", "2026-11-23T11:00:00Z"),
        ("1796000000", "2026-11-30T00:53:20Z"),
    ],
)
def test_times_as_a_dutch_office_writes_them(written, meant):
    assert dutch(written) == (meant or written, "")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("11/23/2026 4:05 PM", "2026-11-23T16:05:00Z"),
        ("11/23/2026 12:05 a.m.", "2026-11-23T00:05:00Z"),
        ("November 23, 2026", "2026-11-23T00:00:00Z"),
        ("2026/11/23", "2026-11-23T00:00:00Z"),
    ],
)
def test_times_as_an_american_writes_them(written, meant):
    assert american(written) == (meant, "")


@pytest.mark.parametrize(("read", "written"), [(dutch, "11/23/2026"), (american, "23-11-2026")])
def test_a_date_in_another_order_is_refused_and_never_turned_around(read, written):
    assert read(written) == (written, "time-order")


@given(
    moment=st.datetimes(datetime(1990, 1, 2), datetime(2098, 1, 1)).map(lambda one: one.replace(microsecond=0)),
    zone=st.sampled_from([AMSTERDAM, "UTC", "America/New_York", "Asia/Tokyo"]),
    way=st.sampled_from([("dmy", "%d-%m-%Y %H:%M:%S"), ("mdy", "%m/%d/%Y %I:%M:%S %p"), ("ymd", "%Y.%m.%d %H:%M:%S")]),
)
def test_every_moment_in_every_order_and_zone_is_the_moment_that_was_meant(moment, zone, way):
    order, pattern = way
    read, code = reader_of_times(order=order, zone=zone)(moment.strftime(pattern))

    assert code == ""
    assert datetime.fromisoformat(read) == moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@given(days=st.integers(25_569, 79_999), seconds=st.integers(0, 86_399))
def test_a_serial_day_is_so_many_days_after_the_last_but_one_of_1899(days, seconds):
    written = f"{days + seconds / 86_400:.10f}".replace(".", ",")

    read, _ = reader_of_times(order="dmy", zone="UTC")(written)

    meant = datetime(1899, 12, 30, tzinfo=UTC) + timedelta(days=days, seconds=seconds)
    assert abs(datetime.fromisoformat(read) - meant) <= timedelta(seconds=1)


@given(text=st.one_of(st.text(max_size=60), st.from_regex(r"[0-9./: -]{1,30}[apm]{0,3}", fullmatch=True)))
@example(text="99-99-9999 99:99")
@example(text="0001-01-01")
@example(text="9999-12-31 23:59:59")
def test_no_cell_breaks_a_reader(text):
    for read in (dutch, american, reader_of_whole(decimal=","), reader_of_whole(decimal="."), read_severity, name_of):
        assert isinstance(read(text)[0], str)


@pytest.mark.parametrize(
    ("sign", "written", "meant"),
    [
        (",", "3.389", "3389"),
        (",", "3389,00", "3389"),
        (",", "1.136.000", "1136000"),
        (".", "3,389", "3389"),
        (".", "3389.0", "3389"),
        (",", "3389,5", "3389,5"),
        (",", "1.13", "1.13"),
        (",", "", ""),
    ],
)
def test_whole_numbers_as_a_spreadsheet_shows_them(sign, written, meant):
    assert reader_of_whole(decimal=sign)(written) == (meant, "")


@pytest.mark.parametrize(
    ("written", "meant"),
    [("9,8", "urgent"), ("9.0", "urgent"), ("7", "high"), ("4,0", "normal"), ("3,9", "information"),
     ("Hoog", "high"), ("kritiek", "urgent"), ("laag", "information"), ("onbekend", "onbekend"), ("98", "98")],
)  # fmt: skip
def test_a_score_or_a_dutch_word_is_a_severity(written, meant):
    assert read_severity(written) == (meant, "")


def test_words_become_one_identifier_and_numbers_stay():
    assert read_identifier(" Open RDP ") == ("open-rdp", "")
    assert read_identifier("CVE-2021-44228") == ("CVE-2021-44228", "")


@pytest.mark.parametrize(
    ("cell", "address", "name", "port"),
    [
        ("192.0.2.1", "192.0.2.1", "", ""),
        ("192.0.2.1:3389", "192.0.2.1", "", "3389"),
        ("2001:db8::1", "2001:db8::1", "", ""),
        ("[2001:db8::1]:443", "2001:db8::1", "", "443"),
        ("www.example.nl", "", "www.example.nl", ""),
        ("https://user:pw@www.example.nl:8443/a?b=c@d", "", "www.example.nl", "8443"),
        ("http://192.0.2.1/x", "192.0.2.1", "", ""),
        ("*.example.nl", "", "example.nl", ""),
        ("", "", "", ""),
    ],
)
def test_one_column_may_hold_addresses_names_and_web_addresses(cell, address, name, port):
    assert (address_of(cell)[0], name_of(cell)[0], port_of(cell)[0]) == (address, name, port)


def test_a_column_of_addresses_or_names_may_hold_more_than_that():
    assert read_address("192.0.2.1:22") == ("192.0.2.1", "")
    assert read_address("nobody") == ("nobody", "")
    assert read_name("https://example.nl/pad") == ("example.nl", "")
