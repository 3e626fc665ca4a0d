"""The commands on sources that are fetched: from the catalogue or of one's own, with keys from stdin."""

import io
import json

import pytest
from cast import ANALYST, person
from deliveries import events, keep, read, seen, source

from misthoorn.common import clock
from misthoorn.intake.models import Batch, Fetch, Source
from misthoorn.intake.preview import FirstRows
from misthoorn.intake.services import sources_trial
from misthoorn.intake.services.sources import digest_of
from misthoorn.intake.sources import secrets

KEY = "hush-hush-5531"


@pytest.fixture
def typed(monkeypatch):
    """Puts a line on stdin."""

    def type_(line):
        monkeypatch.setattr("sys.stdin", io.StringIO(line))

    return type_


def test_a_source_of_the_catalogue_needs_nothing_but_its_name(misthoorn):
    said = misthoorn("sources", "add", "--from-catalogue", "kev")
    one = Source.objects.get()

    assert (said.code, one.slug, one.format, one.transport) == (0, "kev", "kev", "http")
    assert one.address.startswith("https://www.cisa.gov/")
    assert "sources test kev" in said.out
    assert (one.schedule, one.tlp, one.origin) == ("every 1h", "CLEAR", "catalogue: kev")


def test_what_the_catalogue_asks_for_is_filled_in_and_its_key_comes_from_stdin(misthoorn, typed, home):
    typed(f"{KEY}\n")
    said = misthoorn(
        *("sources", "add", "--from-catalogue", "misp", "--fill", "host=misp.example.org", "--key-stdin"),
        *("--option", 'filters={"tags": ["tlp:clear"]}', "--schedule", "none"),
    )
    one = Source.objects.get()

    assert (one.slug, one.address, one.schedule) == ("misp-misp-example-org", "https://misp.example.org", "")
    assert one.options == {"filters": {"tags": ["tlp:clear"]}}
    assert secrets.read(home, one.slug).key == KEY
    assert KEY not in said.out + said.error


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--from-catalogue", "none"), "sources catalogue"),
        (("--from-catalogue", "osv"), "asks for its ecosystem"),
        (("--from-catalogue", "osv", "--fill", "ecosystem=a/b"), "asks for its ecosystem"),
        (("--from-catalogue", "nvd", "--fill", "x"), "no NAME=VALUE"),
        (("--from-catalogue", "nvd", "--option", "filters={"), "looks like JSON"),
        (("--from-catalogue", "nvd", "--schedule", "often"), "every 15m"),
        (("mine", "--format", "events", "--transport", "http"), "begins with https://"),
        (
            ("mine", "--format", "events", "--transport", "http", "--address", "https://10.0.0.1:22/"),
            "MISTHOORN_FETCH_INSIDE",
        ),
        (("--format", "events"), "Say how the source is called"),
        (("--from-catalogue", "nvd", "--key-stdin"), "no key on stdin"),
    ],
)
def test_what_can_not_be_added_is_one_line_that_says_what_to_do(misthoorn, typed, arguments, says):
    typed("")
    said = misthoorn("sources", "add", *arguments)

    assert (said.code, said.out, said.error.count("\n")) == (2, "", 1)
    assert says in said.error
    assert not Source.objects.exists()


def test_a_key_is_put_in_and_deleted_and_never_an_argument(misthoorn, typed, home):
    misthoorn("sources", "add", "--from-catalogue", "nvd")
    typed(f"{KEY}\n")
    said = misthoorn("sources", "key", "nvd", "--user", "ada")

    assert (said.out, secrets.read(home, "nvd")) == ("The key of nvd is kept.\n", secrets.Credentials("ada", KEY))
    assert json.loads(misthoorn("sources", "list", "--json").out)[0]["key"] is True
    misthoorn("sources", "key", "nvd", "--remove")
    assert not secrets.is_set(home, "nvd")
    typed("")
    assert "no key on stdin" in misthoorn("sources", "key", "nvd").error


def test_a_push_key_is_said_once_and_kept_as_its_digest(misthoorn):
    source()
    made = misthoorn("sources", "push-key", "scan").out.strip()

    assert Source.objects.get().push_key == digest_of(made)


