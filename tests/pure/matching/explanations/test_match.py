"""Why a match is one: sentences that a person can check, and that say nothing that the join does not."""

import gzip
import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest
from registries import advisory, exactly, key_table, product, said, sentence

from misthoorn.formats.advisories import cve5
from misthoorn.formats.readers.documents import RefusedError
from misthoorn.formats.values.advisory import Companion
from misthoorn.matching import versions
from misthoorn.matching.advisories import item_keys, item_table, match_advisories
from misthoorn.matching.explanations.match import EventWhy, explain_product, product_name
from misthoorn.matching.explanations.match_text import event_sentence, product_sentence
from misthoorn.matching.explanations.mismatch import explain_no_match
from misthoorn.matching.inventory.assets import AssetError, normalise_asset
from misthoorn.matching.oracle import Owned

DATA = Path(os.environ.get("MISTHOORN_TEST_DATA") or Path(__file__).parents[5] / "shared") / "data" / "cve"
LOG4J = "cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:*"
CORE = "pkg:maven/org.apache.logging.log4j/log4j-core"
LOG4SHELL = sentence("2.0-beta9, < log4j-core*, unaffected from 2.3.1, affected from 2.4, unaffected from 2.15.0")
SAID_AT = datetime(2021, 12, 14, 9, 0, tzinfo=UTC)
VENDOR = "Apache Software Foundation"


def why(value, *affected, version="", keys=None):
    record = replace(advisory("CVE-2021-44228", *affected), modified=SAID_AT)
    return explain_product(normalise_asset(kind="product", value=value, version=version), record, keys=keys)


def says(value, *affected, version="", language="en", document="cve5"):
    found = why(value, *affected, version=version)
    return product_sentence(found, document=document, language=language) if found else ""


def log4j(*statements, default="unaffected", cpes=(LOG4J,), purl=CORE):
    return product(VENDOR, "Apache Log4j", cpes=cpes, purl=purl, statements=statements, default=default)


def test_a_version_in_a_range_is_said_with_the_bounds_as_the_record_wrote_them():
    affected = log4j(said("2.0-beta9", "2.15.0"))

    assert says(LOG4J, affected, version="2.14.1") == (
        "Apache Log4j 2.14.1 falls under CVE-2021-44228: versions from 2.0-beta9 and before 2.15.0, "
        "says the CVE record of 14-12-2021."
    )
    assert says(LOG4J, affected, version="2.14.1", language="nl") == (
        "Apache Log4j 2.14.1 valt onder CVE-2021-44228: versies vanaf 2.0-beta9 en lager dan 2.15.0, "
        "volgens het CVE-record van 14-12-2021."
    )


def test_a_statement_with_changes_is_said_as_the_piece_that_the_version_lies_in():
    assert ": versions from 2.0-beta9 and before 2.3.1, says" in says(LOG4J, log4j(LOG4SHELL), version="2.3")
    assert ": versions from 2.4 and before 2.15.0, says" in says(f"{CORE}@2.14.1", log4j(LOG4SHELL))
    assert says(LOG4J, log4j(LOG4SHELL), version="2.3.1") == ""


def test_of_a_product_without_a_version_it_is_said_how_many_ranges_there_are_beside_the_one_that_is_named():
    affected = log4j(LOG4SHELL)

    assert "about versions from 2.0-beta9 and before 2.3.1, and 1 further range, says" in says(LOG4J, affected)
    three = log4j(*map(exactly, ("1.0", "1.5", "2.0")))
    assert "gaat over versies 1.0, en nog 2 reeksen, volgens" in says(LOG4J, three, language="nl")


def test_versions_that_could_not_be_read_are_said_to_be_so():
    affected = log4j(sentence("every second one, before noon"))

    assert says(LOG4J, affected) == (
        "CVE-2021-44228 is about Apache Log4j, in versions that could not be read, says the CVE record of 14-12-2021. "
        "Likely, because the version is not known. 1 statement in it could not be read."
    )
    assert says(LOG4J, affected, version="2.14.1") == ""


def test_what_is_cut_out_of_a_range_bounds_what_is_said():
    linux = product(
        "Linux",
        "Linux",
        cpes=("cpe:2.3:o:linux:linux_kernel",),
        default="affected",
        statements=(said("", "2.6.12", status="unaffected"), said("6.1.5", "6.1.*", status="unaffected")),
    )

    assert "Linux 5.10 falls under CVE-2021-44228: versions from 2.6.12 and before 6.1.5, says" in says(
        "cpe:2.3:o:linux:linux_kernel", linux, version="5.10"
    )
    assert "6.2 falls under CVE-2021-44228: versions after 6.1.*, says" in says(
        "cpe:2.3:o:linux:linux_kernel", linux, version="6.2"
    )


