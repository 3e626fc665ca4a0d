"""A small desk with something on it (desk.py), and visitors."""

import cast
import desk
import pytest


@pytest.fixture(autouse=True)
def _home_of_its_own(home):
    """Nothing that one test stores is there for another."""


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
