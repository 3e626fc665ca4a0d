"""To which addresses a webhook may lead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.notification.channels.webhook.address import LONGEST, WebhookError, webhook_address
from misthoorn.work.outside.egress import read_inside

HERE = read_inside("127.0.0.1:8099")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://Soc.Example/hook", "https://soc.example/hook"),
        (" https://soc.example ", "https://soc.example/"),
        ("https://soc.example:443/a?b=c", "https://soc.example/a?b=c"),
        ("https://soc.example:8443/", "https://soc.example:8443/"),
        ("https://soc.example./a#part", "https://soc.example/a"),
        ("https://soc.example?b=c", "https://soc.example/?b=c"),
    ],
)
def test_an_address_is_kept_in_one_way(typed, kept):
    assert webhook_address(typed) == kept


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("http://soc.example/", "begins with https://"),
        ("ftp://soc.example/", "begins with https://"),
        ("soc.example", "begins with https://"),
        ("", "begins with https://"),
        ("https://me:secret@soc.example/", "name or password"),
        ("https://soc.example:22/", "443 or 8443"),
        ("https://soc.example:999999/", "https://host/path"),
        ("https://0x7f.1/", "can't be used"),
        ("https://2130706433/", "can't be used"),
        ("https://soc.example/a b", "can't be used"),
        ("https://soc.example/\r\nX: y", "can't be used"),
        ("https://soc.example\\@evil.example/", "name or password"),
        ("https:///path", "can't be used"),
        ("https://[::1/", "https://host/path"),
        ("https://café.example/", "can't be used"),
        ("https://soc.example/" + "a" * LONGEST, "at most"),
        ("http://127.0.0.1:8099/", "begins with https://"),
    ],
)
def test_another_address_is_refused_with_a_sentence(typed, said):
    with pytest.raises(WebhookError, match=said):
        webhook_address(typed)


def test_http_goes_only_to_this_machine_and_only_where_the_settings_name_it():
    assert webhook_address("http://127.0.0.1:8099/hook", inside=HERE) == "http://127.0.0.1:8099/hook"
    for other in (
        "http://127.0.0.1:8098/",
        "http://soc.example:8099/",
        "http://10.0.0.1:8099/",
        "http://localhost:8099/",
    ):
        with pytest.raises(WebhookError):
            webhook_address(other, inside=HERE)


@given(st.text(max_size=300))
def test_whatever_is_typed_is_an_address_or_a_sentence(typed):
    try:
        kept = webhook_address(f"https://{typed}")
    except WebhookError:
        return
    assert kept.isascii()
    assert len(kept) <= LONGEST
    assert webhook_address(kept) == kept
