"""Transports against real servers on loopback, without a database."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from system.servers import site as running_site

from misthoorn.intake.sources.base import Asked, Means, Reached
from misthoorn.intake.sources.registry import TRANSPORTS
from misthoorn.intake.sources.secrets import Credentials
from misthoorn.work.outside.client import Bounds, Client
from misthoorn.work.outside.egress import host_name, read_inside
from misthoorn.work.outside.pinned import Guard

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
QUICK = Bounds(silence=2.0, deadline=5.0, size=1 << 20)


@pytest.fixture
def site():
    with running_site() as made:
        yield made


@pytest.fixture
def make_client():
    """Makes clients that may go to loopback, and closes them."""
    made = []

    def make(*hosts, inside="127.0.0.1", bounds=QUICK, resolve=None, **more):
        options = {"inside": read_inside(inside)}
        if resolve is not None:
            options["resolve"] = resolve
        client = Client(hosts=hosts or ["127.0.0.1"], guard=Guard(**options), bounds=bounds, now=NOW, **more)
        made.append(client)
        return client

    yield make
    for one in made:
        one.__exit__()


@dataclass(frozen=True)
class Delivered:
    content: bytes
    unproven: str


class Taken:
    """What a fetch brought: deliveries with their bytes, and where it ended."""

    def __init__(self, cursor):
        self.items = []
        self.deliveries = []
        self.cursor = cursor
        self.problems = ()

    @property
    def names(self):
        return [name for name, _, _ in self.items]

    @property
    def contents(self):
        return [content for _, content, _ in self.items]


@pytest.fixture
def fetch(make_client, tmp_path):
    """Fetches as the shell does: keeps each delivery, then where to go on; `stop_after` breaks off in the middle.

    `into` has what came before an error.
    """

    def run(
        transport, address, *, cursor=None, options=None, key="", user="", stop_after=None, now=NOW, into=None, **more
    ):
        source = Asked("sample", "events", address, options or {})
        client = make_client(host_name(address.split("/")[2].rpartition(":")[0]), *source.texts("hosts"), **more)
        means = Means(client=client, credentials=Credentials(user, key), now=now, folder=tmp_path / "fetching")
        taken = into or Taken(dict(cursor or {}))
        for one in TRANSPORTS[transport].fetch()(source, cursor=dict(cursor or {}), means=means):
            if isinstance(one, Reached):
                taken.cursor, taken.problems = one.cursor, taken.problems + one.problems
                continue
            with one.stream:
                taken.items.append((one.name, one.stream.read(), one.origin))
            taken.deliveries.append(Delivered(taken.contents[-1], one.unproven))
            taken.cursor = taken.cursor if one.cursor is None else one.cursor
            one.kept()
            if stop_after is not None and len(taken.items) >= stop_after:
                break
        return taken

    return run
