"""`misthoorn explain`: the chain from the asset to the warning, each step as somebody can check it."""

import json
from datetime import timedelta

import pytest
from cast import ANALYST, BAKERY, BROKER, NOW, organisation, person
from deliveries import cve, deliver, events, exploited, own_products, records, seen, source

from misthoorn.common import clock
from misthoorn.constituency.models import Asset
from misthoorn.intake.models import Batch, Source
from misthoorn.triage.models import Campaign, Finding
from misthoorn.triage.services import Scope, approve_campaign, mark_remediation, release_campaign, suppress

LOG4SHELL = "CVE-2021-44228"


@pytest.fixture(autouse=True)
def _same_day(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def log4j(make_bakery):
    """The number of a finding of Log4Shell at the bakery."""
    make_bakery()
    source("cve", form="cve5")
    source("kev", form="kev")
    deliver(exploited(LOG4SHELL), source="kev", name="kev.json")
    deliver(records(cve()), source="cve", name="cves.jsonl")
    return Finding.objects.get().pk


@pytest.fixture
def rdp(make_bakery):
    """The number of a finding of an open RDP at the bakery; the brokers have one too."""
    make_bakery()
    organisation(BROKER)
    source()
    deliver(events(seen("198.51.100.1"), seen("192.0.2.1")), name="rdp.csv")
    return Finding.objects.get(observed="192.0.2.1").pk


def test_a_product_in_words_is_explained_by_what_somebody_said_that_they_mean(misthoorn, log4j):  # noqa: ARG001
    person(ANALYST, second_factor=False)
    own_products(BAKERY, "Onze Logger 2.14.1")
    chosen = ("cpe:2.3:a:apache:log4j", "--by", ANALYST.username)
    assert misthoorn("products", "choose", "Onze Logger", *chosen).code == 0

    asset = Asset.objects.get(value="onze logger").pk
    said = misthoorn("explain", Finding.objects.get(asset=asset).pk)

    assert said.out.startswith("Apache Log4j 2.14.1 falls under CVE-2021-44228: versions from 2.0 and before 2.15.0")


def test_a_product_is_explained_from_its_keys_to_the_statement_of_the_record(misthoorn, log4j):
    said = misthoorn("explain", log4j)

    asset = Asset.objects.get(kind="product").pk
    digest = Batch.objects.get(name="cves.jsonl").digest
    assert said.code == 0
    assert said.out.splitlines()[0] == (
        "Apache Log4j 2.14.1 falls under CVE-2021-44228: versions from 2.0 and before 2.15.0, "
        "says the CVE record of 01-01-2022."
    )
    for words in (
        f"asset         {asset}: product cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:* 2.14.1",
        "of Bakkerij De Korenaar (30000001), known from import",
        "key         cpe  a:apache:log4j",
        "key         name  apache:log4j",
        "source        Cve (cve5), TLP:GREEN",
        "cves.jsonl, received 2026-11-24",
        f"sha-256     {digest}",
        "joined by     cpe  a:apache:log4j  2.0 ≤ v < 2.15.0",
        "statement   0: 2.0 ≤ v < 2.15.0",
        "certainty     exact\n",
        "priority      urgent, TLP:GREEN, said by Cve, Kev",
        "  because     known to be exploited since 2021-12-10, CISA KEV",
        f"finding       {log4j}: CVE-2021-44228, urgent, exact, open, by rule match-",
        f"campaign      {Campaign.objects.get().reference}: undecided",
    ):
        assert words in said.out, words


def test_an_event_is_explained_with_the_rows_of_the_feed(misthoorn, rdp):
    said = misthoorn("explain", rdp)

    assert said.out.startswith(
        "192.0.2.1 lies in 192.0.2.0/28, a network of Bakkerij De Korenaar; seen on 23-11-2026 by Scan."
    )
    assert "row         2 (line 3), 2026-11-23 12:00:00 UTC" in said.out
    assert "rdp.csv" in said.out
    assert "198.51.100.1" not in said.out
    assert "priority      high: as its source" in said.out


def test_what_was_decided_said_and_silenced_stands_at_the_end(misthoorn, rdp):
    by = person(ANALYST, second_factor=False)
    mark_remediation(findings=[rdp], state="in_progress", person=by, now=NOW)
    campaign = Campaign.objects.get().pk
    approve_campaign(campaign=campaign, person=by, seen_reach=9, now=NOW)
    release_campaign(campaign=campaign, now=NOW)
    made = suppress(scope=Scope(subject="open-rdp"), reason="a honeypot", person=by, until=None, now=NOW)

    said = misthoorn("explain", rdp).out

    assert f"campaign      {Campaign.objects.get().reference}: warn, 2026-11-24" in said
    assert "passed      routing [routing cbw" in said
    assert "queued (1 queued)" in said
    assert "remediation   in progress, by Aisha Demir, 2026-11-24" in said
    assert f"suppressed    {made.reference} by Aisha Demir from 2026-11-24 to 2027-11-24\n" in said
    assert "              a honeypot" in said


def test_a_program_can_read_the_whole_chain(misthoorn, log4j):
    told = json.loads(misthoorn("explain", log4j, "--json", "--language", "nl").out)

    assert told["sentence"].startswith(
        "Apache Log4j 2.14.1 valt onder CVE-2021-44228: versies vanaf 2.0 en lager dan 2.15.0"
    )
    assert told["asset"]["value"].startswith("cpe:2.3:a:apache:log4j")
    assert {key["space"] for key in told["keys"]} == {"cpe", "name"}


def test_an_asset_and_an_advisory_are_explained_without_a_finding_too(misthoorn, log4j):
    asset = Asset.objects.get(kind="product").pk
    same = misthoorn("explain", "--asset", asset, "--item", LOG4SHELL)
    assert same.out == misthoorn("explain", log4j).out

    own_products(BAKERY, "pkg:npm/lodash@4.17.20")
    other = Asset.objects.get(value="pkg:npm/lodash").pk
    said = misthoorn("explain", "--asset", other, "--item", LOG4SHELL)
    assert (said.code, said.error) == (1, "")
    assert said.out.startswith("CVE-2021-44228 is about Apache Log4j, and not about pkg:npm/lodash 4.17.20, says the")
    assert "key         purl  npm//lodash" in said.out


@pytest.mark.parametrize(
    ("kind", "item", "sentence"),
    [
        ("network", LOG4SHELL, "CVE-2021-44228 is about products, and 192.0.2.0/28 is none."),
        ("network", "open-rdp", "Nothing of open-rdp was ever found on 192.0.2.0/28."),
        ("product", "CVE-2021-45046", "No source has delivered CVE-2021-45046 yet."),
        ("product", "CVE-2021-45105", "CVE-2021-45105 was withdrawn."),
        (
            "product",
            "CVE-2021-44832",
            "Apache Log4j 2.14.1 does not fall under CVE-2021-44832, which is about versions from 2.0 and before 2.3, ",
        ),
    ],
)
@pytest.mark.usefixtures("log4j")
def test_why_an_asset_and_an_advisory_do_not_match_is_told_by_the_nearest_reason(misthoorn, kind, item, sentence):
    more = (cve("CVE-2021-45105", state="REJECTED"), cve("CVE-2021-44832", below="2.3"))
    deliver(records(*more), source="cve", name="more.jsonl")
    asset = Asset.objects.get(kind=kind)

    said = misthoorn("explain", "--asset", asset.pk, "--item", item)
    told = json.loads(misthoorn("explain", "--asset", asset.pk, "--item", item, "--json").out)

    assert (said.code, said.out.startswith(sentence)) == (1, True), said.out
    assert (told["sentence"], told["apart_because"].startswith(sentence)) == ("", True)
    assert f"asset         {asset.pk}: {kind} {asset.value}" in said.out


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ({"valid_to": NOW}, "apache log4j 2.14.1 counted until 24-11-2026."),
        ({"valid_from": NOW + timedelta(days=7)}, "2.14.1 counts from 01-12-2026 on."),
    ],
)
def test_an_asset_that_is_not_there_at_the_moment_says_since_or_until_when(misthoorn, log4j, period, words):
    Finding.objects.filter(pk=log4j).delete()
    Asset.objects.filter(kind="product").update(**period)

    said = misthoorn("explain", "--asset", Asset.objects.get(kind="product").pk, "--item", LOG4SHELL)

    assert said.code == 1
    assert words in said.out.splitlines()[0]


