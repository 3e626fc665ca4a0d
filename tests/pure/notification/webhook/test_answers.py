"""What each answer of a webhook's reader leads to."""

from datetime import UTC, datetime

import pytest

from misthoorn.notification.channels import HandOverError, Reason
from misthoorn.notification.channels.webhook.answers import taken
from misthoorn.notification.delivery.decision import after_failure, back_off

NOW = datetime(2026, 11, 28, 8, tzinfo=UTC)
SCHEDULE = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400, 86_400]  # the specification's example


def refused(status, *, retry_after=""):
    with pytest.raises(HandOverError) as caught:
        taken(status, retry_after=retry_after, now=NOW)
    return caught.value


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_answer_of_two_hundred_is_a_yes(status):
    assert taken(status, retry_after="", now=NOW).startswith(str(status))


@pytest.mark.parametrize(
    ("status", "reason"),
    [(status, Reason.REFUSED) for status in (301, 302, 307, 308, 410)]
    + [(status, Reason.LATER) for status in (400, 401, 403, 404, 405, 413, 415, 422, 499, 600, 799)]
    + [(status, Reason.UNREACHABLE) for status in (408, 425, 429, 500, 502, 503, 504, 599)],
)
def test_every_other_answer_is_a_failure_of_its_kind(status, reason):
    assert refused(status).reason is reason
    assert str(status) in refused(status).reply


def test_a_redirect_says_what_to_do():
    assert "redirects are not followed" in refused(302).reply


def test_only_gone_ends_it():
    assert [status for status in range(300, 600) if refused(status).gone] == [410]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        ("Sat, 28 Nov 2026 08:10:00 GMT", 600.0),
        ("999999999", 86_400.0),
        ("Sat, 28 Nov 2099 08:10:00 GMT", 86_400.0),
        ("-5", 0.0),
        ("soon", 0.0),
        ("", 0.0),
        ("9" * 400, 0.0),
    ],
)
def test_what_a_server_asks_for_is_read_and_bounded_to_a_day(header, seconds):
    assert refused(503, retry_after=header).after == seconds


def test_a_server_is_left_alone_for_as_long_as_it_asks_and_never_tried_before_its_turn():
    asked = refused(429, retry_after="3600")
    hasty = refused(429, retry_after="1")

    assert after_failure(asked, attempt=1, failures=0, jitter=0.5, channel="webhook").after == 3600
    assert after_failure(hasty, attempt=4, failures=0, jitter=0.5, channel="webhook").after == 7200


def test_a_webhook_is_tried_again_on_the_schedule_of_the_specification():
    waits = [back_off(reason=Reason.LATER, attempt=n, jitter=0.5, channel="webhook") for n in range(1, 11)]

    assert waits == SCHEDULE


def test_gone_ends_in_the_table_as_refused_for_good_and_ends_the_contact():
    verdict = after_failure(refused(410), attempt=1, failures=0, jitter=0.5, channel="webhook")

    assert (verdict.state, verdict.outcome, verdict.gone, verdict.bad_address) == ("bounced", "bounced", True, False)
