"""What changes at CSAF providers, in whatever order, and what they answer when it does not go as they say."""

import pytest
from pysequoia import SignatureMode, sign
from system.servers import Reply
from system.sources.conftest import Taken
from system.sources.csaf_provider import KEY, OTHER, Provider, members, origins

from misthoorn.work.outside.errors import FetchError


@pytest.fixture(params=["feed", "directory"])
def provider(site, request):
    return Provider(site, rolie=request.param == "feed")


def test_a_document_that_is_published_after_a_later_one_is_not_missed(provider, fetch):
    provider.add(1, at="2026-11-03T09:00:00Z")
    first = fetch("csaf", provider.site.url)
    provider.add(2, at="2026-11-03T00:00:00Z")
    provider.add(3, at="2019-05-06T00:00:00Z")
    second = fetch("csaf", provider.site.url, cursor=first.cursor)

    assert set(members(second)) == {"maker-2.json", "maker-3.json"}
    assert fetch("csaf", provider.site.url, cursor=second.cursor).items == []


def test_what_an_earlier_version_kept_of_a_listing_still_holds(provider, fetch):
    one = provider.add(1, at="2026-11-01T00:00:00Z")
    two = provider.add(2, at="2026-11-02T00:00:00Z")
    first = fetch("csaf", provider.site.url)
    (listing,) = first.cursor["lists"]
    kept = {"lists": {listing: {"last": "2026-11-02T00:00:00+00:00", "at": [provider.site.url + two]}}}
    provider.add(3, at="2026-11-02T00:00:00Z")

    assert list(members(fetch("csaf", provider.site.url, cursor=kept))) == ["maker-3.json"]
    assert provider.site.paths().count(one) == 1


def test_of_a_first_fetch_that_goes_back_some_days_nothing_older_comes_later(provider, fetch):
    provider.add(1, at="2026-11-01T00:00:00Z")
    provider.add(2, at="2026-11-23T00:00:00Z")
    first = fetch("csaf", provider.site.url, options={"days": 7})
    provider.add(3, at="2026-11-20T00:00:00Z")
    second = fetch("csaf", provider.site.url, options={"days": 7}, cursor=first.cursor)

    assert list(members(first)) == ["maker-2.json"]
    assert list(members(second)) == ["maker-3.json"]


def test_what_came_before_the_provider_asks_us_to_wait_is_kept(provider, fetch):
    provider.add(1, at="2026-11-01T00:00:00Z")
    busy = provider.add(2, at="2026-11-02T00:00:00Z")
    right = provider.site.pages[busy]
    provider.site.pages[busy] = Reply(status=429, headers={"Retry-After": "60"})
    with pytest.raises(FetchError) as told:
        fetch("csaf", provider.site.url, into=(first := Taken({})))
    provider.site.pages[busy] = right

    assert told.value.after == 60
    assert list(members(first)) == ["maker-1.json"]
    assert list(members(fetch("csaf", provider.site.url, cursor=first.cursor))) == ["maker-2.json"]


def test_one_document_that_a_server_fails_on_is_told_and_those_after_it_are_read(provider, fetch):
    broken = provider.add(1, at="2026-11-01T00:00:00Z")
    right = provider.site.pages[broken]
    provider.site.pages[broken] = Reply(status=500)
    provider.add(2, at="2026-11-02T00:00:00Z")
    first = fetch("csaf", provider.site.url)
    provider.site.pages[broken] = right

    assert list(members(first)) == ["maker-2.json"]
    assert first.problems == ("maker-1.json: 127.0.0.1 can't answer now (500).",)
    assert list(members(fetch("csaf", provider.site.url, cursor=first.cursor))) == ["maker-1.json"]


def test_a_server_that_fails_on_document_after_document_is_asked_later(provider, fetch):
    for number in range(1, 5):
        provider.site.pages[provider.add(number, at=f"2026-11-0{number}T00:00:00Z")] = Reply(status=500)
    with pytest.raises(FetchError, match="can't answer now") as told:
        fetch("csaf", provider.site.url)

    assert told.value.again
    assert not any("maker-4" in path for path in provider.site.paths())


def test_a_listing_that_is_not_there_is_told_and_the_others_are_read(site, fetch):
    provider = Provider(site, rolie=True)
    feeds = provider.metadata["distributions"][0]["rolie"]["feeds"]
    feeds.insert(0, {"tlp_label": "WHITE", "url": f"{site.url}/gone.json"})
    provider.publish()
    provider.add(1, at="2026-11-01T00:00:00Z")
    taken = fetch("csaf", site.url)

    assert list(members(taken)) == ["maker-1.json"]
    assert taken.problems == (f"{site.url}/gone.json: 127.0.0.1 has nothing at this address (404).",)


def test_what_is_not_beside_a_document_is_so_too_where_a_server_answers_with_403(provider, fetch):
    path = provider.add(1, at="2026-11-01T00:00:00Z", sha=False, signed_by=None)
    for ending in (".sha512", ".sha256", ".asc"):
        provider.site.pages[path + ending] = Reply(status=403)

    assert list(members(fetch("csaf", provider.site.url))) == ["maker-1.json"]


def test_a_maker_that_changes_its_key_signs_with_both_and_may_name_them_in_one_file(provider, fetch):
    path = provider.add(1, at="2026-11-01T00:00:00Z")
    pages = provider.site.pages
    both = (sign(key.signer(), pages[path], mode=SignatureMode.DETACHED) for key in (OTHER, KEY))
    pages[f"{path}.asc"] = b"\n".join(both)
    pages["/key.asc"] = "\n".join(str(key.extract_certificate()) for key in (OTHER, KEY)).encode()

    assert origins(fetch("csaf", provider.site.url)) == ["Maker, 1 documents: hash right 1, signature right 1"]
