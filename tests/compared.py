"""Comparisons of texts as tests make them."""

import cast
import seed

from misthoorn.notification.models import Notice, TrialAssignment
from misthoorn.notification.services import create_notices
from misthoorn.notification.trials import services as trials
from misthoorn.notification.trials.facts import TrialDraft

COUNT = 40  # organisations that are there
DRAFT = {
    "name": "short-or-long",
    "hypothesis": "Who has less to read does more.",
    "outcome": "fixed",
    "arms": ("", "short"),
    "baseline": 40,
    "target": 60,
    "most_harm": 5,
    "subject": "open-rdp",
    "days": 7,
    "runs": 30,
    "weak": True,
}


def draft(**changes):
    return TrialDraft(**{**DRAFT, **changes})


def write(*, now=cast.NOW, **changes):
    """A draft by the analyst; its number."""
    return trials.draft_trial(draft(**changes), person=cast.person(cast.ANALYST, second_factor=False), now=now)


def start(*, now=cast.NOW, **changes):
    """The same, approved by the colleague."""
    made = write(now=now, **changes)
    trials.approve_trial(trial=made, person=cast.person(cast.COLLEAGUE, second_factor=False), now=now)
    return made


def plans(**changes):
    return list(seed.make_plans(now=cast.NOW, pressing=False, **changes))


def release(some, *, now=cast.NOW):
    return create_notices(campaign=seed.make_campaign(now=now), plans=some, now=now)


def in_arm(variant):
    rows = TrialAssignment.objects.filter(arm__variant=variant).order_by("organisation")
    return [Notice.objects.get(organisation=one) for one in rows.values_list("organisation", flat=True)]
