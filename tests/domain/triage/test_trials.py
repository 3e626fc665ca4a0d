"""Comparisons of texts in campaigns as they really are: what presses never takes part, whatever is compared."""

import cast
import pytest
from compared import start
from deliveries import YESTERDAY, cve, deliver, exploited, records, seen, source
from warned import warn

from misthoorn.notification.models import Message, Notice, TrialAssignment
from misthoorn.triage import services
from misthoorn.triage.models import Campaign

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst(db):  # noqa: ARG001  it writes to the database
    cast.organisation(cast.BAKERY)
    source()
    return cast.person(cast.ANALYST, second_factor=False)


def infected():
    return f"{YESTERDAY:%Y-%m-%dT%H:%M:%SZ},192.0.2.3,0,tcp,,,malicious-code,infected-system,infected-system,normal,x"


def test_a_warning_that_may_wait_is_in_the_arm_of_its_organisation(analyst):
    made = start(subject="")
    warn(analyst, seen(), seen("192.0.2.2"))

    [drawn] = TrialAssignment.objects.select_related("arm")
    notice = Notice.objects.get()
    assert (notice.trial_id, notice.variant) == (made, drawn.arm.variant)
    assert (".short+" in Message.objects.get().template) == (drawn.arm.variant == "short")


@pytest.mark.parametrize("row", [seen(severity="urgent"), infected()])
def test_what_is_urgent_or_shows_compromise_is_never_drawn(analyst, row):
    start(subject="")
    warn(analyst, row)

    assert Message.objects.exists()
    assert not TrialAssignment.objects.exists()
    assert Notice.objects.get().trial is None


@pytest.mark.parametrize("known", [False, True])
def test_a_flaw_is_drawn_until_criminals_use_it(analyst, known):
    start(subject="")
    source("cve", form="cve5")
    if known:
        source("kev", form="kev")
        deliver(exploited("CVE-2021-44228"), source="kev", name="kev.json")
    deliver(records(cve(score=5.0)), source="cve", name="cves.jsonl")
    campaign = Campaign.objects.get(subject="CVE-2021-44228").pk
    services.approve_campaign(campaign=campaign, person=analyst, seen_reach=9, now=cast.NOW)
    services.release_campaign(campaign=campaign, now=cast.NOW)

    assert Message.objects.exists()
    assert TrialAssignment.objects.exists() is not known
