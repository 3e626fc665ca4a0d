"""Tables of osv.dev, Composer and node-semver that ask for more than an order."""

import itertools

import pytest
from gaps import COARSE, NO_VERSIONS
from test_tables import read

from misthoorn.formats.advisories.osv import understand
from misthoorn.matching import versions
from misthoorn.matching.advisories import item_keys
from misthoorn.matching.ranges import point
from misthoorn.matching.versions import composer
from misthoorn.matching.versions.native import npm

ECOSYSTEMS = {
    "alpine": ("Alpine:v3.18", "apk"),
    "cran": ("CRAN", "cran"),
    "debian": ("Debian:12", "deb"),
    "hackage": ("Hackage", "hackage"),
    "haskell": ("Hackage", "hackage"),
    "maven": ("Maven", "maven"),
    "nuget": ("NuGet", "nuget"),
    "composer": ("Packagist", "composer"),
    "packagist": ("Packagist", "composer"),
    "pub": ("Pub", "pub"),
    "pypi": ("PyPI", "pypi"),
    "redhat": ("Red Hat", "rpm"),
    "rpm": ("AlmaLinux:8", "rpm"),
    "gem": ("RubyGems", "gem"),
    "rubygems": ("RubyGems", "gem"),
    "bioconductor": ("Bioconductor", "cran"),
    "semver": ("npm", "semver"),
    "semver_ecosystem_helper": ("npm", "semver"),
}


@pytest.mark.parametrize("event", ["fixed", "last_affected"])
def test_what_is_introduced_at_0_lies_below_every_version(event):
    for kind, a, b, expected in read("compare-sentinel.osv.osv.dev")["rows"]:
        ecosystem, scheme = ECOSYSTEMS[kind]
        version = b if a == "0" else a
        assert expected == (-1 if a == "0" else 1)
        if (kind, version) in NO_VERSIONS:
            assert not versions.valid(scheme, version)
            continue
        name = "a:f" if kind == "maven" else "f"
        events = [{"introduced": "0"}, {event: "999999:1" if scheme in {"deb", "rpm"} else "99999"}]
        entry = {"package": {"ecosystem": ecosystem, "name": name}, "ranges": [{"type": "ECOSYSTEM", "events": events}]}
        rows = item_keys(understand({"id": "OSV-1", "modified": "", "affected": [entry]})).rows
        at = point(versions.key(scheme, version))
        assert any(row.space == "purl" and row.lo <= at.lo and at.hi <= row.hi for row in rows), (kind, version)


def test_what_osv_dev_orders_coarsely_is_ordered_so_here():
    rows = [(*ECOSYSTEMS[kind], kind, version, coarse) for kind, version, coarse in read("coarse.osv.osv.dev")["rows"]]
    usable = [row for row in rows if (row[2], row[3]) not in NO_VERSIONS]
    wrong = {
        version
        for (_, scheme, kind, a, one), (_, _, other_kind, b, other) in itertools.permutations(usable, 2)
        if kind == other_kind and one < other and versions.key(scheme, a) >= versions.key(scheme, b)
        for version in ((kind, a), (kind, b))
        if version in COARSE or not COARSE.keys() & {(kind, a), (kind, b)}
    }
    assert wrong == COARSE.keys()


def test_versions_of_composer_are_normalised_as_composer_does_it():
    rows = read("normalize.composer.semver")["rows"]
    assert [row for row in rows if composer.normalised(row[0].strip()) != row[1]] == []


def test_a_version_is_outside_a_range_of_npm_where_node_semver_says_so():
    for text, version, side, expected, loose, prereleases in read("range-outside.npm.node-semver")["rows"]:
        found = npm.is_outside(text, version, side={"gt": ">", "lt": "<"}[side], loose=loose, prereleases=prereleases)
        assert found == expected, (text, version, side)