@pytest.mark.parametrize(
    ("statement", "version", "words"),
    [
        (exactly("2.14.1"), "2.14.1", "Apache Log4j 2.14.1 is a version that CVE-2021-44228 names, says the CVE"),
        (said("", "2.15.0"), "2.14.1", "Apache Log4j 2.14.1 falls under CVE-2021-44228: versions before 2.15.0, says"),
        (said("2.0", "", high_inclusive=True), "2.14.1", ": versions from 2.0, says"),
        (said("2.0", "2.14.1", high_inclusive=True), "2.14.1", ": versions from 2.0 up to and including 2.14.1, says"),
        (said("2.0", "3", low_inclusive=False), "2.14.1", ": versions after 2.0 and before 3, says"),
        (said("2.0", "2.*"), "2.14.1", ": versions from 2.0 up to and including 2.*, says"),
        (said("2.*", "", high_inclusive=True), "2.14.1", ": versions from 2.*, says"),
        (said("1.*", "3", low_inclusive=False), "2.14.1", ": versions after 1.* and before 3, says"),
        (sentence("before 2.15.0"), "2.14.1", ": versions before 2.15.0, says"),
        (sentence("*"), "2.14.1", "CVE-2021-44228 is about every version of Apache Log4j, and so about 2.14.1, says"),
    ],
)
def test_each_shape_of_a_range_has_its_words(statement, version, words):
    assert words in says(LOG4J, log4j(statement), version=version)


def test_a_version_that_is_not_known_is_said_to_be_so():
    assert says(LOG4J, log4j(said("2.0", "2.15.0"))) == (
        "Apache Log4j is known without a version; CVE-2021-44228 is about versions from 2.0 and before 2.15.0, "
        "says the CVE record of 14-12-2021. Likely, because the version is not known."
    )
    assert says(LOG4J, log4j(said("2.0", "2.15.0")), language="nl").endswith(
        " Waarschijnlijk, want de versie is niet bekend."
    )


@pytest.mark.parametrize(
    ("value", "affected", "codes"),
    [
        ("Apache Log4j 2.14.1", log4j(said("2.0", "2.15.0")), ("name",)),
        ("Apache Log4j", log4j(said("2.0", "2.15.0")), ("no-version", "name")),
        (f"{LOG4J[:22]}:2.14.1", log4j(sentence("n/a")), ("unsaid",)),
        (f"{LOG4J[:22]}:2.14.1", log4j(default="unknown", cpes=(LOG4J,)), ("unsaid",)),
        (f"{LOG4J[:22]}:2.14.1", log4j(exactly("0")), ("unsaid",)),
        (f"{LOG4J[:22]}:2.14.1", log4j(sentence("-"), exactly("3")), ("unsaid",)),
        (f"{LOG4J[:22]}:2.14.1", log4j(exactly("3"), default="affected"), ("rest",)),
        ("Apache Log4j 2.14.1", log4j(exactly("3", status="unaffected"), default="affected"), ("name",)),
        (f"{LOG4J[:22]}:2.14.1", log4j(sentence("2.0, < publication")), ("no-end",)),
        (f"{LOG4J[:22]}:2.14.1", log4j(sentence("every second one, before noon"), default="affected"), ("unclear",)),
        (f"{CORE}@2.14.1", log4j(said("2.0", "2.15.0")), ()),
    ],
)
def test_each_reason_for_doubt_is_named(value, affected, codes):
    found = why(value, affected)

    assert found.because == codes
    assert found.certainty == ("likely" if codes else "exact")
    for language in ("nl", "en"):
        text = product_sentence(found, document="cve5", language=language)
        assert (("Likely" in text) or ("Waarschijnlijk" in text)) == bool(codes)


def test_an_edition_that_only_the_record_states_is_a_reason_for_doubt_and_another_one_no_match():
    affected = log4j(said("2.0", "2.15.0"), cpes=("cpe:2.3:a:apache:log4j:*:*:*:*:*:wordpress:*:*",))
    found = why(f"{LOG4J[:22]}:2.14.1", affected)

    assert (found.because, found.certainty) == (("edition",), "likely")
    assert "about one edition only" in product_sentence(found, document="nvd2", language="en")
    assert why("cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:joomla:*:*", affected) is None
    assert why("cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:wordpress:*:*", affected).certainty == "exact"


