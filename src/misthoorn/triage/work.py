"""The worker's share of triage: batches to match, approved campaigns to release, suppressions that are over."""

import logging

from misthoorn.common import clock
from misthoorn.notification.queries import came_back
from misthoorn.triage import services
from misthoorn.triage.models import Campaign, MatchRun
from misthoorn.triage.services.match_runs import LEASE, queue_assets
from misthoorn.work.leases import TRIES, Claim, Queue, claim, give_back, pending, take_back
from misthoorn.work.loop import Step

QUEUE = Queue(table="triage_matchrun")
RETRY = 5.0  # seconds before a match that failed is tried again

_log = logging.getLogger(__name__)


def run() -> bool:
    """Match one batch or the assets that changed, release one campaign, or take the next way for one message that came
    back. True if there was something.
    """  # noqa: D205  one thought
    for lost in take_back(QUEUE):
        if lost.aside:
            problem = "The process that had this match in hand died several times. Tell the maintainers."
            MatchRun.objects.filter(pk=lost.id).update(problem=problem)
    queue_assets(at=clock.now())
    claimed = claim(QUEUE, lease=LEASE, columns="batch_id")
    if claimed is not None:
        _match(claimed)
        return True
    return _revive() or _release() or services.reach_otherwise(now=clock.now())


def _revive() -> bool:
    """Bring back what suppressions that are over silenced. True if one was over."""
    now = clock.now()
    if not services.over(now=now):
        return False
    services.revive_suppressed(now=now)
    return True


def _release() -> bool:
    """Release one campaign. One that fails does not keep back those behind it; the last failure is told by the loop."""
    failure: Exception | None = None
    for campaign in _to_release():
        try:
            services.release_campaign(campaign=campaign, now=clock.now())
        except Exception as error:  # noqa: BLE001  whatever it is, the next one gets its turn
            failure = error
        else:
            return True
    if failure is not None:
        raise failure
    return False


def _to_release() -> list[int]:
    waiting = Campaign.objects.filter(state=Campaign.State.APPROVED, released_at__isnull=True)
    return list(waiting.order_by("decided_at", "pk").values_list("pk", flat=True))


def _match(claimed: Claim) -> None:
    (batch,) = claimed.values
    try:
        if batch is None:
            services.match_changes(run=claimed.id, attempt=claimed.attempt, now=clock.now())
        else:
            services.match_batch(batch=int(str(batch)), attempt=claimed.attempt, now=clock.now())
    except Exception as error:  # noqa: BLE001  whatever it is, the run must end somewhere visible
        what = "changed assets" if batch is None else f"batch {batch}"
        _log.exception("match of %s failed, attempt %d", what, claimed.attempt)
        if claimed.attempt >= TRIES:
            problem = f"Matching failed {TRIES} times for an unexpected reason: {error}. Tell the maintainers."
            MatchRun.objects.filter(pk=claimed.id, attempt=claimed.attempt).update(
                state=MatchRun.State.SET_ASIDE, lease_until=None, problem=problem
            )
        else:
            give_back(QUEUE, claimed, after=RETRY)


def _is_pending() -> bool:
    return pending(QUEUE) or bool(_to_release()) or services.over(now=clock.now()) or came_back() is not None


step = Step(name="match", run=run, pending=_is_pending)