def test_what_does_not_exist_and_wrong_use_are_one_line(misthoorn, log4j):
    for arguments, code in (
        ((log4j + 1,), 1),
        (("--asset", 999_999, "--item", LOG4SHELL), 1),
        ((), 2),
        (("--asset", 1), 2),
        ((log4j, "--item", LOG4SHELL), 2),
        (("first",), 2),
    ):
        said = misthoorn("explain", *arguments)
        assert (said.code, said.out, said.error.count("\n")) == (code, "", 1), arguments


def test_a_record_that_changed_since_is_said_to_be_gone(misthoorn, log4j):
    deliver(records(cve(below="2.0.1", modified="2023-01-01T00:00:00Z")), source="cve", name="later.jsonl")

    said = misthoorn("explain", log4j)

    assert said.out.startswith(
        "What this rested on is no longer kept, or has changed since.\n"
        "Apache Log4j 2.14.1 does not fall under CVE-2021-44228, which is about versions from 2.0 and before 2.0.1,"
    )
    assert "gone, by rule" in said.out


def test_a_program_reads_how_urgent_it_is_and_on_whose_terms(misthoorn, log4j):
    Source.objects.filter(slug="cve").update(terms="CC0")
    found = json.loads(misthoorn("explain", log4j, "--json").out)["priority"]

    assert (found["word"], found["tlp"], found["terms"]) == ("urgent", "GREEN", [["Cve", "CC0"]])
    assert [reason["code"] for reason in found["because"]] == ["exploited", "no-score"]
    assert "terms       Cve: CC0" in misthoorn("explain", log4j).out


@pytest.mark.parametrize("number", [2**63, 10**30])
def test_a_number_that_no_database_can_look_up_is_no_mistake_of_ours(misthoorn, number):
    said = misthoorn("explain", number)

    assert said.code == 1
    assert "inside the program" not in said.error
