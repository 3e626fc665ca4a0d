"""Warnings as tests make them: a delivery, its campaign approved and released; and wishes of contacts."""

from cast import NOW
from deliveries import deliver, events

from misthoorn.constituency.models import Preference
from misthoorn.triage import services
from misthoorn.triage.models import Campaign


def wish(contact, **values):
    """This contact wished so; what it did not name is as the model has it."""
    Preference.objects.update_or_create(contact=contact, defaults={"changed_at": NOW, **values})


def warn(analyst, *rows, now=NOW):
    """The campaign on these rows, approved and released by this person."""
    deliver(events(*rows), at=now, name=f"{Campaign.objects.count()}.csv")
    campaign = Campaign.objects.get(state="proposed").pk
    services.approve_campaign(campaign=campaign, person=analyst, seen_reach=99, now=now)
    services.release_campaign(campaign=campaign, now=now)
    return campaign
