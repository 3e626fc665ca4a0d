"""What is signed is what the reference library of Standard Webhooks takes, and nothing else."""

import json
from base64 import b64decode
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from misthoorn.notification.channels.webhook.signature import PREFIX, new_secret, signature, webhook_id

ID = webhook_id("<864216737495.b554445da769@misthoorn.example>")
OLD, NEW = new_secret(), new_secret()


def headers(body, *, keys=(NEW,), at=None, identifier=ID):
    at = at or int(datetime.now(UTC).timestamp())
    return {
        "webhook-id": identifier,
        "webhook-timestamp": str(at),
        "webhook-signature": signature(keys=keys, identifier=identifier, timestamp=at, body=body),
    }


@given(st.dictionaries(st.text(max_size=10), st.text(max_size=40), max_size=5))
def test_the_reference_library_takes_any_body_that_we_sign(values):
    body = json.dumps(values, ensure_ascii=False).encode()

    assert Webhook(NEW).verify(body, headers(body)) == values


def test_known_values_are_signed_as_the_library_signs_them():
    at = datetime(2026, 11, 28, 8, tzinfo=UTC)

    ours = signature(keys=[NEW], identifier=ID, timestamp=int(at.timestamp()), body=b'{"test": 2}')

    assert ours == Webhook(NEW).sign(ID, at, '{"test": 2}')


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "msg_other"},
        {"webhook-timestamp": str(int(datetime.now(UTC).timestamp()) + 5)},
        {"webhook-signature": "v1,AAAA"},
    ],
)
def test_a_changed_header_is_refused(change):
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(b"{}", headers(b"{}") | change)


def test_a_changed_body_is_refused():
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(b'{"a": 2}', headers(b'{"a": 1}'))


@pytest.mark.parametrize("off", [timedelta(minutes=-6), timedelta(minutes=6)])
def test_what_was_recorded_and_is_played_again_later_is_refused(off):
    at = int((datetime.now(UTC) + off).timestamp())

    with pytest.raises(WebhookVerificationError, match="timestamp too"):
        Webhook(NEW).verify(b"{}", headers(b"{}", at=at))


def test_while_a_secret_is_replaced_the_old_and_the_new_one_both_verify():
    both = headers(b"{}", keys=(NEW, OLD))

    assert Webhook(OLD).verify(b"{}", both) == Webhook(NEW).verify(b"{}", both) == {}
    assert len(both["webhook-signature"].split(" ")) == 2


def test_after_that_the_old_one_verifies_nothing():
    with pytest.raises(WebhookVerificationError):
        Webhook(OLD).verify(b"{}", headers(b"{}"))


def test_a_secret_is_as_the_specification_writes_it_and_never_the_same():
    assert OLD != NEW
    assert OLD.startswith(PREFIX)
    assert 24 <= len(b64decode(OLD.removeprefix(PREFIX))) <= 64


@given(st.text(min_size=1, max_size=60))
def test_an_identifier_holds_no_full_stop_nor_anything_that_a_header_may_not(text):
    made = webhook_id(f"<{text}@misthoorn.example>")

    assert made.isascii()
    assert set(made) & set(". \r\n,") == set()
    assert made == webhook_id(f"<{text}@misthoorn.example>")
