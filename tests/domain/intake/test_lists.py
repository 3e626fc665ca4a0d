"""Lists in intake: held until somebody answers, read by the mapping that fits."""

import io
from pathlib import Path

import pytest
from cast import NOW
from deliveries import keep, read, source

from misthoorn.intake import work
from misthoorn.intake.lists import fitting_name
from misthoorn.intake.models import Batch, Source
from misthoorn.intake.services import Brought, IntakeError, receive, save_mapping
from misthoorn.triage.models import MatchRun

pytestmark = pytest.mark.django_db

LIST = b"IP;Datum;Wat\r\n192.0.2.1;23-11-2026;open-rdp\r\n"
MAPPING = {"columns": {"ip": "IP", "time": "Datum", "identifier": "Wat"}, "header": ["IP", "Datum", "Wat"]}


@pytest.fixture(autouse=True)
def _partner():
    source("partner", form="table")


def state(content=LIST, **said):
    brought = Brought(**said) if said else None
    batch = receive(io.BytesIO(content), source="partner", name="a.csv", at=NOW, brought=brought).batch
    return Batch.objects.get(pk=batch).state


def test_a_list_is_held_until_somebody_says_that_it_is_lawful():
    assert state() == "held"
    assert state(b"IP\n192.0.2.1\n", lawful=False) == "held"
    assert state(b"IP\n192.0.2.2\n", lawful=True) == "received"


def test_a_file_in_the_drop_folder_is_held_too(settings):
    folder = Path(settings.HOME) / "drop"
    (folder / "partner").mkdir(parents=True)
    (folder / "partner" / "a.csv").write_bytes(LIST)

    work.take_from_drop_folder(folder)

    assert Batch.objects.get().state == "held"
    assert not MatchRun.objects.exists()


@pytest.mark.parametrize("answer", [True, "true"])
def test_a_source_may_carry_the_answer_for_all_of_its_lists(answer):
    Source.objects.update(options={"lawful": answer})

    assert state() == "received"
    assert state(LIST + b"\n", lawful=False) == "held"


def test_a_feed_is_not_asked():
    source("scan")
    batch = keep(b"time,ip,identifier\n", source="scan")

    assert Batch.objects.get(pk=batch).state == "received"


def test_a_delivery_of_any_format_of_which_somebody_doubts_is_held():
    source("scan")
    batch = receive(io.BytesIO(b"x"), source="scan", name="a", at=NOW, brought=Brought(lawful=False)).batch

    assert Batch.objects.get(pk=batch).state == "held"


@pytest.mark.parametrize("said", [{"tlp": "PURPLE"}, {"origin": "x" * 301}, {"origin": "a\0b"}])
def test_what_can_not_be_kept_of_what_was_said_is_told(said):
    with pytest.raises(IntakeError):
        state(**said)
    assert not Batch.objects.exists()


def test_a_list_is_read_by_the_saved_mapping_of_its_header():
    save(name="older", mapping=MAPPING | {"constants": {"type": "phishing"}})
    save(name="other", mapping={"columns": {"ip": "IP"}, "header": ["IP"], "constants": {"identifier": "x"}})
    batch = keep(LIST, source="partner")
    Batch.objects.update(state="received")

    read(batch)

    assert fitting_name(Source.objects.get().options["mappings"], io.BytesIO(LIST)) == "older"
    assert Batch.objects.get().rows_accepted == 1


def save(*, name, mapping):
    save_mapping(source="partner", name=name, mapping=mapping, person=None, at=NOW)


@pytest.mark.parametrize("name", ["", " ", "x" * 61, "a\nb\0"])
def test_a_mapping_needs_a_name(name):
    with pytest.raises(IntakeError, match="name of a mapping"):
        save(name=name, mapping=MAPPING)


def test_a_source_has_a_bounded_number_of_mappings():
    for number in range(50):
        save(name=f"m{number}", mapping=MAPPING)

    save(name="m1", mapping=MAPPING)
    with pytest.raises(IntakeError, match="at most 50"):
        save(name="one more", mapping=MAPPING)
