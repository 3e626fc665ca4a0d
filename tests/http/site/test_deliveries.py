"""Sources that deliver by themselves: with their own key, within bounds, and with errors that a program reads."""

import json

import cast
import pytest
from deliveries import events, seen, source

from misthoorn.intake.models import Batch, Source
from misthoorn.intake.services.sources import new_push_key, pause_source

pytestmark = pytest.mark.django_db
FILE = events(seen())


@pytest.fixture
def key():
    source()
    return new_push_key(source="scan", at=cast.NOW)


def push(client, key, content=FILE, **headers):
    authorized = {"HTTP_AUTHORIZATION": f"Bearer {key}"} if key else {}
    return client.post("/api/v1/deliveries/", content, content_type="text/csv", **authorized, **headers)


def said(response):
    assert response["Content-Type"] == "application/problem+json"
    assert response["API-Version"] == "1.0.0"
    found = json.loads(response.content)
    assert found["status"] == response.status_code
    return found["detail"]


def test_a_delivery_is_kept_and_answered_with_its_number(client, key):
    response = push(client, key, HTTP_CONTENT_DISPOSITION='attachment; filename="../2026-feed.csv"')
    batch = Batch.objects.get()

    assert (response.status_code, response.json()) == (202, {"batch": batch.pk, "again": False})
    assert (batch.name, batch.size, batch.state, batch.origin) == (
        "2026-feed.csv",
        len(FILE),
        "received",
        "pushed by the source",
    )
    assert push(client, key).json() == {"batch": batch.pk, "again": True}


def test_a_delivery_without_a_name_gets_one_of_its_time(client, key):
    push(client, key)

    assert Batch.objects.get().name == "push-20261124T093000"


@pytest.mark.parametrize("wrong", ["", "x", "Bearer", "é"])
def test_without_the_right_key_nothing_is_kept(client, key, wrong):  # noqa: ARG001  there is one, and another
    response = push(client, wrong)

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert "Authorization: Bearer KEY" in said(response)
    assert not Batch.objects.exists()


def test_a_source_without_a_key_is_not_open_to_an_empty_one(client):
    source()

    assert push(client, "").status_code == 401


def test_an_old_key_ends_with_the_new_one(client, key):
    new = new_push_key(source="scan", at=cast.NOW)

    assert push(client, key).status_code == 401
    assert push(client, new).status_code == 202


def test_wrong_keys_are_counted_and_then_nobody_is_listened_to_for_a_while(client, key):
    for _ in range(20):
        assert push(client, "wrong").status_code == 401
    response = push(client, key)

    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert "wrong keys" in said(response)


def test_what_is_too_large_or_empty_is_refused_before_it_is_read(client, key, settings):
    settings.PUSH_BYTES = 10
    response = push(client, key)

    assert response.status_code == 413
    assert "at most" in said(response)
    assert said(push(client, key, b"", CONTENT_LENGTH="0")).startswith("The delivery is empty")
    assert push(client, key, b"", CONTENT_LENGTH="²").status_code == 411
    assert not Batch.objects.exists()


def test_a_source_that_pushes_too_often_is_told_to_wait(client, key, settings):
    settings.PUSH_RATE = 2
    answers = [push(client, key, events(seen(f"192.0.2.{number}"))).status_code for number in (1, 2, 3)]

    assert answers == [202, 202, 429]


def test_a_paused_source_is_told_so(client, key):
    pause_source(source="scan", paused=True, at=cast.NOW)
    response = push(client, key)

    assert response.status_code == 409
    assert "paused" in said(response)


def test_only_a_post_delivers(client, key):  # noqa: ARG001  the address is there
    assert client.get("/api/v1/deliveries/").status_code == 405
    assert Source.objects.get().push_key not in str(client.get("/api/v1/deliveries/").content)
