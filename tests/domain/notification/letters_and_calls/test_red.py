"""TLP:RED is for one person who is told by one of us: no call, letter or page of ours carries it, named or not."""

import cast
import people
import pytest

from misthoorn.common import clock
from misthoorn.constituency.models import Contact
from misthoorn.notification.letters_and_calls import calls, letters
from misthoorn.notification.letters_and_calls.calls import CallError
from misthoorn.notification.models import Message
from misthoorn.triage.models import Finding

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["", "Piet de Wit"])
def test_a_call_that_became_red_is_not_made_whoever_would_answer(name):
    firm = people.only(cast.BAKERY, telephone=people.NUMBER)
    people.release(firm)
    Contact.objects.update(name=name)
    Message.objects.update(tlp="RED")

    with pytest.raises(CallError, match="Nothing is left"):
        calls.take(organisation=firm, person=cast.person(cast.ANALYST, second_factor=False), now=clock.now())

    row = Message.objects.get()
    assert (row.channel, row.state, row.because) == ("telephone", "withheld", "tlp")


@pytest.mark.parametrize("what", [Message, Finding])
def test_a_letter_that_became_red_is_not_printed(what):
    firm = people.only(cast.BAKERY, letter=people.PAPER)
    people.release(firm)
    what.objects.update(tlp="RED")

    assert letters.make_batch(limit=9, person=cast.person(cast.ANALYST, second_factor=False), now=clock.now()) is None
    assert Message.objects.get().because == "tlp"
