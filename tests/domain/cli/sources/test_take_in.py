import json

from deliveries import events, seen, source

from misthoorn.formats.registry import FORMATS, Format
from misthoorn.intake import queries, work
from misthoorn.intake.models import Batch
from misthoorn.triage.models import Finding

FILE = events(seen(), seen("10.0.0.1"), seen())


def test_a_file_is_read_and_matched_and_every_row_is_told_of(misthoorn, write, make_bakery):
    make_bakery()
    source()

    said = misthoorn("take-in", "scan", write("a.csv", FILE))

    assert said.code == 0
    first, second = said.out.splitlines()
    assert first.startswith("a.csv: 3 rows in = 1 accepted + 1 refused + 1 duplicate. Batch ")
    assert second.startswith("  1 x address-private: The address '10.0.0.1' is private")
    assert second.endswith("(first on line 3)")
    assert Finding.objects.count() == 1


def test_the_same_file_again_says_so_and_is_no_mistake(misthoorn, write):
    source()
    path = write("a.csv", FILE)
    misthoorn("take-in", "scan", path)

    said = misthoorn("take-in", "scan", path, path)

    assert said.code == 0
    assert said.out.count("all 3 rows are duplicates, nothing changed.") == 2


def test_a_program_reads_one_object_a_file(misthoorn, write):
    source()
    paths = [write("a.csv", FILE), write("b.csv", events(seen("192.0.2.9")))]

    said = misthoorn("take-in", "scan", *paths, "--json")

    first, second = map(json.loads, said.out.splitlines())
    assert (first["rows_in"], first["accepted"], first["refused"], first["duplicate"]) == (3, 1, 1, 1)
    assert (second["state"], second["again"], second["file"]) == ("accepted", False, str(paths[1]))
    again = json.loads(misthoorn("take-in", "scan", paths[0], "--json").out)
    assert (again["again"], again["accepted"], again["refused"], again["duplicate"]) == (True, 0, 0, 3)


def test_a_file_that_can_not_be_read_ends_with_1_and_its_reason(misthoorn, write):
    source()

    said = misthoorn("take-in", "scan", write("a.csv", b""), write("b.csv", FILE))

    assert said.code == 1
    assert "a.csv: 1 row in = 0 accepted + 1 refused + 0 duplicate." in said.out
    assert "1 x file: This file is empty" in said.out
    assert "b.csv: 3 rows in" in said.out


def test_a_batch_that_is_set_aside_says_why(misthoorn, write, monkeypatch):
    source()

    def broken(*_, **__):
        raise ZeroDivisionError("a mistake of ours")

    monkeypatch.setitem(FORMATS, "events", Format("events", "events", "", broken))
    monkeypatch.setattr(work, "RETRY", 0.0)
    said = misthoorn("take-in", "scan", write("a.csv", FILE))

    assert said.code == 1
    assert "set aside: Reading it failed 3 times for an unexpected reason: a mistake of ours." in said.out


def test_a_file_that_was_kept_before_a_crash_is_read_when_it_is_taken_in_again(misthoorn, write):
    from deliveries import keep  # noqa: PLC0415  as the process that died did

    from misthoorn.common import clock  # noqa: PLC0415

    source()
    batch = keep(FILE, at=clock.now())

    assert misthoorn("take-in", "scan", write("a.csv", FILE)).code == 0
    assert queries.batch(batch).state == "accepted"


def test_a_source_that_is_not_there_is_one_line_and_exit_1(misthoorn, write):
    path = write("a.csv", FILE)

    said = misthoorn("take-in", "nothing", path)

    assert (said.code, said.out) == (1, "")
    assert said.error.startswith(f"misthoorn: {path}: There is no source 'nothing'.")
    assert said.error.count("\n") == 1
    assert not Batch.objects.exists()


def test_wrong_use_is_one_line_and_exit_2(misthoorn, write):
    for arguments in ((), ("scan",), ("scan", "no-such-file.csv"), ("scan", write("a.csv", b""), "--loud")):
        said = misthoorn("take-in", *arguments)
        assert (said.code, said.out, said.error.count("\n")) == (2, "", 1), arguments
        assert "misthoorn take-in --help` to see what it takes." in said.error
