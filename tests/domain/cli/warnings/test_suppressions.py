import json

import pytest
from cast import ANALYST, BAKERY, NOW, STRANGER, person
from deliveries import cve, deliver, records, source

from misthoorn.common import clock
from misthoorn.constituency.models import Asset
from misthoorn.triage.models import Suppression

LOG4J = "cpe:2.3:a:apache:log4j"


@pytest.fixture(autouse=True)
def _log4j_at_the_bakery(make_bakery, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    make_bakery()
    source("cve", form="cve5")
    deliver(records(cve()), source="cve")
    person(ANALYST, second_factor=False)
    person(STRANGER, second_factor=False)


def test_a_suppression_is_made_listed_with_what_it_silences_and_ended(misthoorn):
    asset = Asset.objects.get(kind="product").pk
    options = ("--reason", "JNDI classes removed", "--by", "aisha")

    made = misthoorn("suppress", "add", "--asset", asset, "--subject", "CVE-2021-44228", *options)
    one = Suppression.objects.get()
    number = one.reference
    assert made.out == f"Made {number}: it silences 1 finding now. `misthoorn suppress end {one.pk}` ends it.\n"
    listed = misthoorn("suppress", "list").out
    assert f"{number}  active  until 2027-11-24      1  asset {asset}, CVE-2021-44228\n" in listed
    assert "JNDI classes removed (Aisha Demir, 2026-11-24)" in listed

    assert misthoorn("suppress", "end", one.pk, "--by", "aisha").out.startswith(f"{number} is over.")
    assert misthoorn("suppress", "list").out.startswith("No suppressions.")
    (over,) = json.loads(misthoorn("suppress", "list", "--over", "--json").out)
    assert (over["state"], over["ended_by"], over["silences"], over["product"]) == ("ended", "Aisha Demir", 0, "")


def test_a_product_of_one_organisation_in_some_versions_until_a_day(misthoorn):
    said = misthoorn(
        *("suppress", "add", "--organisation", BAKERY.register_number, "--product", LOG4J, "--versions", ">= 2.14"),
        *("--until", "2026-12-31", "--reason", "checked", "--by", "aisha", "--json"),
    )

    one = Suppression.objects.get()
    assert json.loads(said.out) == {"suppression": one.pk, "reference": one.reference, "silences": 1}
    assert f"{one.until:%Y-%m-%d %H:%M}" == "2026-12-31 23:00"  # the 31st is over then
    assert "until 2026-12-31" in misthoorn("suppress", "list").out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 2, "--reason"),
        (("--reason", "x"), 2, "--by"),
        (("--reason", "x", "--by", "aisha"), 1, "Say what is not warned about"),
        (("--subject", "open-rdp", "--reason", "x", "--by", "dirk"), 1, "no such account at the desk"),
        (("--organisation", "999", "--reason", "x", "--by", "aisha"), 1, "There is no organisation"),
        (("--product", "apache:", "--reason", "x", "--by", "aisha"), 1, "is no product"),
        (("--subject", "x", "--until", "2020-01-01", "--reason", "x", "--by", "aisha"), 1, "A suppression ends"),
        (("--subject", "x", "--until", "soon", "--reason", "x", "--by", "aisha"), 2, "--until"),
    ],
)
def test_what_can_not_be_made_is_one_line_that_says_what_to_do(misthoorn, arguments, code, words):
    said = misthoorn("suppress", "add", *arguments)

    assert (said.code, said.out, said.error.count("\n")) == (code, "", 1)
    assert words in said.error
    assert not Suppression.objects.exists()


def test_one_that_is_not_there_can_not_be_ended(misthoorn):
    said = misthoorn("suppress", "end", 5, "--by", "aisha")

    assert (said.code, said.error) == (
        1,
        "misthoorn: There is no suppression 5. `misthoorn suppress list` shows them.\n",
    )
