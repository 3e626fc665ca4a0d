"""The publisher's own file on its types of report, put into the service's folder by the operator."""

import json

import pytest
from deliveries import keep, read, source

from misthoorn.intake import queries
from misthoorn.intake.models import Source

pytestmark = pytest.mark.django_db

ROWS = b"seen_at,device_ip\n2026-11-22 01:02:03,192.0.2.1\n"
SCHEMA = json.dumps(
    {
        "scan_newthing": {
            "constant_fields": {"classification.identifier": "open-newthing"},
            "required_fields": [["time.source", "seen_at", "x"], ["source.ip", "device_ip", "x"]],
        }
    }
)


@pytest.fixture(autouse=True)
def _source():
    source("reports", form="shadowserver")


def take():
    batch = keep(ROWS, source="reports", name="2026-11-22-scan_newthing-nl.csv")
    read(batch)
    return queries.batch(batch)


def test_a_new_type_of_report_is_read_when_the_file_is_there(settings):
    (settings.HOME / "shadowserver-schema.json").write_text(SCHEMA)

    assert take().rows_accepted == 1


def test_without_the_file_it_is_refused_with_what_is_missing():
    batch = take()

    assert batch.state == "refused"
    assert "lacks a column timestamp" in batch.problem


def test_the_options_of_a_source_may_name_another_file_in_the_same_folder_only(settings):
    (settings.HOME / "newer.json").write_text(SCHEMA)
    Source.objects.update(options={"schema": "../elsewhere/newer.json"})

    assert take().rows_accepted == 1


@pytest.mark.parametrize(
    ("content", "words"), [(None, "newer.json can't be read"), ("[]", "Download intelmq.json again")]
)
def test_a_file_that_is_missing_or_broken_is_told_in_a_sentence(settings, content, words):
    if content is not None:
        (settings.HOME / "newer.json").write_text(content)
    Source.objects.update(options={"schema": "newer.json"})

    assert words in take().problem
