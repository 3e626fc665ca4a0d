"""What the guide tells readers to do with a webhook works as it stands there."""

import re
import time
from pathlib import Path

import pytest

from misthoorn.notification.channels.webhook.signature import new_secret, signature

GUIDE = Path(__file__).parents[4] / "docs" / "guide" / "webhooks.md"
BODY = '{"type": "webhook.ping", "data": {"text": "café"}}'.encode()


def examples(**names):
    """The programs of the guide, run: by the names that they define."""
    names["__name__"] = "__main__"  # Flask asks where its module is
    for program in re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL):
        exec(program.replace('"whsec_…"', repr(names.get("secret"))), names)
    return names


def headers(secret, *, at=None):
    at = int(at or time.time())
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(at),
        "webhook-signature": signature(keys=[new_secret(), secret], identifier="msg_1", timestamp=at, body=BODY),
    }


@pytest.fixture
def secret():
    return new_secret()


def test_the_ten_lines_take_what_is_ours_and_nothing_else(secret):
    genuine = examples(secret=secret)["genuine"]

    assert genuine(headers(secret), BODY, secret)
    assert not genuine(headers(secret), BODY + b" ", secret)
    assert not genuine(headers(new_secret()), BODY, secret)
    assert not genuine(headers(secret, at=time.time() - 400), BODY, secret)


def test_the_program_with_the_library_takes_each_message_once(secret):
    queue = []
    reader = examples(secret=secret, put_in_your_queue=queue.append)["app"].test_client()

    answers = [reader.post("/your/path", data=BODY, headers=headers(key)) for key in (secret, secret, new_secret())]

    assert [answer.status_code for answer in answers] == [204, 204, 400]
    assert [event["type"] for event in queue] == ["webhook.ping"]
