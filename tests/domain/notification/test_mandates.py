"""A mandate that ends between the decision and the hand-over."""

from datetime import timedelta

import pytest
from cast import BROKER, organisation

from misthoorn.common import clock
from misthoorn.constituency.contacts.register import Terms, grant_mandate, revoke_mandate
from misthoorn.constituency.models import Contact
from misthoorn.notification.models import Message


@pytest.fixture
def mandated(queue):
    """A message to an IT provider that waits, and the mandate under which it was written."""
    queue(1)
    message = Message.objects.get()
    client = Contact.objects.get(pk=message.contact_id).organisation_id
    terms = Terms(granted_by="de eigenaar", valid_from=clock.now() - timedelta(days=1))
    mandate = grant_mandate(
        client=client, provider=organisation(BROKER), terms=terms, person=None, at=clock.now() - timedelta(days=1)
    )
    contact = Contact.objects.get(mandate=mandate)
    Message.objects.update(contact=contact, address=contact.address)
    return message, mandate


def test_under_a_mandate_that_holds_the_provider_is_told(mandated, deliver, channel):
    deliver().run()

    assert [parcel.address for parcel in channel.taken] == [BROKER.address]
    assert mandated[0].pk


def test_a_mandate_withdrawn_between_decision_and_sending_lets_nothing_out(mandated, deliver, channel):
    message, mandate = mandated
    revoke_mandate(mandate=mandate, by="de eigenaar", person=None, at=clock.now())

    deliver().run()

    message.refresh_from_db()
    assert (message.state, message.because, channel.taken) == ("withheld", "contact_unusable", [])
