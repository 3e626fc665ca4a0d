"""Sources that give pages: all of it comes, in order, and a fetch that broke off goes on at its page."""

import hashlib
import hmac
import io
import json
import zipfile
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from system.servers import Reply
from system.sources.conftest import NOW

from misthoorn.work.outside.errors import FetchError


def asked(question):
    return {name: values[-1] for name, values in parse_qs(question.query).items()}


# --- NVD ---


def nvd(total, *, page=2):
    def answer(question, _handler):
        start = int(asked(question)["startIndex"])
        found = [{"cve": {"id": f"CVE-2026-{number:04}"}} for number in range(start, min(start + page, total))]
        return json.dumps({"totalResults": total, "startIndex": start, "vulnerabilities": found}).encode()

    return answer


def numbers(taken):
    return [one["cve"]["id"] for content in taken.contents for one in json.loads(content)["vulnerabilities"]]


def test_the_nvd_is_taken_whole_at_first_and_then_what_changed(site, fetch):
    site.pages["/cves"] = nvd(5)
    first = fetch("nvd", f"{site.url}/cves", key="hush")

    assert numbers(first) == [f"CVE-2026-{number:04}" for number in range(5)]
    assert {one.headers["apikey"] for one in site.asked} == {"hush"}
    assert "lastModStartDate" not in asked(site.asked[0])

    site.pages["/cves"] = nvd(1)
    later = fetch("nvd", f"{site.url}/cves", cursor=first.cursor, now=NOW + timedelta(hours=2))
    assert numbers(later) == ["CVE-2026-0000"]
    assert asked(site.asked[-1])["lastModStartDate"] == "2026-11-24T09:20:00.000+00:00"
    assert asked(site.asked[-1])["lastModEndDate"] == "2026-11-24T11:30:00.000+00:00"


def test_a_fetch_of_the_nvd_that_was_killed_goes_on_at_its_page_and_loses_no_change_meanwhile(site, fetch):
    site.pages["/cves"] = nvd(5)
    first = fetch("nvd", f"{site.url}/cves", stop_after=2)
    rest = fetch("nvd", f"{site.url}/cves", cursor=first.cursor, now=NOW + timedelta(days=1))

    assert numbers(first)[:4] + numbers(rest)[:1] == [f"CVE-2026-{number:04}" for number in range(5)]
    assert any(asked(one).get("lastModStartDate", "") < NOW.isoformat() for one in site.asked[3:])


def test_a_long_silence_of_ours_is_asked_of_the_nvd_in_windows_that_it_takes(site, fetch):
    site.pages["/cves"] = nvd(1)
    taken = fetch("nvd", f"{site.url}/cves", cursor={"since": (NOW - timedelta(days=300)).isoformat()})

    assert len(site.asked) == 3
    assert taken.cursor["since"] >= NOW.isoformat()[:16]


@pytest.mark.parametrize("page", [b"[]", b"{}", b'{"vulnerabilities": []}', b"nonsense", b"<html>busy"])
def test_what_is_no_answer_of_the_nvd_is_refused(site, fetch, page):
    site.pages["/cves"] = page

    with pytest.raises(FetchError):
        fetch("nvd", f"{site.url}/cves")


# --- TAXII ---


def taxii(pages):
    """A collection in pages, each with the time at which its last object was added."""

    def answer(question, _handler):
        query = asked(question)
        left = [one for one in pages if one[0] > query.get("added_after", "")]
        at = int(query.get("next", 0))
        if at >= len(left):
            return Reply(b"{}", headers={"Content-Type": "application/taxii+json;version=2.1"})
        more = {"more": True, "next": str(at + 1)} if at + 1 < len(left) else {"more": False}
        body = json.dumps({**more, "objects": left[at][1]}).encode()
        return Reply(body, headers={"X-TAXII-Date-Added-Last": left[at][0]})

    return answer


def test_a_collection_is_taken_page_by_page_and_then_only_what_was_added(site, fetch):
    pages = [("2026-11-01T00:00:00Z", [{"id": "a"}]), ("2026-11-02T00:00:00Z", [{"id": "b"}])]
    site.pages["/api/collections/x/objects/"] = taxii(pages)
    first = fetch("taxii", f"{site.url}/api/collections/x/", user="ada", key="hush")

    assert [json.loads(one)["objects"][0]["id"] for one in first.contents] == ["a", "b"]
    assert site.asked[0].headers["accept"] == "application/taxii+json;version=2.1"
    assert site.asked[0].headers["authorization"].startswith("Basic ")

    pages.append(("2026-11-03T00:00:00Z", [{"id": "c"}]))
    later = fetch("taxii", f"{site.url}/api/collections/x/", cursor=first.cursor)
    assert [json.loads(one)["objects"][0]["id"] for one in later.contents] == ["c"]
    assert fetch("taxii", f"{site.url}/api/collections/x/", cursor=later.cursor).items == []