def test_what_must_be_there_too_is_a_reason_for_doubt_until_the_join_knows_it():
    runs_on = ((Companion("cpe:2.3:o:linux:linux_kernel", sentence("*")),),)
    affected = replace(log4j(said("2.0", "2.15.0")), conditions=runs_on)

    assert (why(f"{LOG4J[:22]}:2.14.1", affected).because, why(LOG4J, affected).because[-1]) == (
        ("condition",),
        "condition",
    )
    assert "only together with linux kernel, which is not known to be there." in says(f"{LOG4J[:22]}:2.14.1", affected)
    hidden = replace(affected, conditions=((),))
    assert "samen met iets dat van buiten niet te zien is, en niet bekend" in says(
        f"{LOG4J[:22]}:2.14.1", hidden, language="nl"
    )
    many = tuple(Companion(f"cpe:2.3:o:a:os{number}", sentence("*")) for number in range(5))
    assert "with a os0 or a os1 or a os2…, which" in says(
        LOG4J, replace(affected, conditions=(many,)), version="2.14.1"
    )
    record = advisory("CVE-1", affected)
    asset = normalise_asset(kind="product", value=LOG4J, version="2.14.1")
    told = explain_product(asset, record, certainty="exact")
    assert (told.because, told.certainty) == ((), "exact")


def test_a_match_through_another_name_of_the_product_says_so():
    affected = log4j(said("2.0", "2.15.0"))
    (row,) = [row for row in item_keys(advisory("CVE-2021-44228", affected)).rows if row.space == "cpe"]
    other = row._replace(key=b"a:logging:log4j", certainty="likely")

    assert why("cpe:2.3:a:logging:log4j:2.14.1", affected) is None
    found = why("cpe:2.3:a:logging:log4j:2.14.1", affected, keys=[other])
    assert (found.because, found.bounds.low, found.certainty) == (("alias",), "2.0", "likely")
    assert "another name of the same product (a:logging:log4j)" in product_sentence(
        found, document="cve5", language="en"
    )


def test_what_could_not_be_read_of_the_record_is_counted_beside_a_sure_match():
    affected = log4j(said("2.0", "2.15.0"), sentence("every second one, before noon"))

    assert says(LOG4J, affected, version="2.14.1").endswith(" 1 statement in it could not be read.")


def test_the_statement_is_the_one_that_the_match_names_whichever_product_it_is_of():
    other = product("Apache", "Tomcat", statements=(said("1", "2"), exactly("3")))
    found = why(LOG4J, other, log4j(exactly("2.0"), said("2.10", "2.15.0")), version="2.14.1")

    assert (found.statement, found.said, found.name) == (3, "2.10 ≤ v < 2.15.0", "Apache Log4j")


@pytest.mark.parametrize(
    ("affected", "name"),
    [
        (product("Apache", "Log4j"), "Apache Log4j"),
        (product("Apache Software Foundation", "Apache Log4j"), "Apache Log4j"),
        (product("", "Log4j"), "Log4j"),
        (product("Apache", "", purl=CORE), CORE),
        (product(cpes=(LOG4J,)), LOG4J),
        (product(), ""),
    ],
)
def test_a_product_is_called_as_the_record_calls_it(affected, name):
    assert product_name(affected) == name


NETWORK = EventWhy(
    kind="network",
    what="198.51.100.7",
    value="198.51.100.0/24",
    registered_by="Harbour Brokers",
    since=datetime(2026, 1, 5, tzinfo=UTC),
    seen_at=datetime(2026, 11, 23, 23, 30, tzinfo=UTC),
    seen_by="Shadowserver",
    most_specific=True,
)


@pytest.mark.parametrize(
    ("what", "value", "begins"),
    [
        ("198.51.100.64/28", "198.51.100.0/24", "198.51.100.64/28 lies in 198.51.100.0/24,"),
        ("198.51.0.0/16", "198.51.100.0/24", "Addresses of 198.51.100.0/24 lie in 198.51.0.0/16,"),
        ("198.51.100.0/24", "198.51.100.9-198.51.101.9", "Addresses of 198.51.100.9-198.51.101.9 lie in 198."),
        ("198.51.100.0/24", "198.51.100.0/24", "198.51.100.0/24 itself was seen"),
    ],
)
def test_why_an_event_that_is_a_network_concerns_a_network(what, value, begins):
    assert event_sentence(replace(NETWORK, what=what, value=value), language="en").startswith(begins)


