"""Rows of other projects' tables that come out differently here, each with its reason.

A row that comes out right after all fails the test: then its line goes.
"""

_BUILD = "build metadata does not order (semver.org, section 10); node's semver says equal too"
_ALPHA = "1.0a1 and 1.0-a1 are both alpha 1: what Maven and PEP 440 make of it"
_DASHES = "grype turns the dots of a pre-release into hyphens; the specification tells them apart"
_LOCAL = "a `vers:` range and an order know no local versions; the ranges of advisories do (versions.highest_key)"
_TAGS = "the package site refuses it, Cabal reads 1 and so the opposite; only the peer's own policy puts it last"
_NOT_PEP_440 = "not allowed by PEP 440: refused visibly, as by the registry since 2016"
_STATE = "OPENSSL_VERSION_NUMBER(3): what is in development comes before the release whose name it bears"

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
        ("1.8.0_456", "1.8.0_456-b1"): "b1 is read as beta 1, which is far more common than a build number of Java",
    },
    "compare.generic-nvdtools.nvdtools": {("5-a1", "5a1"): _ALPHA},
    "range.semver.grype": {
        ("= 1.0.0-alpha-beta", "1.0.0.alpha.beta"): _DASHES,
        ("= 1.0.0-rc-alpha", "1.0.0.rc.alpha"): _DASHES,
    },
    "range.pypi.grype": {("<=6.4.0", "6.4+cgr.1"): _LOCAL, ("= 2.0.0", "2.0.0+cgr.1"): _LOCAL},
}

# Tables with many rows of one kind: how many are refused, and why.
REFUSED: dict[str, tuple[int, str]] = {
    "compare.pypi.osv-scalibr": (72, _NOT_PEP_440),
    "compare.hackage.osv.dev": (1, _TAGS),
}

# Of 271,420 facts about Python packages; the rest contradicts the advisory's own events, or PEP 440 refuses it.
FACTS_RIGHT = 269_621
