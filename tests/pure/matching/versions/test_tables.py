"""Tables from other projects' own tests, where they are present. What differs stands in `gaps`."""

import json
import os
import re
from pathlib import Path

import pytest
from gaps import FACTS_RIGHT, GAPS, REFUSED

from misthoorn.matching import versions
from misthoorn.matching.versions import vers

DATA = Path(os.environ.get("MISTHOORN_TEST_DATA", Path(__file__).parents[5] / "shared")) / "oracles"
SCHEMES = {
    "debian": "deb",
    "alpine": "apk",
    "arch": "alpm",
    "composer": "composer",
    "gem": "gem",
    "gentoo": "gentoo",
    "maven": "maven",
    "nuget": "nuget",
    "rpm": "rpm",
    "pypi": "pypi",
    "semver": "semver",
    "semver-build": "semver",
    "cargo": "cargo",
    "golang": "golang",
    "npm": "npm",
    "bitnami": "bitnami",
    "windows-kb": "lexicographic",
    "nginx": "nginx",
    "bioconductor": "bioconductor",
    "conan": "conan",
    "cran": "cran",
    "datetime": "datetime",
    "hackage": "hackage",
    "intdot": "intdot",
    "jvm": "jvm",
    "lexicographic": "lexicographic",
    "openssl": "openssl",
    "pub": "pub",
    "generic-cvebintool": "generic",
    "generic-fuzzy": "generic",
    "generic-nvdtools": "generic",
}
# Ranges in a syntax of their own: see test_native.
NATIVE = {"range.composer.semver", "range.gem.univers", "range.npm.node-semver", "range.nuget.univers"}
OPERATORS = {"": (0,), "=": (0,), "<": (-1,), ">": (1,), "<=": (-1, 0), ">=": (0, 1)}


def tables(kind):
    found = [path.name.removesuffix(".json") for path in sorted(DATA.glob(f"{kind}.*.json"))]
    return [name for name in found if name.split(".")[1] in SCHEMES and name not in NATIVE]


def read(name):
    if not (DATA / f"{name}.json").exists():
        pytest.skip(f"the table {name} is not at hand; set MISTHOORN_TEST_DATA to the folder that holds oracles/")
    return json.loads((DATA / f"{name}.json").read_text())


def scheme_of(name):
    return SCHEMES[name.split(".")[1]]


def in_range(scheme, text, version):
    def holds(term):
        found = re.fullmatch(r"\s*(<=|>=|<|>|=)?\s*['\"]?(.*?)['\"]?\s*", term)
        return versions.compare(scheme, version, found[2]) in OPERATORS[found[1] or ""]

    return not text.strip() or any(all(map(holds, terms.split(","))) for terms in text.split("||"))


def check(name, answer):
    gaps, (refusals, _) = GAPS.get(name, {}), REFUSED.get(name, (0, ""))
    refused, wrong = 0, set()
    for a, b, expected in read(name)["rows"]:
        try:
            if answer(a, b) != expected:
                wrong.add((a, b))
        except versions.VersionError:
            refused += 1
    assert wrong == gaps.keys()
    assert refused == refusals


@pytest.mark.parametrize("name", tables("compare") or ["compare.debian.univers"])
def test_comparing_gives_what_other_projects_expect(name):
    scheme = scheme_of(name)

    def answer(a, b):
        one, other = versions.key(scheme, a), versions.key(scheme, b)
        compared = versions.compare(scheme, a, b)
        a_release_is_missing = scheme == "alpm" and ("-" in a) != ("-" in b)
        assert (one > other) - (one < other) == compared or (compared == 0 and a_release_is_missing)
        return compared

    check(name, answer)


@pytest.mark.parametrize("name", tables("less-than") or ["less-than.debian.go-deb-version"])
def test_what_is_less_elsewhere_is_less_here(name):
    check(name, lambda a, b: versions.compare(scheme_of(name), a, b) < 0)


@pytest.mark.parametrize("name", tables("range") or ["range.debian.grype"])
def test_ranges_hold_the_versions_that_other_projects_expect(name):
    check(name, lambda text, version: in_range(scheme_of(name), text, version))


@pytest.mark.parametrize("name", ["range.vers.univers", "range.vers.vers-spec"])
def test_vers_ranges_hold_what_their_specification_says(name):
    check(name, vers.contains)


def test_python_packages_are_affected_where_the_registry_says_so():
    right = 0
    for _, _, events, inside, outside in read("range-enumerated.pypi.advisory-database")["rows"]:
        try:
            spans = list(read_events(events))
        except versions.VersionError:
            continue
        for listed, expected in ((inside, True), (outside, False)):
            right += sum(held(version, spans) == expected for version in listed)
    assert right == FACTS_RIGHT


def read_events(events):
    low = None
    for event in events:
        (word, version), *_ = event.items()
        if word == "introduced":
            low = b"" if version == "0" else versions.key("pypi", version) + b"\x01"
        else:
            yield low, versions.key("pypi", version) + (b"\x01" if word == "last_affected" else b"\x00")
            low = None
    if low is not None:
        yield low, versions.ABOVE_ALL


def held(version, spans):
    try:
        at = versions.key("pypi", version) + b"\x01"
    except versions.VersionError:
        return None
    return any(low <= at <= high for low, high in spans)
