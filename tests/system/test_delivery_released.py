"""An approved campaign that every worker releases at once, and dies on: each organisation gets one message."""

import signal

import pytest
from system import programs
from system.test_delivery_killed import SEED, Tally, states

from misthoorn.common.failpoints import FAILPOINTS

pytestmark = pytest.mark.database

COUNT = 40
PLACES = ["release.decided", "release.written"]
# Where each place at which a process may die is tried, by how its name begins.
TRIED = {
    "intake": "test_take_in",
    "triage": "test_take_in",
    "release": "test_delivery_released",
    "delivery": "test_delivery_killed",
    "following": "test_following_killed",
    "correction": "test_following_killed",
    "gathering": "test_digests_killed",
    "bundle": "test_digests_killed",
    "webhook": "webhook/test_webhooks_killed",
    "many": "test_delivery_many_killed",
    "restore": "test_backup",
    "compaction": "tests/domain/intake/test_compaction",
    "lookup": "tests/domain/constituency/lookups/test_queue",
    "incoming": "tests/domain/notification/test_incoming",
}


def test_every_place_at_which_a_process_may_die_is_tried_somewhere():
    assert {name.partition(".")[0] for name in FAILPOINTS} == set(TRIED)
    assert [name for name in FAILPOINTS if name.startswith("release.")] == PLACES


@pytest.fixture
def approved(service, tables):
    """Somebody said yes to a campaign, and nothing of it is written yet."""
    assert programs.run([SEED, COUNT], env=service.environment).returncode == 0
    for table in ("message", "noticefinding", "notice"):
        tables.ask(f"DELETE FROM notification_{table}")
    tables.ask(
        "INSERT INTO triage_decision (campaign_id, finding_id, outcome, gates) "
        "SELECT c.id, f.id, 'undecided', '[]' FROM triage_finding f JOIN triage_campaign c ON c.state = 'approved'"
    )
    tables.ask("UPDATE triage_campaign SET released_at = NULL, decided_at = created_at")
    return service


def test_workers_that_release_one_campaign_at_once_and_die_on_it_tell_everybody_once(approved, relay, tables):
    for place in PLACES:
        died = approved.start("worker", "--until-idle", MISTHOORN_FAILPOINT=place)
        assert died.wait() == -signal.SIGKILL, place
    workers = [approved.start("worker", "--until-idle") for _ in range(4)]
    assert [one.wait() for one in workers] == [0] * 4

    Tally(relay).check(COUNT, bound=0)
    assert states(approved) == {"handed_over": COUNT}
    ((campaign, released),) = tables.ask("SELECT id, released_at FROM triage_campaign WHERE state = 'approved'")
    assert released
    decided = f"SELECT outcome, count(*) FROM triage_decision WHERE campaign_id = {campaign} GROUP BY outcome"
    assert tables.ask(decided) == [("warn", COUNT)]
