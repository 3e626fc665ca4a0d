"""Which scheme is called what, and which scheme each kind of package follows."""

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

from misthoorn.matching.versions import (
    alpm,
    apk,
    bitnami,
    composer,
    conan,
    cran,
    datetime,
    deb,
    gem,
    generic,
    gentoo,
    golang,
    hackage,
    intdot,
    jvm,
    lexicographic,
    maven,
    nuget,
    openssl,
    pub,
    pypi,
    rpm,
    semver,
)
from misthoorn.matching.versions.encoding import VersionError, check_length


class Scheme(NamedTuple):
    parse: Callable[[str], Any]
    compare: Callable[[Any, Any], int]
    encode: Callable[[Any], bytes]
    lowest: str  # written behind a version, it makes the lowest one that is still counted to its line (7.1 → 7.1~)
    empty: str | None = None  # what an empty text is, where the scheme says that it is a version
    short: Callable[[str], bytes] | None = None  # the key of texts as most are; empty for any other
    highest: Callable[[Any], bytes] | None = None  # up to where “up to and including” reaches; else the key itself


SCHEMES = {
    "alpm": Scheme(alpm.parse, alpm.compare, alpm.encode, "A"),
    "apk": Scheme(apk.parse, apk.compare, apk.encode, "_alpha"),
    "bitnami": Scheme(bitnami.parse, bitnami.compare, bitnami.encode, "-a"),
    "composer": Scheme(composer.parse, composer.compare, composer.encode, "-dev"),
    "conan": Scheme(conan.parse, conan.compare, conan.encode, "-0"),
    "cran": Scheme(cran.parse, cran.compare, cran.encode, ""),
    "datetime": Scheme(datetime.parse, datetime.compare, datetime.encode, ""),
    "deb": Scheme(deb.parse, deb.compare, deb.encode, "~"),
    "gem": Scheme(gem.parse, gem.compare, gem.encode, ".A", empty="0", short=gem.PLAIN.key),
    "generic": Scheme(generic.parse, generic.compare, generic.encode, "~", short=generic.PLAIN.key),
    "gentoo": Scheme(gentoo.parse, gentoo.compare, gentoo.encode, "_alpha"),
    "golang": Scheme(golang.parse, golang.compare, golang.encode, "-0", short=semver.key_of_usual),
    "hackage": Scheme(hackage.parse, hackage.compare, hackage.encode, ""),
    "intdot": Scheme(intdot.parse, intdot.compare, intdot.encode, ""),
    "jvm": Scheme(jvm.parse, jvm.compare, jvm.encode, "-a", highest=jvm.encode_with_builds),
    "lexicographic": Scheme(lexicographic.parse, lexicographic.compare, lexicographic.encode, "", empty=""),
    "maven": Scheme(maven.parse, maven.compare, maven.encode, ".alpha.0", short=maven.PLAIN.key),
    "nuget": Scheme(nuget.parse, nuget.compare, nuget.encode, "-0"),
    "openssl": Scheme(openssl.parse, openssl.compare, openssl.encode, "-dev"),
    "pub": Scheme(pub.parse, pub.compare, pub.encode, "-0"),
    "pypi": Scheme(
        pypi.parse, pypi.compare, pypi.encode, ".dev0", short=pypi.key_of_usual, highest=pypi.encode_with_locals
    ),
    "rpm": Scheme(rpm.parse, rpm.compare, rpm.encode, "~"),
    "semver": Scheme(semver.parse, semver.compare, semver.encode, "-0", short=semver.key_of_usual),
}

# The order of each purl type (and `vers:` scheme). Every type that is not listed follows `generic`, which knows no
# ecosystem's own rules: right for plain numbers, a good guess for the rest.
PURL_SCHEMES = {
    "alpine": "apk",
    "alpm": "alpm",
    "apk": "apk",
    "arch": "alpm",
    "bioconductor": "cran",  # R packages too
    "bitnami": "bitnami",
    "cargo": "semver",  # semantic versions; Cargo itself does not order build metadata either
    "composer": "composer",
    "conan": "conan",
    "cran": "cran",
    "deb": "deb",
    "ebuild": "gentoo",
    "gem": "gem",
    "generic": "generic",
    "gentoo": "gentoo",
    "golang": "golang",
    "hackage": "hackage",
    "hex": "semver",  # Elixir's Version is semantic versions
    "maven": "maven",
    "nginx": "semver",  # three numbers, of which missing ones are 0
    "npm": "semver",  # node-semver orders as the specification; what it forgives is forgiven
    "nuget": "nuget",
    "pub": "pub",
    "pypi": "pypi",
    "rpm": "rpm",
    "semver": "semver",
    "swift": "semver",  # Swift Package Manager takes semantic versions only
}


def is_scheme(name: str) -> bool:
    """Whether `name` is a scheme, or a kind of package that follows one."""
    return name in SCHEMES or name in PURL_SCHEMES


def scheme_of_purl(kind: str) -> str:
    """The scheme that a purl type follows; `generic` for a type that is not known."""
    return PURL_SCHEMES.get(kind, "generic")


def compare(scheme: str, a: str, b: str) -> int:
    """-1, 0 or 1: how `a` and `b` order in the scheme (or the kind of package, such as npm).

    Raises:
        VersionError: one of them is not a version of the scheme, or the scheme is not known.
    """
    rules = _rules(scheme)
    return rules.compare(_parse(rules, a), _parse(rules, b))


@functools.lru_cache(maxsize=100_000)
def key(scheme: str, version: str) -> bytes:
    """The version as bytes, in the order of the scheme. Never empty, never starting with ff.

    Raises:
        VersionError: not a version of the scheme, or the scheme is not known.
    """
    rules = SCHEMES.get(scheme) or _rules(scheme)
    return (rules.short and rules.short(version)) or rules.encode(_parse(rules, version))


def highest_key(scheme: str, version: str) -> bytes:
    """The key up to which “up to and including `version`” reaches: local versions in pypi (2.0.0+cu118), builds in jvm.

    Raises:
        VersionError: as `key`.
    """
    rules = _rules(scheme)
    return (rules.highest or rules.encode)(_parse(rules, version))


def valid(scheme: str, version: str) -> bool:
    """Whether the text is a version of the scheme."""
    try:
        _parse(_rules(scheme), version)
    except VersionError:
        return False
    return True


def lowest(scheme: str, version: str) -> str:
    """The lowest version of the line that `version` begins: pre-releases of it are not below this one."""
    return version + _rules(scheme).lowest


def _rules(scheme: str) -> Scheme:
    found = SCHEMES.get(scheme) or SCHEMES.get(PURL_SCHEMES.get(scheme, ""))
    if not found:
        raise VersionError(f"There is no version scheme “{scheme[:40]}”; there are {', '.join(sorted(SCHEMES))}.")
    return found


def _parse(rules: Scheme, text: str) -> Any:  # noqa: ANN401  each scheme has a value of its own
    stripped = text.strip()
    if not stripped and rules.empty is not None:
        return rules.parse(rules.empty)
    check_length(stripped)
    return rules.parse(stripped)
