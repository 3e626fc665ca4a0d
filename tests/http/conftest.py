"""A small desk with something on it (desk.py), and visitors."""

import sys
from pathlib import Path

import cast
import desk
import portal
import pytest
import shared_duckdb

sys.path.insert(0, str(Path(__file__).parent / "desk"))  # for `import test_lists_brought`


@pytest.fixture(autouse=True)
def _home_of_its_own(home):
    """Nothing that one test stores is there for another."""


@pytest.fixture(autouse=True, scope="module")
def _matches_are_quick():
    with shared_duckdb.in_use():
        yield


@pytest.fixture(autouse=True)
def _same_day(monkeypatch):
    """Pages ask the clock; here it stands still on the day of the cast."""
    monkeypatch.setattr("misthoorn.common.clock.now", lambda: cast.NOW)


@pytest.fixture
def analyst(client):
    """The client, with the analyst behind the desk."""
    cast.sign_in(client, cast.ANALYST)
    return client


@pytest.fixture
def source(db):  # noqa: ARG001  it opens the database
    return desk.make_source()


@pytest.fixture
def batch(source):
    return desk.make_batch(source)


@pytest.fixture
def campaign(source):
    return desk.make_campaign(source)


@pytest.fixture
def log4j(db):  # noqa: ARG001  it opens the database
    return desk.make_log4j()


@pytest.fixture
def hushed(log4j):
    return desk.make_hushed(log4j)


@pytest.fixture
def sent(campaign):
    return desk.make_sent(campaign)


@pytest.fixture
def bakery(db):  # noqa: ARG001  it opens the database
    return cast.organisation(cast.BAKERY)


@pytest.fixture
def anna(bakery):
    """The number of somebody of the bakery who signs in on the portal."""
    return desk.make_member(bakery)


@pytest.fixture
def told(anna, source):  # noqa: ARG001  the portal is there before anybody is warned
    """The warning of the bakery: mailed, and waiting on the portal."""
    return desk.make_sent(desk.make_campaign(source)).notice


@pytest.fixture
def mine(client, anna):
    return portal.enter(client, anna)


@pytest.fixture
def provider(client, told):  # noqa: ARG001  the client is told first
    """Somebody of the brokers, who may act for the bakery."""
    brokers = cast.organisation(cast.BROKER)
    return portal.enter(client, desk.make_member(brokers, address="bo@harbour.example", name="Bo"))