def test_a_collection_that_broke_off_goes_on_at_its_page(site, fetch):
    site.pages["/c/objects/"] = taxii([(f"2026-11-0{day}T00:00:00Z", [{"id": str(day)}]) for day in range(1, 5)])
    first = fetch("taxii", f"{site.url}/c/", stop_after=2)
    rest = fetch("taxii", f"{site.url}/c/", cursor=first.cursor)

    assert [json.loads(one)["objects"][0]["id"] for one in first.contents + rest.contents] == ["1", "2", "3", "4"]


def test_a_collection_that_gives_the_same_page_for_ever_ends(site, fetch):
    site.pages["/c/objects/"] = json.dumps({"more": True, "next": "0", "objects": [{"id": "a"}]}).encode()

    with pytest.raises(FetchError, match="the same page again"):
        fetch("taxii", f"{site.url}/c/")


# --- Shadowserver ---


def shadowserver(site, reports):
    def listed(question, _handler):
        assert_signed(question)
        return json.dumps([{"id": number, "file": name, "type": "scan_rdp"} for number, name in reports]).encode()

    def report(question, _handler):
        assert_signed(question)
        return f"ip\n{question.json()['id']}\n".encode()

    site.pages |= {"/api2/reports/list": listed, "/api2/reports/download": report}


def assert_signed(question):
    expected = hmac.new(b"hush", question.body, hashlib.sha256).hexdigest()
    assert question.headers["hmac2"] == expected
    assert question.json()["apikey"] == "ada"


def test_reports_of_shadowserver_are_had_once_each_and_every_question_is_signed(site, fetch):
    shadowserver(site, [("a1", "2026-11-23-scan_rdp-nl.csv"), ("a2", "2026-11-23-scan_ntp-nl.csv")])
    first = fetch("shadowserver-api", f"{site.url}/api2", user="ada", key="hush")
    shadowserver(site, [("a2", "2026-11-23-scan_ntp-nl.csv"), ("a3", "2026-11-24-scan_rdp-nl.csv")])
    later = fetch("shadowserver-api", f"{site.url}/api2", user="ada", key="hush", cursor=first.cursor)

    assert first.names == ["2026-11-23-scan_rdp-nl.csv", "2026-11-23-scan_ntp-nl.csv"]
    assert (later.names, later.contents) == (["2026-11-24-scan_rdp-nl.csv"], [b"ip\na3\n"])
    assert site.asked[0].json()["date"] == "2026-11-21:2026-11-25"


def test_a_fetch_of_shadowserver_that_was_killed_does_not_ask_again_for_what_is_kept(site, fetch):
    shadowserver(site, [(f"a{number}", f"{number}.csv") for number in range(4)])
    first = fetch("shadowserver-api", f"{site.url}/api2", user="ada", key="hush", stop_after=2)
    rest = fetch("shadowserver-api", f"{site.url}/api2", user="ada", key="hush", cursor=first.cursor)

    assert first.names + rest.names == ["0.csv", "1.csv", "2.csv", "3.csv"]


def test_what_shadowserver_says_is_wrong_is_passed_on(site, fetch):
    site.pages["/api2/reports/list"] = b'{"error": "bad key"}'

    with pytest.raises(FetchError, match="bad key"):
        fetch("shadowserver-api", f"{site.url}/api2", user="ada", key="hush")
    with pytest.raises(FetchError, match="a key and a secret"):
        fetch("shadowserver-api", f"{site.url}/api2", key="hush")


# --- MISP ---


def test_a_misp_feed_gives_its_events_oldest_first_and_tells_what_is_missing(site, fetch):
    ids = [f"0000000{number}-0000-4000-8000-000000000000" for number in range(3)]
    site.pages["/feed/manifest.json"] = json.dumps(
        {ids[0]: {"timestamp": "300"}, ids[1]: {"timestamp": "100"}, ids[2]: {"timestamp": 200}, "../evil": {}}
    ).encode()
    site.pages |= {f"/feed/{one}.json": json.dumps({"Event": {"uuid": one}}).encode() for one in ids[:2]}
    first = fetch("misp-feed", f"{site.url}/feed/")

    assert first.names == [f"{ids[1]}.json", f"{ids[0]}.json"]
    assert first.problems == (f"Event {ids[2]} is in the manifest and not there.",)
    assert "/feed/../evil.json" not in site.paths()

    site.pages[f"/feed/{ids[2]}.json"] = b"{}"
    later = fetch("misp-feed", f"{site.url}/feed/", cursor=first.cursor)
    assert (later.names, later.cursor["missing"]) == ([f"{ids[2]}.json"], [])
    assert fetch("misp-feed", f"{site.url}/feed/", cursor=later.cursor).items == []


