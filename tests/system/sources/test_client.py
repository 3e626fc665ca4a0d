"""What becomes of servers that are slow, endless, lying or elsewhere: an outcome for each, in bounded time."""

import gzip
import socket
import threading
import time

import pytest
from system.servers import Reply

from misthoorn.work.outside.client import Bounds, MissingError
from misthoorn.work.outside.errors import FetchError, StoppedError

SHORT = Bounds(silence=0.6, deadline=1.5, size=10_000)


def drip(_question, handler):
    """A byte now and then, for ever."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n")
    for _ in range(200):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.1)


def drip_head(_question, handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(200):
        handler.wfile.write(f"X-{number}: y\r\n".encode())
        handler.wfile.flush()
        time.sleep(0.1)


def endless_head(_question, handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(100_000):
        handler.wfile.write(f"X-{number}: {'y' * 200}\r\n".encode())


def silent(_question, _handler):
    time.sleep(5)


def endless(_question, handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(10_000):
        handler.wfile.write(b"400\r\n" + b"x" * 1024 + b"\r\n")


def too_short(_question, handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nhalf of it")


def garbage(_question, handler):
    handler.wfile.write(b"\x00\xff\xfe this is no http\r\n\r\n")


@pytest.mark.parametrize(
    ("manner", "sentence"),
    [
        (drip, "took too long as a whole"),
        (drip_head, "took too long as a whole"),
        (endless_head, "no proper answer"),
        (silent, "did not answer in time"),
        (endless, "goes on beyond 10,000 bytes"),
        (too_short, "broke off"),
        (garbage, "no proper answer"),
        (lambda *_: Reply(headers={"Content-Length": "99999999999"}), "more than 10,000 is not taken in"),
        (lambda *_: Reply(status=500), "can't answer now"),
        (lambda *_: Reply(status=418), "which is not what we asked for"),
        (lambda *_: Reply(status=401), "does not let us in"),
    ],
)
def test_a_server_with_bad_manners_ends_in_a_sentence(site, make_client, manner, sentence):
    site.pages["/x"] = manner

    with pytest.raises(FetchError, match=sentence):
        make_client(bounds=SHORT).fetch(f"{site.url}/x", most=10_000)


def test_what_unpacks_to_far_more_than_it_was_is_cut_off(site, make_client):
    bomb = gzip.compress(b"\x00" * 50_000_000)
    site.pages["/x"] = Reply(bomb, headers={"Content-Encoding": "gzip"})

    with pytest.raises(FetchError, match="goes on beyond"):
        make_client().fetch(f"{site.url}/x", most=1_000_000)


def test_a_missing_page_is_told_apart_from_the_rest(site, make_client):
    with pytest.raises(MissingError):
        make_client().fetch(f"{site.url}/nothing")


@pytest.mark.parametrize(
    ("said", "after"),
    [
        ("120", 120.0),
        ("Tue, 24 Nov 2026 09:31:00 GMT", 60.0),
        ("Tue, 24 Nov 2020 09:31:00 GMT", 0.0),
        ("soon", None),
        ("99999999", 86400.0),
        ("-5", None),
        (None, None),
    ],
)
def test_what_a_server_asks_for_is_heard(site, make_client, said, after):
    site.pages["/x"] = Reply(status=429, headers={"Retry-After": said} if said else {})

    with pytest.raises(FetchError) as caught:
        make_client().fetch(f"{site.url}/x")

    assert (caught.value.again, caught.value.after) == (True, after)


def test_a_port_where_nobody_listens_and_a_name_without_address_may_be_tried_again(make_client):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for url, sentence in ((f"http://127.0.0.1:{port}/", "can't be reached"), ("https://nowhere.invalid/", "looked up")):
        with pytest.raises(FetchError, match=sentence) as caught:
            make_client("127.0.0.1", "nowhere.invalid").fetch(url)
        assert caught.value.again


# --- redirects ---


def redirect(to, status=302):
    return Reply(status=status, headers={"Location": to})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_inside_the_source_is_followed(site, make_client, status):
    site.pages |= {"/old": redirect("/new", status), "/new": b"here"}

    assert make_client().fetch(f"{site.url}/old") == b"here"


def test_a_redirect_in_circles_ends(site, make_client):
    site.pages |= {"/a": redirect("/b"), "/b": redirect("/a")}

    with pytest.raises(FetchError, match="in circles"):
        make_client().fetch(f"{site.url}/a")
    assert len(site.asked) <= 6


@pytest.mark.parametrize(
    "to",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://localhost/",
        "http://[::1]/",
        "http://0.0.0.0/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "//evil.example/",
        "https://user@127.0.0.1/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://127.0.0.1@evil.example/",
        "http://127.0.0.1.evil.example/",
        "\\\\evil.example",
    ],
)
def test_a_redirect_that_leads_away_is_not_followed(site, make_client, to):
    site.pages["/x"] = redirect(to)

    with pytest.raises(FetchError):
        make_client().fetch(f"{site.url}/x")
    assert site.paths() == ["/x"]


def test_a_redirect_to_another_host_of_the_source_brings_no_key_along(site, make_client):
    site.pages |= {"/a": redirect(f"http://other.example:{site.server.server_port}/b"), "/b": b"here"}
    client = make_client("127.0.0.1", "other.example", resolve=lambda *_: ["127.0.0.1"])

    assert client.fetch(f"{site.url}/a", secret={"X-Key": "hush"}, headers={"X-Plain": "1"}) == b"here"
    assert [("x-key" in one.headers, "x-plain" in one.headers) for one in site.asked] == [(True, True), (False, True)]


def test_a_question_with_a_body_is_not_sent_elsewhere(site, make_client):
    site.pages |= {"/a": redirect("/b", 307), "/b": b"here"}

    with pytest.raises(FetchError, match="sends a question with a key elsewhere"):
        make_client().fetch(f"{site.url}/a", method="POST", content=b"{}")


# --- names that answer otherwise ---


def test_only_addresses_that_were_looked_at_are_connected_to_whatever_a_name_says_later(site, make_client):
    answers = iter([["127.0.0.1"], ["169.254.169.254"], ["127.0.0.1"]])
    client = make_client("rebind.example", resolve=lambda *_: next(answers))
    site.pages["/x"] = Reply(b"one", headers={"Connection": "close"})
    url = f"http://rebind.example:{site.server.server_port}/x"

    assert client.fetch(url) == b"one"
    with pytest.raises(FetchError, match="no usual place on the public internet"):
        client.fetch(url)
    assert client.fetch(url) == b"one"
    assert len(site.asked) == 2


@pytest.mark.parametrize(
    "answers",
    [["10.0.0.1"], ["127.0.0.1", "10.0.0.1"], ["8.8.8.8", "::1"], ["64:ff9b::7f00:1"], ["::ffff:127.0.0.1"], []],
)
def test_a_name_with_one_address_that_is_not_public_is_not_asked(site, make_client, answers):
    client = make_client("mixed.example", resolve=lambda *_: answers)

    with pytest.raises(FetchError):
        client.fetch(f"http://mixed.example:{site.server.server_port}/x")
    assert site.asked == []


def test_without_an_exception_nothing_on_this_machine_is_asked(site, make_client):
    client = make_client("127.0.0.1", inside="")

    with pytest.raises(FetchError, match="port"):
        client.fetch(f"{site.url}/x")
    assert site.asked == []


def test_a_key_does_not_go_over_the_internet_in_the_clear(make_client):
    client = make_client("example.org", resolve=lambda *_: ["93.184.216.34"])

    with pytest.raises(FetchError, match="only sent over https"):
        client.fetch("http://example.org/x", secret={"X-Key": "hush"})


def test_settings_of_the_machine_for_a_proxy_are_not_obeyed(site, make_client, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    site.pages["/x"] = b"straight"

    assert make_client().fetch(f"{site.url}/x") == b"straight"


# --- pauses and stopping ---


def test_a_fetch_ends_soon_when_the_worker_is_asked_to_stop(site, make_client):
    asked = threading.Event()
    site.pages["/x"] = lambda *_: (asked.set(), time.sleep(5))[1]

    with pytest.raises(StoppedError):
        make_client(stopped=asked.is_set).fetch(f"{site.url}/x")


def test_between_two_questions_there_is_the_pause_that_the_source_wants(site, make_client):
    waits = []
    site.pages["/x"] = b"x"
    client = make_client(bounds=Bounds(pause=0.01), sleep=waits.append)

    client.fetch(f"{site.url}/x")
    assert waits == []
    client.fetch(f"{site.url}/x")
    assert waits != []
