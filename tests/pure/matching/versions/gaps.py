"""Rows of other projects' tables that come out differently here, each with its reason.

A row that comes out right after all fails the test: then its line goes.
"""

import re
from collections.abc import Callable
from typing import Any

_BUILD = "build metadata does not order (semver.org, section 10); node's semver says equal too"
_ALPHA = "1.0a1 and 1.0-a1 are both alpha 1: what Maven and PEP 440 make of it"
_DASHES = "grype turns the dots of a pre-release into hyphens; the specification tells them apart"
_LOCAL = "a `vers:` range and an order know no local versions; the ranges of advisories do (versions.highest_key)"
_TAGS = "the package site refuses it, Cabal reads 1 and so the opposite; only the peer's own policy puts it last"
_NOT_PEP_440 = "not allowed by PEP 440: refused visibly, as by the registry since 2016"
_STATE = "OPENSSL_VERSION_NUMBER(3): what is in development comes before the release whose name it bears"

_VERCMP = "pacman's vercmp says the opposite: letters at the end come first, a tilde is a separator like any other"
_RPM = (
    "rpm's own comparison counts a missing epoch as 0; the peer leaves out an epoch that stands on one side only "
    "(matching reads it so too, `likely`: test_package_matches)"
)
_LAST = "not a version for the ecosystem's own tool; only the peer's own policy puts it last"
_CASE = "NuGet compares without regard to case, and the same table says so elsewhere"
_RAW = "Composer normalises first (1.0 is 1.0.0.0, BETA is beta, stable is nothing); the peer compares the raw text"
_FILLED = (
    "can't be normalised; as 1.2.3.0 it equals 1.2.3, which the same table asks for, so it can't equal 1.2.3.1 too"
)
_BETA_0 = "Composer's own comparison holds beta0 later than beta"
_JRE = "maven-artifact 3.9.9 orders them; the peer cuts off what looks like a Java version"
_MAVEN = "maven-artifact 3.9.9 orders each of them as here, and not as the peer"


def _each(reason: str, *rows: tuple[str, str]) -> dict[tuple[str, str], str]:
    return dict.fromkeys(rows, reason)


_JSON_LINES = ("1.1.31", "1.1.34", "1.1.46", "1.2.31", "1.2.48", "1.2.50", "1.2.54", "1.2.57", "1.2.60", "1.2.67")

# Table → (the row's first two cells → reason).
GAPS: dict[str, dict[tuple[str, str], str]] = {
    "compare.semver-build.univers": {("1.2.3-pre.1+build.1", "1.2.3-pre.1+build.0"): _BUILD},
    "compare.openssl.univers": {
        ("0.9.6", "0.9.6-cvs"): _STATE,
        ("1.0.2zc", "1.0.2zc-dev"): _STATE,
    },
    "compare.semver.univers": {("1.2.3+42", "1.2.3+23"): _BUILD},
    "compare.generic-fuzzy.grype": {
        ("1.0.0", "1.0.0-dev1"): "a development version comes before its release; cve-bin-tool's table says so",
        ("5-a1", "5a1"): _ALPHA,
    },
    "compare.generic-nvdtools.nvdtools": {("5-a1", "5a1"): _ALPHA},
    "range.semver.grype": {
        ("= 1.0.0-alpha-beta", "1.0.0.alpha.beta"): _DASHES,
        ("= 1.0.0-rc-alpha", "1.0.0.rc.alpha"): _DASHES,
    },
    "compare.alpine.osv.dev": {("1-0-0", "1.13.2-r0"): _LAST},
    "compare.arch.grype": _each(_VERCMP, ("1.0.0alpha", "1.0.0"), ("1.0.0~rc1", "1.0.0")),
    "compare.rpm.grype": _each(
        _RPM,
        ("1:0", "1"),
        ("2:4.19.01-1.el7_5", "4.19.1-1.el7_5"),
        ("4.19.01-1.el7_5", "2:4.19.1-1.el7_5"),
        ("4.19.0-1.el7_5", "12:4.19.0-1.el7"),
        ("3:4.19.0-1.el7_5", "4.21.0-1.el7"),
    ),
    "range.rpm.grype": _each(
        _RPM,
        ("< 1", "1:0"),
        ("< 2:1.0", "1.0"),
        ("<= 4.19.1-1.el7_5", "2:4.19.01-1.el7_5"),
        ("< 2:4.19.1-1.el7_5", "4.19.01-1.el7_5"),
        ("< 12:4.19.0-1.el7", "4.19.0-1.el7_5"),
        ("<= 12:4.19.0-1.el7", "4.19.0-1.el7_5"),
        ("< 4.21.0-1.el7", "3:4.19.0-1.el7_5"),
    )
    | _each(
        "rpm holds 5.el8 before 5.el8.0.0; the peer compares releases only where it must",
        ("< 0:8.3.1-5.el8.0.0", "8.3.1-5.el8"),
        ("> 0:8.3.1-5.el8", "8.3.1-5.el8.0.0"),
    ),
    "compare.composer.osv-scalibr": _each(
        _RAW,
        ("1.0.0", "1.0"),
        ("5.1.0-stable", "5.1.0-beta2"),
        ("v1.9.0-ALPHA.1", "v1.9.0-BETA.1"),
        ("v1.9.0-ALPHA.2", "v1.9.0-BETA.2"),
        ("v1.9.0-BETA.1", "v1.9.0-ALPHA.2"),
        ("v3.0", "v3.0.0-beta"),
        ("v3.4", "v3.4.0-alpha"),
        ("v4-beta4", "v4.0-alpha"),
        ("v4.4", "v4.4.0-beta"),
        ("v6.5", "v6.5.0-beta-0"),
        ("v6.6", "v6.6.0-beta"),
    )
    | {("1.2.3.#", "1.2.3.1"): _FILLED},
    "compare.composer.osv.dev": {("1.0.0", "1.0"): _RAW, ("1.2.3.#", "1.2.3.1"): _FILLED},
    "compare.composer.versatile": {("1.0.0-beta0", "1.0.0-beta"): _BETA_0},
    "compare.nuget.univers": _each(_CASE, ("1.2.3-a", "1.2.3-A"), ("1.2.3-A-b2-C", "1.2.3-a-B2-c")),
    "compare.maven.grype": _each(
        _JRE,
        ("12.10.2", "12.10.2.jre11"),
        ("12.10.2.jdk17", "12.10.2"),
        ("12.10.2.jre11", "12.10.2"),
        ("12.10.2.jre11", "12.10.2.jdk17"),
    ),
    "compare.maven.osv-scalibr": _each(
        _MAVEN,
        *((f"{line}.sec10", f"{line}_noneautotype") for line in _JSON_LINES),
        ("1.2.8.sec10_noneautotype", "1.2.8_noneautotype"),
        ("1-1", "1-ga-1"),
        ("1.0.0-RC16", "1.0.0.RC8-beta"),
        ("1.0.0-gradle-rework-beta3", "1.0.0.RC7-3"),
        ("1.0.0rc0", "1.0.beta8"),
        ("1.1.0-01-glassfish", "1.1.0.Beta1"),
        ("1.5.9.RC1", "1.5.9-RC0"),
        ("2.9.0-1", "2.9.0.RC1"),
        ("6.1.12.rc5", "6.1.12rc1"),
    ),
    "compare.maven.osv.dev": _each(_MAVEN, ("2-1", "2.0.0.a"), ("2-1", "2.0.a"), ("2.0.a", "2.0.0.a")),
    "compare.maven.univers": _each(_MAVEN, ("2-1", "2.0.0.a"), ("2-1", "2.0.a"), ("2.0.0.a", "2.0.a")),
    "compare.maven.vers-spec": _each(_MAVEN, ("2-1", "2.0.0.a"), ("2-1", "2.0.a"), ("2.0.0.a", "2.0.a")),
    "range.pypi.grype": {("<=6.4.0", "6.4+cgr.1"): _LOCAL, ("= 2.0.0", "2.0.0+cgr.1"): _LOCAL},
}

