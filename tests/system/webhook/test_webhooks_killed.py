"""Workers that die while they post to webhooks: each reader gets it, and at most one twice a death."""

import signal
from collections import Counter

import pytest
from system import programs
from system.servers import Reply, site
from system.test_delivery_killed import SEED, Leases, states

from misthoorn.common.failpoints import FAILPOINTS

pytestmark = pytest.mark.database

PLACES = [name for name in FAILPOINTS if name.startswith("webhook.")]
COUNT = 3 * len(PLACES)


@pytest.fixture
def reader(service):
    with site() as made:
        made.pages["/hook"] = Reply(b"", 204)
        inside = made.url.removeprefix("http://")
        service.environment |= {
            "MISTHOORN_WEBHOOK_INSIDE": inside,
            "MISTHOORN_LEASE": "120",
            "MISTHOORN_DEADLINE": "30",
        }
        yield made


def test_a_worker_that_dies_at_any_named_place_loses_nothing(service, tables, reader):
    assert programs.run([SEED, COUNT, f"{reader.url}/hook"], env=service.environment).returncode == 0

    for name in PLACES:
        before = len(reader.asked)
        died = service.start("worker", "--until-idle", MISTHOORN_FAILPOINT=f"{name}:2")
        assert died.wait() == -signal.SIGKILL, name
        assert len(reader.asked) - before == (1 if name == "webhook.signed" else 2), name
    leases = Leases(tables)
    leases.let_run_out(leases.held())
    service.run("worker", "--until-idle")

    copies = Counter(question.headers["webhook-id"] for question in reader.asked)
    assert len(copies) == COUNT
    assert copies.total() == COUNT + 1  # only a death between the answer and its record doubles anything
    assert states(service) == {"handed_over": COUNT}
