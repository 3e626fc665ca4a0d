"""The story of a replay, and what counts as told twice; the whole is played in tests/system."""

import json

import cast
import pytest
from deliveries import deliver, source

from misthoorn.cli.replay import timeline
from misthoorn.cli.replay.mail_reader import look_at
from misthoorn.cli.replay.mail_server import Mailbox, mails
from misthoorn.intake.models import Advisory
from misthoorn.triage.models import Finding


def test_every_affected_organisation_stands_in_all_tables_once():
    tables = {name: list(lines) for name, lines in timeline.tables(200)}

    numbers = [line.split(",")[0] for line in tables["organisations"][1:]]
    assert len(numbers) == len(set(numbers)) == 200 + 20 + 5
    assert [line.split(",")[0] for line in tables["contacts"][1:]] == numbers
    affected = [line for line in tables["assets"] if line.endswith(f",{timeline.VERSION}\n")]
    assert len(affected) == 200
    assert {timeline.kind_of(one) for one in range(1, 200)} == {
        "general",
        "vital",
        "municipality",
        "digital_service_provider",
    }


@pytest.mark.django_db
def test_the_records_match_the_version_that_the_country_has_and_not_the_safe_one():
    cast.organisation(
        cast.Company("1", "Nu", "general", (("product", timeline.PURL, timeline.VERSION),), "a@nu.example")
    )
    cast.organisation(cast.Company("2", "Al", "general", (("product", timeline.PURL, timeline.SAFE),), "a@al.example"))
    source("cve", form="cve5")
    records = [
        timeline.first_record(timeline.at(10, 9)),
        timeline.second_record(timeline.at(14, 19)),
        timeline.third_record(timeline.at(18, 10)),
    ]
    for number, content in enumerate(records):
        assert json.loads(content)["cveMetadata"]["state"] == "PUBLISHED"
        deliver(content, source="cve", name=f"{number}.json")

    assert Advisory.objects.count() == 3
    told = set(Finding.objects.values_list("organisation__register_number", "subject"))
    assert told == {("1", cve) for cve in (timeline.CVE, timeline.SECOND, timeline.THIRD)}


@pytest.mark.django_db
def test_who_updates_to_what_is_not_enough_is_warned_by_the_next_record_and_by_no_earlier_one():
    for number, version in (("1", "2.15.0"), ("2", "2.16.0"), ("3", "2.17.0")):
        cast.organisation(
            cast.Company(number, "Nu", "general", (("product", timeline.PURL, version),), f"a{number}@nu.example")
        )
    source("cve", form="cve5")
    for number, make in enumerate((timeline.first_record, timeline.second_record, timeline.third_record)):
        deliver(make(timeline.at(18, 10)), source="cve", name=f"{number}.json")

    told = set(Finding.objects.values_list("organisation__register_number", "subject"))
    assert told == {("1", timeline.SECOND), ("1", timeline.THIRD), ("2", timeline.THIRD)}


def test_two_of_five_with_the_vulnerable_version_update():
    assert len(list(timeline.updated(200, "2.15.0"))) == 1 + 80


def mail(*, to="a@nu.example", subject="Lek (waarschuwing 1111-2222-3333)", text="CVE-2021-44228", name="<1>"):
    return {"to": to, "subject": subject, "message-id": name}, text


@pytest.mark.parametrize(
    ("second", "twice"),
    [
        (mail(subject="Lek (waarschuwing 4444-5555-6666)", text="CVE-2021-44228 en meer", name="<2>"), 1),
        (mail(subject="Lek (waarschuwing 4444-5555-6666)", text="CVE-2021-45046", name="<2>"), 0),
        (mail(subject="Nog open: lek (herinnering 4444-5555-6666)", name="<2>"), 0),
        (mail(to="b@nu.example", name="<2>"), 0),
        (mail(to="A@NU.example", name="<2>"), 1),
        (mail(), 0),
    ],
    ids=["the same, in other words", "another vulnerability", "a reminder", "another address", "capitals", "the mail"],
)
def test_told_twice_is_the_same_kind_about_the_same_to_the_same_address(second, twice):
    seen = look_at([mail(), second])

    assert (seen.mails, seen.twice, seen.doubled) == (2, twice, int(second == mail()))


def test_what_was_said_to_be_handed_over_and_never_came_is_lost():
    assert look_at([mail()]).lost(["<1>", "<2>"]) == 1


def test_the_mails_of_a_replay_are_read_as_they_were_sent(tmp_path):
    box = Mailbox(tmp_path / "mails.mbox")
    for text in ("From ons\r\n>From u\r\n..\r\n", "\r\neen\r\n"):
        box.add(f"To: a@nu.example\r\nSubject: =?utf-8?q?=C3=A9=C3=A9n?=\r\n\r\n{text}".encode())
    box.close()

    read = list(mails(tmp_path / "mails.mbox"))

    assert [headers["to"] for headers, _ in read] == ["a@nu.example"] * 2
    assert [text.rstrip("\n") for _, text in read] == ["From ons\n>From u\n.", "\neen"]
