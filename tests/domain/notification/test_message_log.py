import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from misthoorn.notification import message_log
from misthoorn.notification.facts import MessageFilter
from misthoorn.notification.models import Message
from misthoorn.notification.queries import broken_laws, messages_by_state

ALL = MessageFilter()


@pytest.fixture
def seven(queue, monkeypatch):
    """Seven messages on pages of three; their ids, the newest first."""
    monkeypatch.setattr(message_log, "PAGE", 3)
    queue(7)
    return list(Message.objects.order_by("-pk").values_list("pk", flat=True))


def _ids(page):
    return [line.id for line in page.lines]


def test_pages_follow_each_other_to_the_oldest_message_and_back(seven):
    first = message_log.message_log(filters=ALL)
    second = message_log.message_log(filters=ALL, before=first.older)
    last = message_log.message_log(filters=ALL, before=second.older)

    assert _ids(first) + _ids(second) + _ids(last) == seven
    assert (first.newer, last.older, last.total) == (None, None, 7)
    assert _ids(message_log.message_log(filters=ALL, after=last.newer)) == _ids(second)
    assert _ids(message_log.message_log(filters=ALL, after=second.newer)) == _ids(first)


@pytest.mark.parametrize("asked", [{"before": 0}, {"after": 10**9}, {"after": 10**9 - 1, "before": 0}])
def test_where_nothing_stands_before_or_after_it_is_the_first_page(seven, asked):
    assert _ids(message_log.message_log(filters=ALL, **asked)) == seven[:3]


def test_near_the_newest_message_a_page_is_the_first_and_whole(seven):
    assert _ids(message_log.message_log(filters=ALL, after=seven[1])) == seven[:3]


def test_what_comes_or_goes_among_the_newer_ones_moves_no_page(seven):
    second = message_log.message_log(filters=ALL, before=seven[2])
    Message.objects.filter(pk=seven[0]).delete()
    assert _ids(message_log.message_log(filters=ALL, before=seven[2])) == _ids(second) == seven[3:6]


@pytest.mark.parametrize("state", Message.State.values)
def test_every_state_is_counted_and_its_messages_are_found(seven, state):
    Message.objects.filter(pk__in=seven[:2]).update(state=state)

    page = message_log.message_log(filters=MessageFilter(state=state))
    assert messages_by_state()[state] == page.total == (7 if state == "queued" else 2)
    assert set(seven[:2]) & set(_ids(page)) == set(seven[:2])
    assert sum(messages_by_state().values()) == 7


@pytest.mark.django_db
@pytest.mark.parametrize("state", sorted(set(Message.State.values) - {"handed_over"}))
def test_what_is_not_handed_over_is_found_by_an_index_of_its_own(state):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL reads a small table whole, whatever indexes it has")
    with CaptureQueriesContext(connection) as asked:
        message_log.message_log(filters=MessageFilter(state=state))
        messages_by_state()
    for query in asked.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
            plan = [row[-1] for row in cursor.fetchall()]
        assert not [step for step in plan if step.startswith("SCAN notification_message") and "COVERING" not in step]


def test_a_message_in_no_known_state_is_counted_and_told(seven):
    Message.objects.filter(pk=seven[0]).update(state="lost")

    assert sum(messages_by_state().values()) == 7
    assert "1 messages in no known state" in broken_laws()
