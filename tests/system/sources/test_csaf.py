"""CSAF providers: found by their site or their metadata, as feeds or as directories, with hashes and signatures."""

import json
import os
import re
from pathlib import Path

import pytest
from system.sources.csaf_provider import OTHER, Provider, document, members, origins, zipped

from misthoorn.work.outside.errors import FetchError

DATA = Path(os.environ.get("MISTHOORN_TEST_DATA", "../shared")) / "data/csaf"


@pytest.fixture(params=["feed", "directory"])
def provider(site, request):
    return Provider(site, rolie=request.param == "feed")


def test_a_provider_is_found_by_its_site_and_gives_what_changed_since(provider, fetch):
    provider.add(2, at="2026-11-02T00:00:00Z")
    provider.add(1, at="2026-11-01T00:00:00Z")
    first = fetch("csaf", provider.site.url)
    again = fetch("csaf", provider.site.url, cursor=first.cursor)
    provider.add(3, at="2026-11-03T00:00:00+01:00")
    provider.add(1, at="2026-11-04T00:00:00Z", data=document(1, "A worse hole"))
    later = fetch("csaf", provider.site.url, cursor=again.cursor)

    assert list(members(first)) == ["maker-1.json", "maker-2.json"]
    assert again.items == []
    assert members(later) == {"maker-3.json": document(3), "maker-1.json": document(1, "A worse hole")}
    assert origins(first) == ["Maker, 2 documents: hash right 2, signature right 2"]
    assert first.problems == later.problems == ()


def test_a_document_that_is_added_with_the_time_of_the_last_one_is_not_missed(provider, fetch):
    provider.add(1, at="2026-11-01T00:00:00Z")
    first = fetch("csaf", provider.site.url)
    provider.add(2, at="2026-11-01T00:00:00Z")

    assert list(members(fetch("csaf", provider.site.url, cursor=first.cursor))) == ["maker-2.json"]


def test_a_document_that_is_listed_and_missing_is_told_tried_again_and_stops_nothing(provider, fetch):
    provider.add(1, at="2026-11-01T00:00:00Z")
    path = provider.add(2, at="2026-11-02T00:00:00Z", listed_only=True)
    provider.add(3, at="2026-11-03T00:00:00Z")
    first = fetch("csaf", provider.site.url)
    second = fetch("csaf", provider.site.url, cursor=first.cursor)
    provider.site.pages[path] = document(2)
    third = fetch("csaf", provider.site.url, cursor=second.cursor)

    assert list(members(first)) == ["maker-1.json", "maker-3.json"]
    assert first.problems == second.problems == ("maker-2.json: 127.0.0.1 has nothing at this address (404).",)
    assert list(members(third)) == ["maker-2.json"]
    assert third.cursor["missing"] == {}


def test_what_is_missing_three_times_is_left_until_it_changes(provider, fetch):
    provider.add(1, at="2026-11-02T00:00:00Z", listed_only=True)
    cursor = {}
    for _ in range(3):
        taken = fetch("csaf", provider.site.url, cursor=cursor)
        cursor = taken.cursor

    assert "asked for three times" in taken.problems[0]
    assert fetch("csaf", provider.site.url, cursor=cursor).problems == ()


def test_a_document_that_is_not_what_its_hash_or_its_signature_says_comes_apart_with_the_reason(provider, fetch):
    provider.add(1, at="2026-11-01T00:00:00Z")
    provider.site.pages["/white/2026/maker-1.json"] = document(1, "Altered on the way")
    provider.add(2, at="2026-11-02T00:00:00Z", signed_by=OTHER)
    provider.add(3, at="2026-11-03T00:00:00Z")
    taken = fetch("csaf", provider.site.url)

    assert {one.unproven: list(zipped(one.content)) for one in taken.deliveries} == {
        "hash-wrong": ["maker-1.json"],
        "signature-wrong": ["maker-2.json"],
        "": ["maker-3.json"],
    }
    assert zipped(taken.contents[0]) == {"maker-1.json": document(1, "Altered on the way")}
    assert taken.problems == (
        "maker-1.json: its hash says that it is another document.",
        "maker-2.json: its signature is not by the provider's keys.",
    )


