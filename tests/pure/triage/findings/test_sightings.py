"""The join and the folding together, on files of events: what an organisation would be told once."""

import io
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from misthoorn.common.tlp import Tlp
from misthoorn.formats.registry import FORMATS
from misthoorn.matching.events import match_events, write_matches
from misthoorn.matching.inventory.assets import asset_keys, normalise_asset, specificity
from misthoorn.matching.schema import ASSET_KEY_SCHEMA
from misthoorn.triage.findings import sightings as folding
from misthoorn.triage.findings.sightings import fold

NOW = datetime(2026, 11, 24, tzinfo=UTC)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HEADER = "time,ip,port,protocol,hostname,asn,class,type,identifier,severity,banner"


def assets(*owned):
    """Assets (organisation, kind, value), or with (valid_from, valid_to) too; their numbers count from 1."""
    rows = []
    for number, (organisation, kind, value, *validity) in enumerate(owned, 1):
        normal = normalise_asset(kind=kind, value=value)
        start, end = validity or (None, None)
        rows += [
            {
                "asset": number,
                "organisation": organisation,
                "kind": kind,
                "space": key.space,
                "key": key.key,
                "lo": key.lo,
                "hi": key.hi,
                "edition": key.edition,
                "specificity": specificity(normal),
                "valid_from": start,
                "valid_to": end,
            }
            for key in asset_keys(normal)
        ]
    return pa.Table.from_pylist(rows, schema=ASSET_KEY_SCHEMA)


def event(ip="", name="", *, minutes=0, port=80, asn="", what="open-rdp", severity="high", banner="", protocol="tcp"):
    kind = "vulnerable,potentially-unwanted-accessible"
    at = f"{NOON + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"
    return f"{at},{ip},{port},{protocol},{name},{asn},{kind},{what},{severity},{banner}"


@pytest.fixture
def sightings(tmp_path):
    def make(owned, *rows, format_="events"):
        content = "\n".join([HEADER, *rows, ""] if format_ == "events" else rows).encode()
        chunks = list(FORMATS[format_].read(io.BytesIO(content), name="x.csv", now=NOW))
        assert not any(chunk.refused for chunk in chunks), [chunk.refused for chunk in chunks]
        path = tmp_path / "events.parquet"
        pq.write_table(pa.Table.from_batches([chunk.events for chunk in chunks]), path)
        written = tmp_path / "matches.parquet"
        matches = match_events(assets=owned, events=path)
        assert write_matches(written, assets=owned, events=path) == matches.num_rows

        def folded(matches):
            return list(fold(matches=matches, assets=owned, events=path, source=lambda _: (3, Tlp.GREEN)))

        assert folded(written) == folded(matches)
        return folded(written)

    return make


def test_an_event_of_nobody_is_no_sighting(sightings):
    assert sightings(assets((1, "network", "192.0.2.0/24")), event("198.51.100.1")) == []


def test_a_sighting_carries_what_was_seen(sightings):
    (one,) = sightings(assets((7, "network", "192.0.2.0/24")), event("192.0.2.1", banner="RDP 10", port=3389))

    assert (one.organisation, one.asset, one.source, one.tlp) == (7, 1, 3, Tlp.GREEN)
    assert (one.subject, one.observed, one.port, one.protocol) == ("open-rdp", "192.0.2.1", 3389, "tcp")
    assert (one.rsit, one.severity) == ("vulnerable/potentially-unwanted-accessible", "high")
    assert (one.certainty, one.most_specific, one.times) == ("exact", True, 1)
    assert (one.first_seen, one.last_seen) == (NOON, NOON)
    assert one.evidence["banner"] == "RDP 10"


def test_an_address_and_a_name_of_the_same_host_are_one_sighting_on_the_network(sightings):
    owned = assets((7, "domain", "korenaar.example"), (7, "network", "192.0.2.0/24"))

    (one,) = sightings(owned, event("192.0.2.1"), event("192.0.2.1", "www.korenaar.example", minutes=1))

    assert (one.asset, one.times, one.hostname) == (2, 2, "www.korenaar.example")


def test_a_host_that_only_its_name_gives_away_and_the_same_host_by_address_are_one_sighting(sightings):
    owned = assets((7, "network", "192.0.2.0/24", None, NOON + timedelta(minutes=1)), (7, "domain", "korenaar.example"))

    (one,) = sightings(owned, event("192.0.2.1"), event("192.0.2.1", "www.korenaar.example", minutes=2))

    assert (one.asset, one.times) == (1, 2)


def test_two_organisations_that_are_concerned_by_one_host_are_two_sightings(sightings):
    owned = assets((1, "network", "192.0.2.0/24"), (2, "network", "192.0.2.0/28"))

    provider, customer = sightings(owned, event("192.0.2.1"))

    assert (provider.organisation, provider.most_specific) == (1, False)
    assert (customer.organisation, customer.most_specific) == (2, True)


