"""The files of two days: so many rows, good, broken and double ones, whatever the clock says."""

import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest

from misthoorn.cli.demo.addresses import CAMPUS
from misthoorn.cli.demo.exposures import CAMPUS_HOSTS, exposures
from misthoorn.cli.demo.feeds import day_files, rows_of
from misthoorn.cli.demo.population import settle
from misthoorn.formats.registry import FORMATS
from misthoorn.formats.values.schema import FormatError

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
FORMAT = {"shadowserver": "shadowserver"}


COUNTRY = settle(60)


@dataclass(frozen=True)
class Result:
    """What a format made of a delivery."""

    file: str
    accepted: int
    refused: int
    double: int
    codes: tuple[str, ...]
    times: tuple[datetime, ...]

    @property
    def figures(self):
        return self.accepted, self.refused, self.double, self.codes


def read(file, now):
    chunks = FORMATS[FORMAT.get(file.source, "events")].read(io.BytesIO(file.content), name=file.name, now=now)
    try:
        chunks = list(chunks)
    except FormatError:
        return Result(file.name, 0, 1, 0, ("file",), ())
    codes = tuple(row.code for chunk in chunks for row in chunk.refused)
    times = tuple(moment for chunk in chunks for moment in chunk.events["time"].to_pylist())
    return Result(file.name, len(times), len(codes), sum(chunk.duplicates for chunk in chunks), codes, times)


def read_days(now):
    """What comes of both days, when the second one is `now`."""
    yesterday = now - timedelta(days=1)
    first = [read(file, yesterday) for file in day_files(COUNTRY, day=1, now=yesterday)]
    return first, [read(file, now) for file in day_files(COUNTRY, day=2, now=now)]


@pytest.fixture(scope="module")
def days():
    return read_days(NOW)


@pytest.mark.parametrize("day", [0, 1])
def test_each_day_has_exactly_the_rows_that_it_should(days, day):
    assert sum(one.accepted + one.refused + one.double for one in days[day]) == rows_of(60) == 2400


def test_five_thousand_organisations_give_twenty_thousand_rows_a_day():
    assert rows_of(5000) == 20_000


def test_rows_are_broken_in_many_ways_and_each_is_refused_for_its_own_reason(days):
    assert {code for day in days for one in day for code in one.codes} - {"file"} == {
        *("address-invalid", "address-private", "address-loopback", "address-multicast", "address-link-local"),
        *("time-invalid", "time-missing", "time-future", "port-invalid", "fields", "nul", "encoding"),
    }


def test_some_rows_are_double(days):
    assert 70 < sum(one.double for one in days[0]) < 90


def test_on_the_second_day_one_report_is_an_error_page(days):
    assert [one.file for one in days[1] if one.codes == ("file",)] == ["2026-11-24-scan_vnc-netherlands.csv"]


def test_what_becomes_of_the_rows_does_not_depend_on_the_clock(days):
    at_midnight = read_days(datetime(2027, 1, 1, 0, 0, 30, tzinfo=UTC))

    assert [[one.figures for one in day] for day in at_midnight] == [[one.figures for one in day] for day in days]


def test_the_second_day_shows_nothing_as_old_as_the_first(days):
    first, second = ([moment for one in day for moment in one.times] for day in days)

    assert max(first) < min(second)


def test_five_hundred_hosts_are_open_in_one_network_and_some_are_closed_by_the_second_day():
    campus = [one for one in exposures(settle(50)) if one.what == "scan_ipp" and ip_address(one.address) in CAMPUS]

    assert len({one.address for one in campus}) == CAMPUS_HOSTS == 500
    assert sum(2 in one.days for one in campus) == 430
