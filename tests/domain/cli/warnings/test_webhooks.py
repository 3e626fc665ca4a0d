"""Webhooks on the command line."""

import json

import cast
import pytest
import seed

from misthoorn.common import clock
from misthoorn.constituency.models import Contact
from misthoorn.notification import webhooks
from misthoorn.notification.channels import HandOverError, Reason
from misthoorn.notification.channels.webhook.channel import WebhookChannel

URL = "https://soc.example/hook"


@pytest.fixture
def bakery(db):  # noqa: ARG001  it writes to the database
    cast.person(cast.ANALYST, second_factor=False)
    seed.make_organisations(1, now=clock.now())
    return "00000000"


@pytest.fixture
def added(misthoorn, bakery):
    said = misthoorn("webhooks", "add", bakery, URL, "--name", "SOC", "--by", cast.ANALYST.username)
    assert said.code == 0, said.error
    return Contact.objects.get(channel="webhook").pk, said.out.strip()


def test_a_webhook_is_added_with_its_secret_alone_on_stdout(added):
    assert added[1].startswith("whsec_")
    assert "\n" not in added[1]


def test_the_list_says_how_each_does_and_never_a_secret(misthoorn, added, bakery):
    told = misthoorn("webhooks", "list", bakery, "--json")

    [one] = json.loads(told.out)
    assert (one["webhook"], one["address"], one["name"], one["secrets"]) == (added[0], URL, "SOC", 1)
    line = misthoorn("webhooks", "list").out
    assert "nothing sent yet" in line
    assert added[1] not in told.out + line


def test_a_new_secret_is_another_one_and_both_sign_for_a_while(misthoorn, added):
    new = misthoorn("webhooks", "rotate", added[0], "--by", cast.ANALYST.username).out.strip()

    assert new.startswith("whsec_")
    assert new != added[1]
    assert webhooks.webhooks()[0].secrets == 2
    misthoorn("webhooks", "rotate", added[0], "--overlap-hours", "0", "--by", cast.ANALYST.username)
    assert webhooks.webhooks()[0].secrets == 1


def test_a_test_says_what_was_answered(misthoorn, added, monkeypatch):
    posted = []
    monkeypatch.setattr(WebhookChannel, "hand_over", lambda _, parcel, **__: posted.append(parcel) or "204 No Content")

    assert "took it: 204" in misthoorn("webhooks", "test", added[0]).out
    assert json.loads(posted[0].body)["type"] == "webhook.ping"
    assert posted[0].address == URL


def test_a_test_that_is_not_taken_ends_with_one(misthoorn, added, monkeypatch):
    def refuse(*_, **__):
        raise HandOverError(Reason.UNREACHABLE, "no answer in time")

    monkeypatch.setattr(WebhookChannel, "hand_over", refuse)

    said = misthoorn("webhooks", "test", added[0])

    assert said.code == 1
    assert "no answer in time" in said.error


def test_one_that_is_stopped_is_shown_as_such_and_stopped_once(misthoorn, added):
    assert "is stopped" in misthoorn("webhooks", "stop", added[0], "--by", cast.ANALYST.username).out
    assert "was stopped already" in misthoorn("webhooks", "stop", added[0], "--by", cast.ANALYST.username).out
    assert "stopped" in misthoorn("webhooks", "list").out
    assert misthoorn("webhooks", "test", added[0]).code == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("add", "00000000", "http://soc.example/", "--by", cast.ANALYST.username), "begins with https://"),
        (("add", "99999999", URL, "--by", cast.ANALYST.username), "no organisation"),
        (("add", "00000000", URL, "--by", "nobody"), "can't decide"),
        (("rotate", "4711", "--by", cast.ANALYST.username), "no webhook 4711"),
        (("stop", "4711", "--by", cast.ANALYST.username), "no webhook 4711"),
        (("test", "4711"), "no webhook 4711"),
    ],
)
def test_what_can_not_be_done_is_one_sentence(misthoorn, bakery, arguments, sentence):  # noqa: ARG001  it is there
    said = misthoorn("webhooks", *arguments)

    assert said.code == 1
    assert sentence in said.error
    assert said.error.count("\n") == 1


def test_without_any_the_list_says_how_to_begin(misthoorn):
    assert "misthoorn webhooks add --help" in misthoorn("webhooks", "list").out