@pytest.mark.parametrize(
    ("changes", "language", "words"),
    [
        (
            {},
            "en",
            (
                "198.51.100.7 lies in 198.51.100.0/24, a network of Harbour Brokers since 05-01-2026; "
                "seen on 24-11-2026 by Shadowserver."
            ),
        ),
        (
            {},
            "nl",
            (
                "198.51.100.7 ligt in 198.51.100.0/24, een netwerk van Harbour Brokers sinds 05-01-2026; "
                "gezien op 24-11-2026 door Shadowserver."
            ),
        ),
        (
            {"kind": "domain", "what": "mail.harbour.example", "value": "harbour.example", "since": None},
            "en",
            (
                "mail.harbour.example lies under harbour.example, a domain of Harbour Brokers; "
                "seen on 24-11-2026 by Shadowserver."
            ),
        ),
        (
            {"kind": "domain", "what": "harbour.example", "value": "harbour.example", "registered_by": ""},
            "en",
            "harbour.example itself was seen, registered since 05-01-2026; seen on 24-11-2026 by Shadowserver.",
        ),
        (
            {"value": "198.51.100.7/32", "since": None, "seen_at": None},
            "en",
            "198.51.100.7 itself was seen, a network of Harbour Brokers; seen by Shadowserver.",
        ),
        (
            {"kind": "asn", "value": "AS64496", "since": None},
            "nl",
            (
                "De bron of de routetabel zegt dat 198.51.100.7 bij AS64496 hoort, een AS-nummer van Harbour Brokers; "
                "gezien op 24-11-2026 door Shadowserver."
            ),
        ),
    ],
)
def test_an_event_is_said_with_what_was_seen_where_and_by_whom(changes, language, words):
    assert event_sentence(replace(NETWORK, **changes), language=language) == words


@pytest.mark.parametrize(
    ("kind", "language", "words"),
    [
        ("network", "en", " A smaller network in which it lies is registered too."),
        ("domain", "en", " A longer name under which it lies is registered too."),
        ("asn", "nl", " Een netwerk waar het in ligt, is ook geregistreerd."),
    ],
)
def test_that_something_else_is_nearer_is_said(kind, language, words):
    assert event_sentence(replace(NETWORK, kind=kind, most_specific=False), language=language).endswith(words)


def _records():
    path = DATA / "2023.jsonl.gz"
    if not path.is_file():
        pytest.skip(f"needs {path}, which is not there (MISTHOORN_TEST_DATA)")
    with gzip.open(path) as lines:
        for line in islice(lines, 0, 3000, 60):
            try:
                yield cve5.understand(json.loads(line))
            except RefusedError:
                continue


def _assets(record):
    """An asset for each first name of each product, at each bound that the record names."""
    for affected in record.affected:
        names = [*affected.cpes[:1], *[f"{affected.vendor}:{affected.product}"][: bool(affected.vendor)]]
        for value in names:
            for version in dict.fromkeys(
                ["", *(s.low for s in affected.statements[:3]), *(s.high for s in affected.statements[:3])]
            ):
                try:
                    yield normalise_asset(kind="product", value=value, version=version)
                except AssetError:
                    continue


def test_of_real_records_exactly_the_matches_are_explained_and_the_version_lies_between_the_bounds():
    records = list(_records())
    pairs = [(asset, record) for record in records for asset in _assets(record)]
    owned = [Owned(number, asset, None, None) for number, (asset, _) in enumerate(pairs)]
    found = match_advisories(assets=key_table(owned), items=item_table(records)[0]).to_pylist()
    joined = {(row["asset"], row["item"]): (row["certainty"], row["statement"]) for row in found}
    explained = 0
    for number, (asset, record) in enumerate(pairs):
        told = explain_product(asset, record)
        if told is None and asset.value.startswith("cpe:"):
            assert explain_no_match(asset, record).reason in {"outside", "not-affected", "none-affected", "unread"}
        assert (told and (told.certainty, told.statement)) == joined.get((number, record.identifier)), (record, asset)
        assert told is None or _holds(told), (record.identifier, told)
        explained += told is not None
    assert explained > 50


def _holds(told):
    if not told.version or told.space == "purl":
        return True
    low, low_inclusive, high, high_inclusive = told.bounds
    here = told.version
    line = [bound for bound in (low, high) if bound.endswith("*")]
    return bool(line) or (
        (not low or versions.compare("generic", low, here) <= (0 if low_inclusive else -1))
        and (not high or versions.compare("generic", here, high) <= (0 if high_inclusive else -1))
    )