def test_an_entry_of_a_blocklist_is_of_everybody_who_has_a_part_of_it(sightings):
    owned = assets((1, "network", "192.0.2.64/28"), (2, "network", "192.0.0.0/16"), (3, "network", "192.0.3.0/24"))

    found = sightings(owned, '{"cidr": "192.0.2.0/24", "sblid": "SBL1"}', format_="spamhaus-drop")

    seen = [(one.organisation, one.observed, one.certainty, one.most_specific) for one in found]
    assert seen == [(1, "192.0.2.0/24", "exact", True), (2, "192.0.2.0/24", "exact", True)]


def test_an_as_number_alone_is_of_whoever_has_it(sightings):
    owned = assets((1, "asn", "AS64500"), (2, "asn", "AS64501"))

    (one,) = sightings(owned, '{"asn": 64500, "asname": "EXAMPLE"}', format_="spamhaus-drop")

    assert (one.organisation, one.observed, one.hostname, one.certainty) == (1, "AS64500", "", "network")
    assert (one.subject, one.evidence) == ("network-of-criminals", {"asname": "EXAMPLE"})


def test_the_surest_asset_says_what_a_sighting_is_on(sightings):
    owned = assets((7, "asn", "64496"), (7, "domain", "korenaar.example"))

    (one,) = sightings(owned, event("192.0.2.1", "www.korenaar.example", asn="64496"))

    assert (one.asset, one.certainty) == (2, "exact")


def test_by_as_number_alone_a_sighting_is_only_sure_of_the_network(sightings):
    (one,) = sightings(assets((7, "asn", "64496")), event("192.0.2.1", asn="64496"))

    assert one.certainty == "network"


def test_of_two_networks_of_one_organisation_the_smaller_one_counts(sightings):
    owned = assets((7, "network", "192.0.2.0/24"), (7, "network", "192.0.2.0/28"))

    (one,) = sightings(owned, event("192.0.2.1"))

    assert (one.asset, one.most_specific) == (2, True)


def test_five_hundred_hosts_in_one_network_are_five_hundred_sightings(sightings):
    rows = [event(f"198.18.{n // 250}.{n % 250}") for n in range(500)]

    found = sightings(assets((7, "network", "198.18.0.0/16")), *rows)

    assert len({one.observed for one in found}) == 500


def test_another_port_or_another_subject_is_another_sighting(sightings):
    rows = [event("192.0.2.1", port=80), event("192.0.2.1", port=443), event("192.0.2.1", what="open-vnc")]

    assert len(sightings(assets((7, "network", "192.0.2.0/24")), *rows)) == 3


def test_what_differs_between_rows_is_as_the_newest_says_whatever_their_order(sightings):
    old = event("192.0.2.1", banner="old", severity="high", minutes=0)
    new = event("192.0.2.1", banner="new", severity="normal", minutes=5, protocol="udp")
    for rows in ((old, new), (new, old)):
        (one,) = sightings(assets((7, "network", "192.0.2.0/24")), *rows)
        assert (one.evidence["banner"], one.severity, one.protocol) == ("new", "normal", "udp")
        assert (one.first_seen, one.last_seen, one.times) == (NOON, NOON + timedelta(minutes=5), 2)


def test_of_rows_of_the_same_moment_the_last_one_in_the_file_counts(sightings):
    rows = [event("192.0.2.1", banner=str(n)) for n in range(50)]

    (one,) = sightings(assets((7, "network", "192.0.2.0/24")), *rows)

    assert one.evidence["banner"] == "49"


def test_a_name_without_an_address_is_observed_by_its_name(sightings):
    (one,) = sightings(assets((7, "domain", "korenaar.example")), event(name="mail.korenaar.example"))

    assert (one.observed, one.hostname) == ("mail.korenaar.example", "mail.korenaar.example")


def test_an_asset_concerns_only_what_was_seen_while_it_was_theirs(sightings):
    owned = assets((7, "network", "192.0.2.0/24", NOON, NOON + timedelta(minutes=2)))

    found = sightings(owned, *(event("192.0.2.1", minutes=n, port=80 + n) for n in (-1, 0, 1, 2)))

    assert [one.port for one in found] == [80, 81]


def test_sightings_come_in_the_order_of_organisation_subject_and_host(sightings):
    owned = assets((2, "network", "192.0.2.0/28"), (1, "network", "198.51.100.0/24"))
    rows = [event("192.0.2.2"), event("198.51.100.1"), event("192.0.2.1"), event("192.0.2.1", what="a")]

    found = [(one.organisation, one.subject, one.observed) for one in sightings(owned, *rows)]

    assert found == sorted(found)
    assert len(found) == 4


@pytest.mark.parametrize("rows", [1, 3, 1_000])
def test_a_long_delivery_is_folded_in_pieces_that_give_the_same(sightings, monkeypatch, rows):
    owned = assets(*((number, "network", f"192.0.2.{number}/32") for number in range(1, 9)), (9, "domain", "x.example"))
    seen = [event(f"192.0.2.{1 + number % 8}", "a.x.example", minutes=number) for number in range(20)]
    whole = sightings(owned, *seen)

    monkeypatch.setattr(folding, "_PIECES", folding._PIECES.replace(str(folding.PIECE), str(rows)))

    assert sightings(owned, *seen) == whole
    assert [one.organisation for one in whole] == [*range(1, 9), *[9] * 8]
    assert sum(one.times for one in whole) == 40