def test_a_document_without_hash_or_signature_is_taken_and_that_is_noted(provider, fetch):
    provider.add(1, at="2026-11-01T00:00:00Z", sha=False)
    provider.add(2, at="2026-11-02T00:00:00Z", signed_by=None)
    taken = fetch("csaf", provider.site.url)

    assert len(members(taken)) == 2
    assert origins(taken) == ["Maker, 2 documents: hash right 1, no hash 1, no signature 1, signature right 1"]


def test_a_trusted_provider_signs_and_what_it_did_not_sign_comes_apart(provider, fetch):
    provider.metadata["role"] = "csaf_trusted_provider"
    provider.publish()
    provider.add(1, at="2026-11-01T00:00:00Z", sha=False)
    provider.add(2, at="2026-11-02T00:00:00Z", signed_by=None)
    taken = fetch("csaf", provider.site.url)
    anyway = fetch("csaf", provider.site.url, options={"unsigned": "take"})

    assert {one.unproven: list(zipped(one.content)) for one in taken.deliveries} == {
        "signature-missing": ["maker-2.json"],
        "": ["maker-1.json"],
    }
    assert taken.problems == ("maker-2.json: it has no signature, and a trusted provider signs.",)
    assert [one.unproven for one in anyway.deliveries] == [""]
    assert len(members(anyway)) == 2


def test_what_is_signed_later_is_another_delivery_than_what_was_not(provider, fetch):
    provider.metadata["role"] = "csaf_trusted_provider"
    provider.publish()
    provider.add(1, at="2026-11-01T00:00:00Z", signed_by=None)
    first = fetch("csaf", provider.site.url)
    provider.add(1, at="2026-11-01T00:00:00Z")
    second = fetch("csaf", provider.site.url, cursor=first.cursor)

    assert members(first) == members(second)
    assert first.contents != second.contents
    assert [one.unproven for one in second.deliveries] == [""]


def test_a_key_that_is_not_the_one_that_was_announced_is_not_used(provider, fetch):
    provider.site.pages["/key.asc"] = str(OTHER.extract_certificate()).encode()
    provider.add(1, at="2026-11-01T00:00:00Z", signed_by=OTHER)
    taken = fetch("csaf", provider.site.url)

    assert "is not the one with fingerprint" in taken.problems[0]
    assert origins(taken) == ["Maker, 1 documents: hash right 1, signature not checked (no key) 1"]


def test_equal_documents_make_an_equal_delivery(provider, fetch):
    provider.add(1, at="2026-11-01T00:00:00Z")

    assert fetch("csaf", provider.site.url).contents == fetch("csaf", provider.site.url).contents


def test_many_documents_come_in_several_deliveries_and_a_fetch_that_was_killed_goes_on_after_the_last(
    site, fetch, monkeypatch
):
    monkeypatch.setattr("misthoorn.intake.sources.csaf.MOST_IN_ONE", 2)
    provider = Provider(site, rolie=True)
    for number in range(1, 6):
        provider.add(number, at=f"2026-11-0{number}T00:00:00Z", signed_by=None)
    first = fetch("csaf", site.url, stop_after=1)
    rest = fetch("csaf", site.url, cursor=first.cursor)

    assert list(members(first)) == ["maker-1.json", "maker-2.json"]
    assert list(members(rest)) == ["maker-3.json", "maker-4.json", "maker-5.json"]


def test_feeds_that_are_not_for_everybody_are_left_alone_without_a_key(site, fetch):
    provider = Provider(site, rolie=True)
    provider.metadata["distributions"][0]["rolie"]["feeds"].append(
        {"tlp_label": "AMBER", "url": f"{site.url}/amber.json"}
    )
    provider.publish()
    provider.add(1, at="2026-11-01T00:00:00Z")
    site.pages["/amber.json"] = b'{"feed": {"entry": []}}'
    fetch("csaf", site.url)

    assert "/amber.json" not in site.paths()
    fetch("csaf", site.url, key="hush")
    (asked,) = (one for one in site.asked if one.path == "/amber.json")
    assert asked.headers["authorization"] == "Bearer hush"


