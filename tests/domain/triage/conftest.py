import pytest
from cast import ANALYST, BAKERY, BROKER, CLUB, COLLEAGUE, WATERWORKS, organisation, person
from deliveries import deliver, events, seen, source

from misthoorn.triage.models import Campaign


@pytest.fixture
def make_bakery(db):  # noqa: ARG001  it writes to the database
    """Takes the bakery in, with its network, its domain and its product; its id."""
    return lambda: organisation(BAKERY)


@pytest.fixture
def analyst(db):  # noqa: ARG001  it writes to the database
    return person(ANALYST, second_factor=False)


@pytest.fixture
def colleague(db):  # noqa: ARG001  the same
    return person(COLLEAGUE, second_factor=False)


@pytest.fixture
def proposed(make_bakery, settings):
    """A campaign about two hosts of the bakery and one of the brokers, which reaches two organisations."""
    settings.REACH_LIMIT = 2
    make_bakery()
    organisation(BROKER)
    source()
    deliver(events(seen("192.0.2.1"), seen("192.0.2.2"), seen("198.51.100.1")))
    return Campaign.objects.get().pk


@pytest.fixture
def country(db):  # noqa: ARG001  it writes to the database
    """The bakery and the brokers (ours), the waterworks (another team's) and the club (nobody knows), by their ids."""
    return [organisation(one) for one in (BAKERY, BROKER, WATERWORKS, CLUB)]
