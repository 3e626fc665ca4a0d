"""Firms that can be reached on paper or by telephone only, and what waits for a person to tell them."""

import cast
import desk

from misthoorn.common import clock
from misthoorn.common.numbers import make_number
from misthoorn.constituency.contacts.register import add_contact
from misthoorn.constituency.models import Contact
from misthoorn.notification.models import Message
from misthoorn.triage import services as triage
from misthoorn.triage.models import Campaign

NUMBER = "020 123 4567"
PAPER = "Dorpsstraat 12 | 1234 AB Voorbeeldstad"
NOBODYS = make_number(lambda below: below // 3)
OTHER_NUMBER, OTHER_PAPER = "030 123 4567", "Havenkade 3 | 3511 AA Utrecht"


def add(organisation, *, channel, address, language="nl"):
    """A contact by telephone or on paper, as a person at the desk adds it; its number."""
    person = cast.person(cast.COLLEAGUE)
    return add_contact(
        organisation=organisation,
        channel=channel,
        address=address,
        language=language,
        role="general",
        evidence="the trade register",
        person=person,
        at=cast.NOW,
    )


def only(company, **contacts):
    """This organisation without its mail address, with these contacts by channel in its place; its id."""
    organisation = cast.organisation(company)
    Contact.objects.filter(organisation=organisation).delete()
    for channel, address in contacts.items():
        add(organisation, channel=channel, address=address, language=company.language)
    return organisation


def release(*organisations, subject="open-rdp", source=None):
    """A campaign about an open entrance at these organisations, approved and released; its id."""
    source = source or desk.make_source()
    for place, organisation in enumerate(organisations):
        desk.make_finding(source, organisation=organisation, observed=f"192.0.2.{place + 1}", subject=subject)
    triage.propose_campaigns(now=cast.NOW)
    campaign = Campaign.objects.get(subject=subject)
    who = cast.person(cast.COLLEAGUE)
    triage.approve_campaign(campaign=campaign.pk, person=who, seen_reach=len(organisations), now=cast.NOW)
    triage.release_campaign(campaign=campaign.pk, now=cast.NOW)
    Message.objects.update(not_before=clock.now())
    return campaign.pk