def test_a_provider_on_another_host_than_its_site_must_be_named(site, fetch):
    provider = Provider(site, rolie=True)
    provider.metadata["distributions"][0]["rolie"]["feeds"][0]["url"] = "https://csaf.maker.example/feed.json"
    provider.publish()

    with pytest.raises(FetchError, match=r"csaf.maker.example is not a host of this source"):
        fetch("csaf", site.url)


def test_security_txt_may_name_the_metadata_and_so_may_the_operator(site, fetch):
    provider = Provider(site, rolie=True)
    provider.add(1, at="2026-11-01T00:00:00Z")
    site.pages["/elsewhere/meta.json"] = site.pages.pop("/.well-known/csaf/provider-metadata.json")
    site.pages["/.well-known/security.txt"] = f"Contact: x\nCsaf: {site.url}/elsewhere/meta.json\n".encode()

    assert len(fetch("csaf", site.url).items) == 1
    assert len(fetch("csaf", f"{site.url}/elsewhere/meta.json").items) == 1


@pytest.mark.parametrize(
    "metadata",
    [
        b"[]",
        b"{}",
        b'{"distributions": []}',
        b'{"distributions": [1, {"rolie": 5}]}',
        b"<html>",
        b'{"distributions": {}}',
    ],
)
def test_what_is_no_metadata_is_refused_with_a_sentence(site, fetch, metadata):
    site.pages["/.well-known/csaf/provider-metadata.json"] = metadata

    with pytest.raises(FetchError):
        fetch("csaf", site.url)


def test_a_site_without_csaf_says_what_to_give_instead(site, fetch):
    with pytest.raises(FetchError, match="Give its full address"):
        fetch("csaf", site.url)


# --- real providers ---


def served(site, folder):
    """The pages of a folder of gocsaf's test providers, with their templates filled in."""
    if not folder.is_dir():
        pytest.skip(f"there is no test data at {folder}")
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            if path.suffix in {".json", ".txt"} and b"{{" in data:
                text = re.sub(r"\{\{if [^}]*\}\}|\{\{end\}\}", "", data.decode()).replace("{{.URL}}", site.url)
                data = text.encode()
            site.pages["/" + str(path.relative_to(folder))] = data


@pytest.mark.parametrize("kind", ["simple-rolie-provider", "simple-directory-provider"])
def test_the_trusted_providers_of_gocsaf_are_taken_with_their_signatures(site, fetch, kind):
    served(site, DATA / "examples/gocsaf" / kind)
    taken = fetch("csaf", site.url)

    assert list(members(taken)) == ["avendor-advisory-0004.json"]
    assert origins(taken) == ["ACME Inc, 1 documents: hash right 1, signature right 1"]
    assert taken.problems == ()


def test_the_lists_of_cisa_are_walked_and_what_is_not_there_is_told(site, fetch):
    folder = DATA / "cisa"
    served(site, folder)
    site.pages["/provider-metadata.json"] = json.dumps(
        {"publisher": {"name": "CISA"}, "distributions": [{"directory_url": f"{site.url}/csaf_files/IT/white"}]}
    ).encode()
    changes = site.pages["/csaf_files/IT/white/changes.csv"].decode().splitlines()
    site.pages["/csaf_files/IT/white/changes.csv"] = "\n".join(
        line.removeprefix("csaf_files/IT/white/") for line in [*changes, "2017/not-there.json,2017-01-01T00:00:00Z"]
    ).encode()
    taken = fetch("csaf", site.url)

    there = {path.name for path in (folder / "csaf_files/IT/white").rglob("*.json") if path.parent.name.isdigit()}
    assert there
    assert there <= set(members(taken))
    assert any("not-there.json" in problem for problem in taken.problems)
