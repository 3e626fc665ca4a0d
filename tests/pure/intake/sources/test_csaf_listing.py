"""What a CSAF provider lists, whoever wrote it: documents with their times, or one sentence."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.intake.sources import csaf_listing
from misthoorn.intake.sources.csaf_listing import (
    EPOCH,
    Listed,
    Place,
    moment,
    read_changes,
    read_index,
    read_provider,
    read_rolie,
)
from misthoorn.work.outside.errors import FetchError

BASE = "https://csaf.maker.example/white/"
WORDS = ["feed", "entry", "link", "rel", "href", "self", "hash", "updated", "content", "src", "distributions", "rolie"]
WORDS += ["feeds", "url", "directory_url", "publisher", "name", "public_openpgp_keys", "fingerprint", "tlp_label"]
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.sampled_from([BASE, "http://[", "x.json"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=5),
    max_leaves=25,
)


def entry(href, updated="2026-11-01T00:00:00Z"):
    return {"updated": updated, "link": [{"rel": "self", "href": href}]}


@given(ANY)
def test_any_json_is_a_listing_or_refused_with_a_sentence(value):
    for read in (
        lambda: read_provider(value, url=BASE, all_feeds=True),
        lambda: read_rolie({"feed": {"entry": value}}, url=BASE),
        lambda: read_rolie(value, url=BASE),
    ):
        said = ""
        try:
            read()
        except FetchError as error:
            said = str(error)
        assert not said or said.endswith(".")


@given(st.text(max_size=200))
def test_any_text_is_a_list_of_addresses_that_can_be_kept(text):
    for listed in (read_changes(text, directory=BASE), read_index(text, directory=BASE)):
        for one in listed:
            assert one.url.isascii()
            assert one.url.isprintable()
            assert one.url.endswith(".json")


def test_documents_come_oldest_first_and_each_once_with_its_latest_time():
    text = '"b.json","2026-11-02T00:00:00Z"\n"a.json","2026-11-01T01:00:00+01:00"\n"b.json","2026-10-01T00:00:00Z"\n'
    found = read_changes(text, directory=BASE)

    assert [one.url for one in found] == [f"{BASE}a.json", f"{BASE}b.json"]
    assert [one.updated for one in found] == [datetime(2026, 11, day, tzinfo=UTC) for day in (1, 2)]


def test_of_a_long_listing_the_earliest_are_let_go_and_count_as_known(monkeypatch):
    monkeypatch.setattr(csaf_listing, "MOST_KNOWN", 2)
    days = [Listed(f"{BASE}{day}.json", datetime(2026, 11, day, tzinfo=UTC)) for day in (1, 2, 3, 4)]
    place = Place.from_plain(json.loads(json.dumps(Place().after(days).to_plain())))

    assert not any(place.is_new(one) for one in days)
    assert place.is_new(Listed(f"{BASE}late.json", datetime(2026, 11, 3, tzinfo=UTC)))
    assert not place.is_new(Listed(f"{BASE}late.json", datetime(2026, 11, 2, tzinfo=UTC)))


def test_of_a_listing_without_times_none_is_let_go(monkeypatch):
    monkeypatch.setattr(csaf_listing, "MOST_KNOWN", 2)
    listed = [Listed(f"{BASE}{number}.json") for number in range(4)]
    place = Place().after(listed)

    assert [place.is_new(one) for one in (*listed, Listed(f"{BASE}new.json"))] == [False] * 4 + [True]


@pytest.mark.parametrize("href", ["http://[", "x.json\x00", "\ud800.json", "x.html", "x\u00e9.json", ""])
def test_what_is_no_address_of_a_document_is_left_out(href):
    value = json.loads(json.dumps({"feed": {"entry": [entry(href), entry("right.json")]}}))

    assert [one.url for one in read_rolie(value, url=BASE)] == [f"{BASE}right.json"]


def test_the_address_of_a_document_is_the_link_to_itself_and_else_its_content():
    linked = {**entry("self.json"), "content": {"src": "content.json"}}
    bare = {"updated": "2026-11-01T00:00:00Z", "content": {"src": "content.json"}}

    assert read_rolie({"feed": {"entry": [linked]}}, url=BASE)[0].url == f"{BASE}self.json"
    assert read_rolie({"feed": {"entry": [bare]}}, url=BASE)[0].url == f"{BASE}content.json"


def test_a_time_that_is_none_is_long_ago():
    assert moment("yesterday") == moment("") == moment("9999-99-99") == EPOCH
