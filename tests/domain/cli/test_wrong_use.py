"""Whatever a command is given: an exit code that is not 0, and one sentence that says what to do."""

import os

import pytest
from deliveries import cve, records
from django.db import connection

ASSETS = "organisation,asset,kind,value,version\nBakery,1,product,pkg:npm/a,1\n"


@pytest.mark.parametrize("option", ["--out", "--lifted", "--why"])
def test_a_match_is_never_written_over_what_it_reads(misthoorn, write, option):
    assets, advisories = write("assets.csv", ASSETS), write("advisories.jsonl", "{}\n")
    read = assets if option == "--out" else advisories
    link = read.with_name(f"link{read.suffix}")
    link.symlink_to(read)
    for name in (read, link):
        said = misthoorn(
            "match",
            "--assets",
            assets,
            "--advisories",
            advisories,
            "--format",
            "cve5",
            "--vex",
            advisories,
            option,
            name,
        )
        assert (said.code, "choose another name" in said.error) == (2, True)
    assert (assets.read_text(), advisories.read_text()) == (ASSETS, "{}\n")


def test_what_is_read_twice_is_no_pipe(misthoorn, write, tmp_path):
    pipe = tmp_path / "pipe.jsonl"
    os.mkfifo(pipe)
    files = ("--assets", write("assets.csv", ASSETS), "--advisories", pipe, "--format", "cve5")
    said = misthoorn("match", *files, "--why", tmp_path / "why.jsonl")
    assert (said.code, "nor a pipe" in said.error) == (2, True)


def test_two_things_are_never_written_into_one_file(misthoorn, write):
    assets, advisories = write("assets.csv", ASSETS), write("advisories.jsonl", "{}\n")
    out = ("--out", assets.with_name("a.jsonl"), "--why", assets.with_name("a.jsonl"))
    said = misthoorn("match", "--assets", assets, "--advisories", advisories, "--format", "cve5", *out)
    assert (said.code, "choose another name" in said.error) == (2, True)


@pytest.mark.parametrize(
    "arguments",
    [("watch", "--organisation", "\udcff"), ("advisories", "show", "\udcff"), ("watch", "--advisory", "\udcff")],
)
def test_bytes_that_are_no_text_are_told(misthoorn, arguments):
    said = misthoorn(*arguments)
    assert said.code == 1
    assert said.error.startswith("misthoorn: something in this command is not text")


def test_a_name_of_several_words_needs_quotation_marks(misthoorn):
    said = misthoorn("products", "find", "apache", "log4j")
    assert (said.code, "between quotation marks" in said.error) == (2, True)
    said = misthoorn("products", "find", "x", "--advisories", __file__, "no-such-file", "--format", "cve5")
    assert said.code == 1


def test_a_folder_in_the_place_of_a_second_file_of_advisories_is_told(misthoorn, tmp_path, write):
    first = write("a.jsonl", records(cve()))
    said = misthoorn("products", "find", "x", "--advisories", first, tmp_path, "--format", "cve5")
    assert (said.code, "Is a directory" in said.error, "Give the name" in said.error) == (1, True, True)


def test_a_file_without_routes_leaves_those_that_are_kept(misthoorn, write):
    kept = write("kept.txt", "198.51.100.0/24 64496\n")
    nothing = write("nothing.txt", "ripencc|NL|ipv4|192.0.2.0|256|20200101|available|\n|||||||\n")
    assert misthoorn("routes", kept).code == 0
    said = misthoorn("routes", nothing)
    assert (said.code, "what was kept stays" in said.error) == (1, True)


def test_two_outputs_never_go_to_one_file(misthoorn, write, tmp_path):
    files = ("--assets", write("assets.csv", ASSETS), "--advisories", write("advisories.jsonl", "{}\n"))
    (tmp_path / "out.jsonl").touch()
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "out.jsonl")

    for why in ("out.jsonl", "link.jsonl"):
        said = misthoorn("match", *files, "--format", "cve5", "--out", tmp_path / "out.jsonl", "--why", tmp_path / why)
        assert (said.code, "choose another name" in said.error) == (2, True)


@pytest.mark.parametrize("change", ["RENAME TO gone", "RENAME COLUMN reason TO gone"])
def test_a_database_without_its_tables_is_told_which_command_makes_them(misthoorn, change):
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE triage_suppression {change}")

    said = misthoorn("suppress", "list")

    assert (said.code, said.out) == (1, "")
    assert "`misthoorn migrate` makes them" in said.error
