"""Look-ups of contacts against a real server on loopback."""

import pytest
from system.servers import Reply

from misthoorn.constituency.lookups.client import Internet
from misthoorn.constituency.lookups.security_txt import LARGEST
from misthoorn.work.outside.client import ElsewhereError, MissingError
from misthoorn.work.outside.egress import read_inside
from misthoorn.work.outside.errors import FetchError
from misthoorn.work.outside.pinned import Guard

PATH = "/.well-known/security.txt"


@pytest.fixture
def ask(site, tmp_path):
    """Fetches the site's security.txt as a look-up does."""
    asker = Internet(guard=Guard(inside=read_inside("127.0.0.1")), folder=tmp_path)
    return lambda: asker._fetch(f"{site.url}{PATH}", ["127.0.0.1"], most=LARGEST)


def test_a_file_is_fetched_as_it_is(site, ask):
    site.pages[PATH] = b"Contact: mailto:a@x.example\n"

    assert ask() == b"Contact: mailto:a@x.example\n"
    assert site.asked[0].headers["user-agent"].startswith("misthoorn")


def test_a_site_without_one_says_so(ask):
    with pytest.raises(MissingError):
        ask()


def test_another_host_is_not_gone_to(site, ask):
    site.pages[PATH] = Reply(status=302, headers={"Location": f"{site.url.replace('127.0.0.1', 'localhost')}{PATH}"})

    with pytest.raises(ElsewhereError):
        ask()
    assert len(site.asked) == 1


def test_a_huge_file_is_not_read_to_its_end(site, ask):
    site.pages[PATH] = b"#" * (LARGEST + 1)

    with pytest.raises(FetchError, match="more than"):
        ask()


def test_the_same_host_may_move_it(site, ask):
    site.pages[PATH] = Reply(status=301, headers={"Location": "/security.txt"})
    site.pages["/security.txt"] = b"{}"

    assert ask() == b"{}"
