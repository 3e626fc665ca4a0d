"""The next way to an organisation when a message came back: the next rung of its contacts that the label allows."""

from datetime import datetime

from django.db import transaction

from misthoorn.notification import queries as notices
from misthoorn.notification import services as notification
from misthoorn.notification.digests import queue
from misthoorn.triage.campaigns.assessment import assess
from misthoorn.triage.campaigns.plans import notice_plans
from misthoorn.triage.models import Campaign


def reach_otherwise(*, now: datetime) -> bool:
    """Take the next way for one message that came back, with the gates asked again; whether there was one.

    What was told in it came back with it. What is no longer true, or may not be told any more, is not told by another
    way either; what is stopped waits for that.
    """
    found = notices.came_back()
    if found is None:
        return False
    if found.stopped:
        notification.leave_be(message=found.message)
        return True
    if queue.give_back(found.message):
        return True
    plan = None
    campaign = Campaign.objects.filter(pk=found.campaign or 0).exclude(corrections__state="approved").first()
    if campaign is not None:
        rulings = assess(campaign, now=now, only=found.organisation, without=found.tried)
        plan = next(notice_plans(campaign, rulings, now=now), None)
    with transaction.atomic():
        notification.take_next_way(message=found.message, plan=plan)
        if campaign is not None and campaign.state == Campaign.State.STOPPED:
            notification.stop_messages(campaign=campaign.pk)
    return True