def test_an_instance_of_misp_is_asked_with_its_key_for_what_was_published_since(site, fetch):
    def search(question, _handler):
        page = question.json()["page"]
        found = [{"Event": {"id": str(number)}} for number in range(100 if page == 1 else 3)]
        return json.dumps({"response": found}).encode()

    site.pages["/events/restSearch"] = search
    first = fetch("misp-api", site.url, key="hush", options={"filters": {"tags": ["tlp:clear"]}})
    fetch("misp-api", site.url, key="hush", cursor=first.cursor)

    assert [len(json.loads(one)["response"]) for one in first.contents] == [100, 3]
    assert site.asked[0].headers["authorization"] == "hush"
    assert site.asked[0].json() == {"tags": ["tlp:clear"], "returnFormat": "json", "limit": 100, "page": 1}
    assert site.asked[2].json()["publish_timestamp"] == int(NOW.timestamp())


# --- GitHub ---


def zipped(name, content):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, content)
    return out.getvalue()


def releases(site, *names):
    """Releases with one file each, the newest first."""
    listed = [
        {"assets": [{"id": number, "name": name, "browser_download_url": f"{site.url}/get/{name}"}]}
        for number, name in enumerate(names, start=1)
    ]
    site.pages["/repos/a/b/releases"] = json.dumps(listed[::-1]).encode()
    site.pages |= {f"/get/{name}": zipped("x.json", name) for name in names}


def test_the_first_fetch_of_releases_takes_the_whole_and_later_ones_the_differences(site, fetch):
    options = {"assets": "*_delta_*.zip", "first": "*_all_*.zip.zip"}
    releases(site, "1_delta_0000.zip", "1_all_0000.zip.zip", "1_delta_0100.zip")
    inner = zipped("CVE-1.json", "{}")
    site.pages["/get/1_all_0000.zip.zip"] = zipped("cves.zip", inner)
    first = fetch("github-releases", f"{site.url}/repos/a/b", options=options)
    later = fetch("github-releases", f"{site.url}/repos/a/b", options=options, cursor=first.cursor)

    assert (first.names, first.contents) == (["1_all_0000.zip.zip"], [inner])
    assert later.names == ["1_delta_0000.zip", "1_delta_0100.zip"]
    assert fetch("github-releases", f"{site.url}/repos/a/b", options=options, cursor=later.cursor).items == []


def test_without_a_first_file_only_the_newest_release_is_taken(site, fetch):
    releases(site, "a.zip", "b.zip")
    first = fetch("github-releases", f"{site.url}/repos/a/b")
    releases(site, "a.zip", "b.zip", "c.zip")

    assert first.names == ["b.zip"]
    assert fetch("github-releases", f"{site.url}/repos/a/b", cursor=first.cursor).names == ["c.zip"]


def test_advisories_of_github_come_in_pages_that_name_the_next(site, fetch):
    def page(question, _handler):
        number = int(asked(question).get("page", 1))
        body = json.dumps([{"ghsa_id": f"GHSA-{number}", "updated_at": f"2026-11-0{number}T00:00:00Z"}]).encode()
        link = {"Link": f'<{site.url}/advisories?page={number + 1}>; rel="next"'} if number < 3 else {}
        return Reply(body, headers=link)

    site.pages["/advisories"] = page
    first = fetch("github-advisories", f"{site.url}/advisories", key="hush")
    fetch("github-advisories", f"{site.url}/advisories", cursor=first.cursor)

    assert [json.loads(one)[0]["ghsa_id"] for one in first.contents] == ["GHSA-1", "GHSA-2", "GHSA-3"]
    assert asked(site.asked[3])["updated"] == ">=2026-11-03T00:00:00Z"


def test_the_next_page_may_not_lie_on_another_host(site, fetch):
    site.pages["/advisories"] = Reply(b"[]", headers={"Link": '<https://evil.example/>; rel="next"'})

    with pytest.raises(FetchError, match="not a host of this source"):
        fetch("github-advisories", f"{site.url}/advisories", key="hush")
