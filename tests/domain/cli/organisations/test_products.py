import json

import pytest
from cast import ANALYST, BAKERY, NOW, STRANGER, person
from deliveries import cve, deliver, records, source

from misthoorn.common import clock
from misthoorn.triage.models import Finding

LOG4J = "cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:*"


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def _taken_in(make_bakery):
    make_bakery()
    source("cve", form="cve5")
    deliver(records(cve()), source="cve")
    person(ANALYST, second_factor=False)
    person(STRANGER, second_factor=False)


@pytest.mark.usefixtures("_taken_in")
def test_what_was_taken_in_is_found_by_the_words_that_people_use(misthoorn):
    found = misthoorn("products", "find", "apche log4j versie 2.14.1")
    assert (found.code, found.error) == (0, "")
    assert found.out == (
        f"  1  Apache:Log4j\n     register {LOG4J}  version 2.14.1\n     1 advisory, 96 of 100 close\n"
    )
    (one,) = json.loads(misthoorn("products", "find", "cpe:2.3:a:apache:*", "--json").out)["proposals"]
    assert one["register"] == {"kind": "product", "value": LOG4J, "version": ""}
    assert (one["names"], one["advisories"], one["closeness"]) == (["Apache:Log4j"], 1, 100.0)


def test_files_of_advisories_make_a_dictionary_without_a_database(misthoorn, write):
    first, second = write("1.jsonl", records(cve("CVE-2024-0001"))), write("2.jsonl", records(cve("CVE-2024-0002"), {}))
    options = ("--advisories", first, second, "--format", "cve5", "--json")
    found = misthoorn("products", "find", "log4j", *options)
    assert (found.code, json.loads(found.out)["proposals"][0]["advisories"]) == (0, 2)
    assert found.error == f"{second}: 1 row can't be read; `misthoorn parse` says why.\n"


@pytest.mark.usefixtures("_taken_in")
@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("find", "something else"), 1, "Nothing is called anything like that."),
        (("find", ""), 1, "Nothing is called anything like that."),
        (("find", "cpe:apache"), 1, "is not a CPE name"),
        (("find", "log4j", __file__), 2, "between quotation marks"),
        (("find", "log4j", "--advisories", __file__), 2, "--format. There are: "),
        (("find", "log4j", "--advisories", __file__, "--format", "cve5"), 1, "is not JSON"),
        (("choose", "Onze Logger", "log4j", "--by", "aisha"), 1, "products find` proposes some"),
        (("choose", "Onze Logger", LOG4J, "--by", "dirk"), 1, "no such account at the desk"),
        (("choose", "Onze Logger", LOG4J, "--by", "aisha", "--organisation", "9"), 1, "no organisation with"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(misthoorn, arguments, code, says):
    said = misthoorn("products", *arguments)
    assert said.code == code
    assert says in said.out + said.error


def test_an_empty_dictionary_says_what_to_do(misthoorn):
    assert "take in advisories first" in misthoorn("products", "find", "log4j").out


@pytest.mark.usefixtures("_taken_in")
def test_what_was_chosen_is_matched_at_once(misthoorn, write):
    table = write("assets.csv", f"register_number,kind,value\n{BAKERY.register_number},product,Onze Logger 2.14.1\n")
    misthoorn("organisations", "import", table)
    assert not Finding.objects.filter(asset__value="onze logger").exists()

    said = misthoorn("products", "choose", "Onze Logger", LOG4J, "--by", "aisha", "--organisation", "30000001")
    assert said.out == (
        f"“onze logger” means {LOG4J} to organisation 30000001: 1 registered product is matched by it.\n"
    )
    assert Finding.objects.get(asset__value="onze logger").certainty == "exact"
