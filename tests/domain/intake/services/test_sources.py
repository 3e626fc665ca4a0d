"""How a source is defined: what can't be used is refused, keys lie in files of their own, each act is written down."""

from datetime import timedelta

import cast
import pytest
from cast import NOW

from misthoorn.accounts.models import AuditEntry
from misthoorn.intake.models import Fetch, Source
from misthoorn.intake.services import IntakeError
from misthoorn.intake.services.sources import (
    Definition,
    change_schedule,
    define_source,
    digest_of,
    new_push_key,
    pause_source,
    run_now,
    set_key,
)
from misthoorn.intake.sources import secrets

pytestmark = pytest.mark.django_db

NVD = Definition(
    slug="nvd",
    name="NVD",
    format="nvd2",
    tlp="CLEAR",
    transport="nvd",
    address="https://services.nvd.example/rest/json/cves/2.0",
    schedule="every 2h",
)


def made(**changes):
    """A source like the NVD, but for these."""
    values = {name: getattr(NVD, name) for name in NVD.__dataclass_fields__} | changes
    define_source(Definition(**values), at=NOW)
    return Source.objects.get(slug=values["slug"])


def test_a_source_that_is_fetched_every_so_often_is_due_at_once():
    source = made()

    assert (source.transport, source.schedule, source.next_run) == ("nvd", "every 2h", NOW)
    assert AuditEntry.objects.get().action == "source added"


def test_a_source_with_a_time_of_the_day_is_due_at_that_time():
    assert made(schedule="Daily  06:30").next_run == NOW + timedelta(hours=20)  # 06:30 in Amsterdam


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"transport": "pigeon"}, "no transport 'pigeon'"),
        ({"address": ""}, "begins with https:// or http://"),
        ({"address": "ftp://example.org/x"}, "begins with https:// or http://"),
        ({"address": "imaps://example.org/INBOX"}, "begins with https:// or http://"),
        ({"address": "https://example.org:22/x"}, "port 22"),
        ({"address": "https://ada:hush@example.org/x"}, "sources key"),
        ({"address": "https://example.org/x?api_key=hush"}, "sources key"),
        ({"address": "https://2130706433/x"}, "not a name"),
        ({"schedule": "often"}, "every 15m"),
        ({"silent_after": 0}, "from 1"),
        ({"format": "nvd3"}, "no format 'nvd3'"),
        ({"transport": "", "schedule": ""}, "goes with a way to fetch it"),
        ({"transport": "", "address": ""}, "Only a source that is fetched"),
    ],
)
def test_what_can_not_be_used_is_refused_with_what_to_do(changes, sentence):
    with pytest.raises(IntakeError, match=sentence):
        made(**changes)
    assert not Source.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_schedule_can_be_changed_and_taken_away():
    made()

    assert change_schedule(source="nvd", schedule="daily 11:00", at=NOW) == NOW + timedelta(minutes=30)
    assert change_schedule(source="nvd", schedule="", at=NOW) is None
    with pytest.raises(IntakeError, match="every 15m"):
        change_schedule(source="nvd", schedule="now and then", at=NOW)
    with pytest.raises(IntakeError, match="no source 'none'"):
        change_schedule(source="none", schedule="", at=NOW)


def test_a_key_lies_in_a_file_that_only_the_service_reads_and_nowhere_else(home):
    made()
    person = cast.person(cast.ADMINISTRATOR)
    set_key(source="nvd", key=" hush-hush \n", user="ada", at=NOW, person=person)
    path = home / "secrets" / "nvd"

    assert secrets.read(home, "nvd") == secrets.Credentials("ada", "hush-hush")
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert list(path.parent.iterdir()) == [path]
    assert "hush" not in repr(secrets.read(home, "nvd"))
    assert "hush" not in str(list(Source.objects.values())) + str(list(AuditEntry.objects.values()))
    assert AuditEntry.objects.get(action="key set").person_id == person


def test_a_key_can_be_replaced_and_removed(home):
    made()
    set_key(source="nvd", key="one", at=NOW)
    set_key(source="nvd", key="two", at=NOW)
    assert secrets.read(home, "nvd").key == "two"

    set_key(source="nvd", key="", at=NOW)
    assert not secrets.is_set(home, "nvd")
    assert not secrets.read(home, "nvd")


@pytest.mark.parametrize("key", ["two\nlines", "a\x00b", "a\r\nX-Evil: 1", "x" * 9_000])
def test_a_key_that_no_header_can_hold_is_refused_and_not_repeated(home, key):
    made()

    with pytest.raises(IntakeError) as caught:
        set_key(source="nvd", key=key, at=NOW)
    assert key not in str(caught.value)
    assert not secrets.is_set(home, "nvd")


def test_a_key_that_others_may_read_is_not_used(home):
    made()
    set_key(source="nvd", key="hush", at=NOW)
    (home / "secrets" / "nvd").chmod(0o644)

    with pytest.raises(secrets.SecretError, match="chmod 600"):
        secrets.read(home, "nvd")
    (home / "secrets" / "nvd").chmod(0o600)
    (home / "secrets" / "nvd").write_bytes(b"not ours")
    with pytest.raises(secrets.SecretError, match="Put the key in again"):
        secrets.read(home, "nvd")


def test_only_the_digest_of_a_push_key_is_kept_and_a_new_one_replaces_it():
    made()
    first, second = new_push_key(source="nvd", at=NOW), new_push_key(source="nvd", at=NOW)

    assert first != second
    assert Source.objects.get().push_key == digest_of(second)
    assert second not in str(list(AuditEntry.objects.values()))


def test_a_fetch_by_hand_is_due_now_and_there_is_one_at_a_time():
    made()
    fetch = Fetch.objects.get(pk=run_now(source="nvd", at=NOW))

    assert (fetch.state, fetch.tick, fetch.not_before) == ("due", NOW, NOW)
    with pytest.raises(IntakeError, match="is being fetched, or waits"):
        run_now(source="nvd", at=NOW + timedelta(minutes=1))


def test_a_paused_source_is_not_fetched_and_neither_is_one_that_is_brought():
    made()
    made(slug="brought", transport="", address="", schedule="")
    pause_source(source="nvd", paused=True, at=NOW)

    with pytest.raises(IntakeError, match="paused"):
        run_now(source="nvd", at=NOW)
    with pytest.raises(IntakeError, match="is not fetched"):
        run_now(source="brought", at=NOW)
    pause_source(source="nvd", paused=False, at=NOW)
    assert run_now(source="nvd", at=NOW)
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))[2:] == [
        "source paused",
        "source resumed",
        "source fetched by hand",
    ]