def test_a_schedule_is_changed_and_taken_away(misthoorn):
    misthoorn("sources", "add", "--from-catalogue", "nvd")

    assert "next at" in misthoorn("sources", "schedule", "nvd", "daily 06:30").out
    assert misthoorn("sources", "schedule", "nvd", "none").out == "nvd has no schedule.\n"
    assert misthoorn("sources", "schedule", "nvd", "often").code == 2


def test_the_catalogue_is_listed_for_people_and_for_programs(misthoorn):
    lines = misthoorn("sources", "catalogue").out
    rows = json.loads(misthoorn("sources", "catalogue", "--json").out)

    assert {row["id"] for row in rows} >= {"nvd", "shadowserver", "misp-circl"}
    assert all(row["id"] in lines for row in rows)


def test_a_held_delivery_is_listed_and_decided(misthoorn):
    source()
    for number in range(3):
        read(keep(events(*(seen(f"192.0.2.{row}", banner=number) for row in range(1, 31)))))
    batch = keep(events(seen()))
    read(batch)
    person(ANALYST)

    assert f"batch {batch} of scan is held: far fewer rows than usual" in misthoorn("sources", "list").out
    assert json.loads(misthoorn("status", "--json").out)["sources"]["unusual"] == 1
    assert f"Delivery {batch} of source 'scan' is held: far fewer rows" in misthoorn("check", "--no-mail").out
    assert misthoorn("sources", "decide", batch, "release", "--by", ANALYST.username).code == 0
    assert Batch.objects.get(pk=batch).state == "received"
    assert "nothing to decide" in misthoorn("sources", "decide", batch, "refuse", "--by", ANALYST.username).error


def test_a_check_says_why_a_source_that_never_delivered_does_not(misthoorn):
    misthoorn("sources", "add", "--from-catalogue", "kev")
    at = clock.now()
    problem = "www.cisa.gov does not answer."
    Fetch.objects.create(source=Source.objects.get(), tick=at, not_before=at, state="failed", problem=problem)
    said = misthoorn("check", "--no-mail").out
    misthoorn("sources", "pause", "kev")

    assert "Source 'kev' never delivered." in said
    assert "When it was last asked: www.cisa.gov does not answer." in said
    assert "never delivered" not in misthoorn("check", "--no-mail").out


def test_what_is_not_fetched_can_not_be_tried_or_run(misthoorn):
    source()

    for verb in ("test", "run"):
        said = misthoorn("sources", verb, "scan")
        assert (said.code, said.out) == (2, "")
        assert "fetched" in said.error


def test_names_in_the_audit_trail_are_those_of_people_who_exist(misthoorn):
    said = misthoorn("sources", "add", "--from-catalogue", "kev", "--by", "nobody")

    assert said.code == 1
    assert "'nobody' can't decide" in said.error


def test_a_source_is_tried_and_says_how_its_first_rows_would_be_read(misthoorn, monkeypatch):
    rows = FirstRows(accepted=1, values=['{"ip":"192.0.2.1"}'], refused=[(3, "x", "The row has no time.", "")])
    rows.codes["x"] = 1
    trial = sources_trial.Trial("events", name="a.csv", size=12, rows=rows)
    monkeypatch.setattr(sources_trial, "try_source", lambda *_, **__: trial)
    said = misthoorn("sources", "test", "scan")

    assert said.code == 0
    assert "Nothing was kept" in said.out
    assert "beginning: 2 rows = 1 accepted + 1 refused + 0 duplicate" in said.out
    assert "refused, line 3: The row has no time." in said.out
    assert json.loads(misthoorn("sources", "test", "scan", "--json").out)["rows"]["accepted"] == 1
    rows.problem = "This file is empty."
    assert misthoorn("sources", "test", "scan").code == 1


def test_what_a_trusted_provider_did_not_sign_is_taken_only_when_somebody_says_so(misthoorn):
    where = ("--format", "csaf", "--transport", "csaf", "--address", "https://maker.example")
    assert misthoorn("sources", "add", "maker", *where, "--option", "unsigned=perhaps").code == 2
    misthoorn("sources", "add", "maker", *where)
    said = misthoorn("sources", "unsigned", "maker", "take")

    assert (said.code, Source.objects.get().options) == (0, {"unsigned": "take"})
    assert "are taken" in said.out
    source("scan")
    assert "not fetched from a provider" in misthoorn("sources", "unsigned", "scan", "take").error
