"""Two people do the same thing at the same moment, on a database with several connections."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import cast
import people
import pytest
from django.db import connections

from misthoorn.common import clock
from misthoorn.constituency.models import Organisation
from misthoorn.notification.letters_and_calls import calls, letters
from misthoorn.notification.models import Attempt, Call, Letter, LetterBatch, Message

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def both():
    yield [cast.person(part, second_factor=False) for part in (cast.ANALYST, cast.COLLEAGUE)]
    Message.objects.all().delete()
    Organisation.objects.all().delete()


def at_once(act, persons, refused):
    """Both act when both are ready; what each got, None for who was refused."""
    ready = Barrier(len(persons))

    def run(person):
        try:
            ready.wait(10)
            return act(person)
        except refused:
            return None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(persons)) as pool:
        return list(pool.map(run, persons))


def test_a_firm_is_taken_by_one_person(both):
    firm = people.only(cast.BAKERY, telephone=people.NUMBER)
    people.release(firm)
    now = clock.now()

    got = at_once(lambda person: calls.take(organisation=firm, person=person, now=now), both, calls.CallError)

    assert [one is None for one in got].count(True) == 1
    winner = both[0] if got[0] else both[1]
    assert list(Call.objects.values_list("held_by", flat=True)) == [winner]


def test_an_outcome_that_is_sent_twice_at_once_counts_once(both):
    firm = people.only(cast.BAKERY, telephone=people.NUMBER)
    people.release(firm)
    now, person = clock.now(), both[0]
    sheet = calls.take(organisation=firm, person=person, now=now)
    told = calls.Ended(outcome="told", messages=(sheet.lines[0].message,))

    got = at_once(
        lambda who: calls.note_outcome(organisation=firm, person=who, ended=told, now=now),
        [person, person],
        calls.CallError,
    )

    assert sorted(got, key=str) == [1, None]
    assert Attempt.objects.count() == 1


def test_a_letter_is_in_one_batch(both):
    people.release(people.only(cast.BAKERY, letter=people.PAPER), people.only(cast.BROKER, letter=people.OTHER_PAPER))
    now = clock.now()

    got = at_once(lambda person: letters.make_batch(limit=10, person=person, now=now), both, ())

    assert got.count(None) == 1
    assert (LetterBatch.objects.count(), Letter.objects.count()) == (1, 2)


def test_a_batch_that_two_people_post_at_once_is_handed_over_once(both):
    people.release(people.only(cast.BAKERY, letter=people.PAPER), people.only(cast.BROKER, letter=people.OTHER_PAPER))
    now = clock.now()
    batch = letters.make_batch(limit=10, person=both[0], now=now)

    got = at_once(lambda person: letters.post_batch(batch, person=person, now=now), both, letters.LetterError)

    assert sum(one.letters for one in got if one) == 2
    assert Attempt.objects.count() == 2
