"""The worker's share of bundles: one for an owner of networks whose list of the day is due."""

from misthoorn.common import clock
from misthoorn.triage.services.bundles import is_bundle_due, make_bundle
from misthoorn.work.loop import Step

step = Step(
    name="bundle",
    run=lambda: make_bundle(now=clock.now()),
    pending=lambda: is_bundle_due(now=clock.now()),
)
