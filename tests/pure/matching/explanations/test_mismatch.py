"""Why a product and an advisory do not match: the nearest reason, in a sentence that a person can check."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from registries import advisory, exactly, product, said, sentence

from misthoorn.matching.explanations.match import explain_product
from misthoorn.matching.explanations.mismatch import explain_no_match
from misthoorn.matching.explanations.mismatch_text import no_match_sentence
from misthoorn.matching.inventory.assets import normalise_asset

LOG4J = "cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:*"
PLUGIN = "cpe:2.3:a:apache:log4j:*:*:*:*:*:wordpress:*:*"
OPENSSL = "pkg:deb/debian/openssl"


def why_not(value, *affected):
    asset = normalise_asset(kind="product", value=value)
    record = replace(advisory("CVE-1", *affected), modified=datetime(2021, 12, 14, 9, 0, tzinfo=UTC))
    assert explain_product(asset, record) is None
    return explain_no_match(asset, record)


def says(value, *affected, language="en"):
    return no_match_sentence(why_not(value, *affected), document="cve5", language=language)


def log4j(*statements, cpe=LOG4J, default="unaffected"):
    return product("Apache", "Log4j", cpes=(cpe,), statements=statements, default=default)


def test_a_version_outside_every_range_is_said_with_the_range():
    affected = log4j(said("2.0-beta9", "2.15.0"))

    assert says("cpe:2.3:a:apache:log4j:2.17.1", affected) == (
        "Apache Log4j 2.17.1 does not fall under CVE-1, which is about versions from 2.0-beta9 and before 2.15.0, "
        "says the CVE record of 14-12-2021."
    )
    assert says("cpe:2.3:a:apache:log4j:2.17.1", affected, language="nl") == (
        "Apache Log4j 2.17.1 valt niet onder CVE-1: dat gaat over versies vanaf 2.0-beta9 en lager dan 2.15.0, "
        "volgens het CVE-record van 14-12-2021."
    )


def test_of_many_ranges_those_below_and_above_the_version_are_named_and_the_others_counted():
    affected = log4j(said("1.0", "1.2"), said("2.0", "2.3.1"), said("2.4", "2.12.2"), said("2.13.0", "2.15.0"))

    assert "versions from 2.0 and before 2.3.1; from 2.4 and before 2.12.2, and 2 further ranges, says" in says(
        "Apache Log4j 2.3.1", affected
    )
    assert "about versions from 1.0 and before 1.2, and 3 further ranges, says" in says("Apache Log4j 0.9", affected)


def test_a_single_version_is_said_as_one():
    assert says("Apache Log4j 2.3", log4j(exactly("2.4"))).startswith(
        "Apache Log4j 2.3 does not fall under CVE-1, which is about version 2.4, says"
    )


def test_another_product_is_called_by_its_name_and_not_by_its_number():
    assert "and not about apache tomcat 9, says" in says("cpe:2.3:a:apache:tomcat:9", log4j(exactly("2.4")))


def test_what_the_record_itself_calls_not_affected_comes_before_what_it_calls_affected():
    affected = log4j(said("", "2.15.0"), said("2.3.1", "2.4", status="unaffected"), exactly("2.0", status="unaffected"))

    assert ": versions from 2.3.1 and before 2.4 are not affected, says" in says("Apache Log4j 2.3.1", affected)
    assert ": version 2.0 is not affected, says" in says("Apache Log4j 2.0", affected)


@pytest.mark.parametrize(
    ("value", "affected", "reason", "words"),
    [
        ("Apache Log4j 2.0", log4j(), "none-affected", "CVE-1 names Apache Log4j, and says of no version that it is"),
        ("cpe:2.3:a:apache:log4j", log4j(), "none-affected", "says of no version that it is affected"),
        (
            "cpe:2.3:a:apache:log4j:2.0:*:*:*:*:joomla",
            log4j(said("1", "3"), cpe=PLUGIN),
            "edition",
            "CVE-1 is about another edition of Apache Log4j than cpe:2.3:a:apache:log4j:*:*:*:*:*:joomla:*:* 2.0, says",
        ),
        (
            f"{OPENSSL}@3.0.1-1?distro=debian-12",
            product(purl=f"{OPENSSL}?distro=debian-11", statements=(said("", "3.0.2-1"),)),
            "release",
            "in another release of the Linux distribution than pkg:deb/debian/openssl?distro=debian-12 3.0.1-1, says",
        ),
        (
            f"{OPENSSL}@3.0.3-1?distro=debian-12",
            product(purl=f"{OPENSSL}?distro=debian-12", statements=(said("", "3.0.2-1"),)),
            "outside",
            "which is about versions before 3.0.2-1, says",
        ),
        (
            "Apache Tomcat 9",
            log4j(said("1", "3")),
            "other-product",
            "CVE-1 is about Apache Log4j, and not about apache",
        ),
        ("Apache Tomcat 9", product(), "no-product", "CVE-1 names no product that can be looked for, says"),
    ],
)
def test_each_reason_has_its_words(value, affected, reason, words):
    assert why_not(value, affected).reason == reason
    assert words in says(value, affected)
    assert says(value, affected, language="nl").endswith("het CVE-record van 14-12-2021.")


def test_that_it_is_not_known_which_versions_are_meant_is_said_and_not_that_none_is():
    unread = log4j(sentence("every second one, before noon"))

    assert says("Apache Log4j 2.0", unread) == (
        "It is not known whether CVE-1 is about Apache Log4j 2.0: which versions it means could not be read, "
        "says the CVE record of 14-12-2021. 1 statement in it could not be read."
    )


def test_of_several_products_the_nearest_decides_and_of_none_three_are_named():
    others = [product("Acme", name, statements=(said("1", "3"),)) for name in ("A", "B", "C", "D", "E")]

    assert why_not("Apache Log4j 4", *others, log4j(said("1", "3"))).reason == "outside"
    assert "CVE-1 is about Acme A, Acme B, Acme C and 2 more, and not about" in says("Apache Log4j 4", *others)


def test_what_could_not_be_read_of_this_product_is_counted_and_of_others_is_not():
    unread = sentence("every second one, before noon")
    other = product("Acme", "A", statements=(unread,))

    assert says("Apache Log4j 4", log4j(said("1", "3"), unread), other).endswith(
        " 1 statement in it could not be read."
    )
    assert says("Apache Log4j 4", log4j(said("1", "3")), other).endswith("14-12-2021.")
