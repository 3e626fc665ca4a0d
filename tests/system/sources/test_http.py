"""One file at one address: only when it changed, from where it broke off, and never a web page in its place."""

import pytest
from system.servers import Reply

from misthoorn.work.outside.client import Bounds
from misthoorn.work.outside.errors import FetchError

FILE = b"time,ip\n" + b"2026-11-23T12:00:00Z,192.0.2.1\n" * 2_000


def careful(content, *, etag='"one"'):
    """A server that knows conditions and ranges."""

    def page(question, _handler):
        if question.headers.get("if-none-match") == etag:
            return Reply(status=304)
        asked = question.headers.get("range", "")
        if asked and question.headers.get("if-range") == etag:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            if start >= len(content):
                return Reply(status=416)
            span = f"bytes {start}-{len(content) - 1}/{len(content)}"
            return Reply(content[start:], 206, {"Content-Range": span, "ETag": etag})
        return Reply(content, headers={"ETag": etag, "Last-Modified": "Tue, 24 Nov 2026 09:00:00 GMT"})

    return page


def breaks_off(content, at, *, etag='"one"'):
    def page(_question, handler):
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(content)}\r\nETag: {etag}\r\n\r\n"
        handler.wfile.write(head.encode() + content[:at])

    return page


def test_a_file_is_taken_once_and_asked_for_again_only_whether_it_changed(site, fetch):
    site.pages["/feed.csv"] = careful(FILE)
    first = fetch("http", f"{site.url}/feed.csv")
    again = fetch("http", f"{site.url}/feed.csv", cursor=first.cursor)

    assert (first.names, first.contents) == (["feed.csv"], [FILE])
    assert (again.items, again.cursor) == ([], first.cursor)
    assert site.asked[1].headers["if-none-match"] == '"one"'
    assert site.asked[1].headers["if-modified-since"] == "Tue, 24 Nov 2026 09:00:00 GMT"


def test_a_file_at_another_address_is_not_held_against_what_was_there(site, fetch):
    site.pages |= {"/a.csv": careful(FILE), "/b.csv": careful(b"other")}
    first = fetch("http", f"{site.url}/a.csv")

    assert fetch("http", f"{site.url}/b.csv", cursor=first.cursor).contents == [b"other"]


def test_a_file_that_broke_off_is_gone_on_with_where_it_ended(site, fetch):
    site.pages["/feed.csv"] = breaks_off(FILE, 10_000)
    with pytest.raises(FetchError, match="broke off") as caught:
        fetch("http", f"{site.url}/feed.csv")
    assert caught.value.again

    site.pages["/feed.csv"] = careful(FILE)
    assert fetch("http", f"{site.url}/feed.csv").contents == [FILE]
    kept = int(site.asked[-1].headers["range"].removeprefix("bytes=").removesuffix("-"))
    assert 0 < kept <= 10_000
    assert site.asked[-1].headers["if-range"] == '"one"'


def test_a_file_that_changed_since_it_broke_off_is_taken_from_the_start(site, fetch):
    site.pages["/feed.csv"] = breaks_off(FILE, 10_000)
    with pytest.raises(FetchError):
        fetch("http", f"{site.url}/feed.csv")

    site.pages["/feed.csv"] = careful(b"new content", etag='"two"')
    assert fetch("http", f"{site.url}/feed.csv").contents == [b"new content"]


def test_a_file_that_was_whole_when_the_worker_was_killed_is_begun_anew(site, fetch):
    site.pages["/feed.csv"] = breaks_off(FILE + b"x", len(FILE))
    with pytest.raises(FetchError, match="broke off"):
        fetch("http", f"{site.url}/feed.csv")
    site.pages["/feed.csv"] = careful(FILE)
    with pytest.raises(FetchError, match="begun anew") as caught:
        fetch("http", f"{site.url}/feed.csv")

    assert (caught.value.again, caught.value.after) == (True, 0)
    assert fetch("http", f"{site.url}/feed.csv").contents == [FILE]


def test_a_server_that_goes_on_from_elsewhere_is_not_believed(site, fetch):
    site.pages["/feed.csv"] = breaks_off(FILE, 10_000)
    with pytest.raises(FetchError):
        fetch("http", f"{site.url}/feed.csv")

    site.pages["/feed.csv"] = lambda *_: Reply(b"x", 206, {"Content-Range": "bytes 5-5/6"})
    with pytest.raises(FetchError, match="from another place"):
        fetch("http", f"{site.url}/feed.csv")
    site.pages["/feed.csv"] = careful(FILE)
    assert fetch("http", f"{site.url}/feed.csv").contents == [FILE]


def test_a_file_without_a_strong_sign_of_what_it_is_begins_anew(site, fetch):
    site.pages["/feed.csv"] = breaks_off(FILE, 10_000, etag='W/"weak"')
    with pytest.raises(FetchError):
        fetch("http", f"{site.url}/feed.csv")
    site.pages["/feed.csv"] = careful(FILE)

    assert fetch("http", f"{site.url}/feed.csv").contents == [FILE]
    assert "range" not in site.asked[-1].headers


@pytest.mark.parametrize("page", [b"<!DOCTYPE html><title>Sign in</title>", b"\xef\xbb\xbf  <HTML><body>Busy"])
def test_a_web_page_with_status_200_is_not_taken_for_data(site, fetch, tmp_path, page):
    site.pages["/feed.csv"] = page

    with pytest.raises(FetchError, match="a web page, not with data"):
        fetch("http", f"{site.url}/feed.csv")
    assert list((tmp_path / "fetching").glob("*.part")) == []


def test_a_file_that_is_larger_than_allowed_leaves_nothing_behind(site, fetch, tmp_path):
    site.pages["/feed.csv"] = careful(FILE)

    with pytest.raises(FetchError, match="more than 1,000"):
        fetch("http", f"{site.url}/feed.csv", bounds=Bounds(size=1_000))
    assert list((tmp_path / "fetching").glob("*.part")) == []


def test_the_server_may_name_the_file_and_its_key_goes_in_the_header_that_it_wants(site, fetch):
    site.pages["/get"] = Reply(b"x", headers={"Content-Disposition": 'attachment; filename="2026-scan_rdp.csv"'})
    taken = fetch("http", f"{site.url}/get", key="hush", options={"key_header": "Auth-Key"})
    plain = fetch("http", f"{site.url}/get", key="hush")

    assert taken.names == plain.names == ["2026-scan_rdp.csv"]
    assert [one.headers.get("auth-key") for one in site.asked] == ["hush", None]
    assert site.asked[1].headers["authorization"] == "Bearer hush"