# Tables with many rows of one kind: how many are refused, and why.
REFUSED: dict[str, tuple[int, str]] = {
    "compare.pypi.osv-scalibr": (72, _NOT_PEP_440),
    "compare.hackage.osv.dev": (1, _TAGS),
    "compare.alpine.osv.dev": (1, _LAST),
    "compare.gem.osv.dev": (2, _LAST),
    "compare.nuget.osv.dev": (1, _LAST),
}

# Tables of osv.dev (ecosystem and version → reason): its sentinel "0", and its coarse keys.
NO_VERSIONS = {("pypi", "legacy"): _NOT_PEP_440, ("pypi", "1.foobar"): _NOT_PEP_440}
COARSE = {("packagist", "1+.+2-_-3"): "to Composer it is 1.0.0.0 with build metadata; the peer compares the raw text"}

# Of 271,420 facts about Python packages; the rest contradicts the advisory's own events, or PEP 440 refuses it.
FACTS_RIGHT = 269_621

_NPM_RANGES = {
    "node-semver leaves out the pre-releases of the line that a caret, tilde or x excludes (<2.0.0-0)": (
        re.compile(r"(?!>= ).*([~^]|\.x|<4(\.5)?)").match,
        13,
    ),
    "to node-semver a short version is its whole line (<= 1.0, 2.1), and >= 1.x has no end": (
        re.compile(r"<=? ?[12]\.[01]( >=1\.1)?$|2\.1 \|\||>= [12](\.2)?\.x$").match,
        5,
    ),
    "to node-semver words with a blank between must all hold": (
        re.compile(r"1\.1\.2 1\.2\.2$|>=5\.0\.3 >=4\.2\.1$").match,
        2,
    ),
}
_GEM_TILDE = {
    "~> leaves out the pre-releases of the line that it excludes (Gem::Requirement)": (re.compile("~>").match, 1)
}
_EMPTY = {"`vers:conan/` is no `vers:` text; an empty range is refused by Conan": (re.compile("$").match, 1)}

# Table → (reason → what finds its rows, and how many there are): ranges in a syntax of their own.
NATIVE_GAPS: dict[str, dict[str, tuple[Callable[[Any], object], int]]] = {
    "native-range.npm.univers": _NPM_RANGES,
    "native-range.npm.vers-spec": _NPM_RANGES,
    "native-range.gem.univers": _GEM_TILDE,
    "native-range.gem.vers-spec": _GEM_TILDE,
    "native-range.conan.univers": _EMPTY,
    "native-range.conan.vers-spec": _EMPTY,
    "native-range.conan-gitlab.univers": _EMPTY,
    "native-range.golang-gitlab.univers": {
        "a fourth number is no build metadata: as such it would not order": (
            re.compile(r".*\d\.\d+\.\d+\.\d").match,
            3,
        )
    },
    "native-range.composer-gitlab.univers": {
        "Composer orders four numbers and reads days as versions; the peer turns what it can't read into metadata": (
            re.compile(r".*\d\.\d+\.\d+\.[\da]|.*\d{4}-\d\d-\d\d").match,
            69,
        ),
        "overlapping alternatives, and a span of one version, come out of the peer's sorting closed twice": (
            re.compile(r".*<2\.8\.30\|\|>=2\.8\.4|.*>=1\.5\.0,<=1\.5\.0").match,
            2,
        ),
    },
}
