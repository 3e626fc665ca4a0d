"""The story of a replay, and what counts as told twice; the whole is played in tests/system."""

import json

import cast
import desk
import pytest
from deliveries import deliver, source

from misthoorn.cli.replay import story
from misthoorn.common.numbers import show_code, show_number
from misthoorn.intake.models import Advisory
from misthoorn.notification import many
from misthoorn.notification.models import Notice
from misthoorn.triage.models import Finding


def test_every_affected_organisation_stands_in_all_tables_once():
    tables = {name: list(lines) for name, lines in story.tables(200)}

    numbers = [line.split(",")[0] for line in tables["organisations"][1:]]
    assert len(numbers) == len(set(numbers)) == 200 + 20 + 5
    assert [line.split(",")[0] for line in tables["contacts"][1:]] == numbers
    affected = [line for line in tables["assets"] if line.endswith(f",{story.VERSION}\n")]
    assert len(affected) == 200
    assert {story.kind_of(one) for one in range(1, 200)} == {
        "general",
        "vital",
        "municipality",
        "digital_service_provider",
    }


@pytest.mark.django_db
def test_the_records_match_the_version_that_the_country_has_and_not_the_safe_one():
    cast.organisation(cast.Company("1", "Nu", "general", (("product", story.PURL, story.VERSION),), "a@nu.example"))
    cast.organisation(cast.Company("2", "Al", "general", (("product", story.PURL, story.SAFE),), "a@al.example"))
    source("cve", form="cve5")
    records = [
        story.first_record("2.15.0", story.at(10, 9)),
        story.second_record(story.at(14, 19), raised=False),
        story.third_record(story.at(18, 10)),
    ]
    for number, content in enumerate(records):
        assert json.loads(content)["cveMetadata"]["state"] == "PUBLISHED"
        deliver(content, source="cve", name=f"{number}.json")

    assert Advisory.objects.count() == 3
    told = set(Finding.objects.values_list("organisation__register_number", "subject"))
    assert told == {("1", cve) for cve in (story.CVE, story.SECOND, story.THIRD)}


@pytest.mark.django_db
def test_the_same_words_to_the_same_address_are_told_twice_whatever_their_number():
    sent = desk.make_sent(desk.make_campaign(desk.make_source()))
    assert many.told_twice() == 0

    names = {"number": "111111111111", "code": "33333333"}
    words = sent.body.replace(show_number(sent.notice.number), show_number(names["number"]))
    words = words.replace(show_code(sent.notice.code), show_code(names["code"]))
    again = Notice.objects.get(pk=sent.notice_id)
    again.pk, again.kind, again.number, again.code = None, "reminder", names["number"], names["code"]
    again.save()
    sent.pk, sent.notice, sent.message_id, sent.body = None, again, "<again>", words
    sent.save()

    assert many.told_twice() == 1
