"""Why a package of a distribution is likely affected, in words that can be checked."""

import pytest
from registries import advisory, product

from misthoorn.formats.values.advisory import ECOSYSTEM, EVENTS, VersionStatement
from misthoorn.matching.explanations.match import explain_product
from misthoorn.matching.explanations.match_text import product_sentence
from misthoorn.matching.inventory.assets import normalise_asset

PACKAGE = "pkg:deb/debian/f"


def below(high, *, inclusive=False):
    return VersionStatement("", True, high, inclusive, ECOSYSTEM, "affected", "")  # noqa: FBT003  the fields' order is clear here


def said(installed, affected, language="en"):
    why = explain_product(normalise_asset(kind="product", value=installed), advisory("CVE-1", affected))
    return why and product_sentence(why, document="osv", language=language)


@pytest.mark.parametrize(
    ("installed", "affected", "parts"),
    [
        (f"{PACKAGE}@1:2.0-1", product(purl=PACKAGE, statements=(below("3.0-1"),)), ("before 3.0-1", "epoch")),
        (
            f"{PACKAGE}@2.0-3",
            product(purl=PACKAGE, statements=(below("2.0", inclusive=True),)),
            ("up to and including 2.0", "release"),
        ),
        (
            f"{PACKAGE}@2.0-3",
            product(purl=f"{PACKAGE}?distro=debian-12", statements=(below("3.0"),)),
            ("before 3.0", "one release of the Linux distribution"),
        ),
    ],
)
def test_what_is_not_known_of_a_package_stands_in_the_sentence(installed, affected, parts):
    assert all(part in said(installed, affected) for part in ("Likely", *parts))
    assert "Waarschijnlijk" in said(installed, affected, "nl")


def test_events_and_listed_versions_are_told_as_ranges_and_versions():
    told = VersionStatement("", True, "", True, EVENTS, "affected", "fixed 3\nintroduced 0\nfixed 1\nintroduced 2")  # noqa: FBT003
    one = product(purl="pkg:npm/f", statements=(told,), listed=("1.5.0",))
    assert "falls under CVE-1: versions from 2 and before 3" in said("pkg:npm/f@2.1.0", one)
    assert "is a version that CVE-1 names" in said("pkg:npm/f@1.5.0", one)
    assert said("pkg:npm/f@1.4.0", one) is None
