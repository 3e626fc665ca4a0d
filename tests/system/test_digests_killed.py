"""Workers that die while they tell things together: nothing is lost, and nothing told twice."""

import json
import signal
from collections import Counter
from pathlib import Path

import pytest
from system import programs

from misthoorn.common.failpoints import FAILPOINTS

pytestmark = pytest.mark.database

SEED = Path(__file__).parents[1] / "seed.py"


@pytest.mark.parametrize(("how", "part"), [("together", "gathering"), ("listed", "bundle")])
def test_a_worker_that_dies_at_any_named_place_tells_everybody_once(service, relay, how, part):
    places = [name for name in FAILPOINTS if name.startswith(f"{part}.")]
    count = 3 * len(places)
    assert programs.run([SEED, count, how], env=service.environment).returncode == 0

    for name in places:
        died = service.start("worker", "--until-idle", MISTHOORN_FAILPOINT=f"{name}:2")
        assert died.wait() == -signal.SIGKILL, name
    workers = [service.start("worker", "--until-idle") for _ in range(2)]
    assert [one.wait() for one in workers] == [0, 0]

    mails = Counter(mail["To"] for mail in relay.mails())
    assert mails == {f"it@bedrijf{number:08d}.example": 1 for number in range(count)}
    states = json.loads(service.run("status", "--json").stdout)["messages"]
    assert {name: n for name, n in states.items() if n} == {"handed_over": count, "gathered": 2 * count}
