from collections import deque

import pytest
import seed

from misthoorn.constituency.queries import usable_contact
from misthoorn.constituency.services import mark_bounced
from misthoorn.notification.delivery import Delivery
from misthoorn.notification.delivery.rate import Pace
from misthoorn.notification.models import Message
from misthoorn.triage.queries import label_now, still_true


class FakeChannel:
    """Takes every parcel, unless told to answer otherwise: an exception is raised, anything else is called."""

    def __init__(self):
        self.taken = []
        self.answers = deque()
        self.closed = 0

    def hand_over(self, parcel, *, deadline):  # noqa: ARG002  a fake is never late
        answer = self.answers.popleft() if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        self.taken.append(parcel)
        if answer is not None:
            answer()
        return "250 taken"

    def close(self):
        self.closed += 1


@pytest.fixture
def channel():
    return FakeChannel()


@pytest.fixture
def deliver(db, channel):  # noqa: ARG001  it reads the database
    """Makes a worker's hand-over; all of its parts may be chosen. The clock stands still unless one is given."""

    def make(**parts):
        return Delivery(
            **{
                "channels": {"mail": channel},
                "still_true": still_true,
                "label_now": label_now,
                "usable_contact": usable_contact,
                "mark_bounced": mark_bounced,
                "lease": 60.0,
                "deadline": 25.0,
                "pace": Pace(),
                "monotonic": lambda: 1000.0,
                "jitter": lambda: 0.5,
                "sleep": lambda _: None,
            }
            | parts
        )

    return make


@pytest.fixture
def queue(db):  # noqa: ARG001  it writes to the database
    """Puts so many messages in the queue."""
    return seed.queue_messages


@pytest.fixture
def sent(queue, deliver):
    """A message that was handed over."""
    queue(1)
    deliver().run()
    return Message.objects.get()
