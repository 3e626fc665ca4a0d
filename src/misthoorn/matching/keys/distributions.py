"""Distributions of operating systems: one name for each, and one way to write its releases.

A package of Debian 12 is written `?distro=debian-12`, `debian-12.6` or `bookworm`; all of them become `12` here. Red
Hat's relatives write the release into the version too (1.2-3.el8).
"""

import re
from collections.abc import Iterable

_NAMES = {
    "alma": "almalinux",
    "alma-linux": "almalinux",
    "amazon": "amzn",
    "amazonlinux": "amzn",
    "centos": "redhat",  # the same packages built again; all that is said about them, Red Hat says
    "ol": "oracle",
    "oraclelinux": "oracle",
    "rhel": "redhat",
    "redhat-enterprise-linux": "redhat",
    "rocky-linux": "rocky",
    "rockylinux": "rocky",
    "opensuse-leap": "opensuse",
    "opensuse-tumbleweed": "opensuse",
    "sled": "suse",
    "sles": "suse",
}

# How many numbers of a version make a release: Debian 12.6 is 12, Ubuntu 22.04.3 is 22.04. None: it has no releases.
_SIGNIFICANT = {
    **dict.fromkeys(("debian", "redhat", "rocky", "almalinux", "oracle", "fedora", "mageia", "amzn"), 1),
    **dict.fromkeys(("ubuntu", "alpine", "alpaquita", "suse", "opensuse", "photon", "openeuler", "azurelinux"), 2),
    **dict.fromkeys(("wolfi", "chainguard", "minimos", "arch"), 0),
}
_WITH_TAG = frozenset(("redhat", "rocky", "almalinux", "oracle"))

_DEBIAN = (
    *("buzz", "rex", "bo", "hamm", "slink", "potato", "woody", "sarge", "etch", "lenny", "squeeze", "wheezy", "jessie"),
    *("stretch", "buster", "bullseye", "bookworm", "trixie", "forky", "duke"),
)
_DEBIAN_NUMBERS = ("1.1", "1.2", "1.3", "2.0", "2.1", "2.2", "3.0", "3.1", *map(str, range(4, 16)))
_UBUNTU = {
    "dapper": "6.06",
    "hardy": "8.04",
    "lucid": "10.04",
    "precise": "12.04",
    "trusty": "14.04",
    "utopic": "14.10",
    "vivid": "15.04",
    "wily": "15.10",
    "xenial": "16.04",
    "yakkety": "16.10",
    "zesty": "17.04",
    "artful": "17.10",
    "bionic": "18.04",
    "cosmic": "18.10",
    "disco": "19.04",
    "eoan": "19.10",
    "focal": "20.04",
    "groovy": "20.10",
    "hirsute": "21.04",
    "impish": "21.10",
    "jammy": "22.04",
    "kinetic": "22.10",
    "lunar": "23.04",
    "mantic": "23.10",
    "noble": "24.04",
    "oracular": "24.10",
    "plucky": "25.04",
    "questing": "25.10",
    "resolute": "26.04",
}
_CODENAMES = {"debian": dict(zip(_DEBIAN, _DEBIAN_NUMBERS, strict=True)), "ubuntu": _UBUNTU}
_ROLLING = {"sid": "sid", "unstable": "sid", "edge": "edge", "tumbleweed": "tumbleweed", "rolling": "rolling"}

_WORD = re.compile(r"[a-z0-9.]+")
_NUMBER = re.compile(r"[0-9][0-9.]*+")
_SERVICE_PACK = re.compile(r"(?<![0-9])([0-9]+)[ .-]?sp ?([0-9]+)")
_TAG = re.compile(r"[.+]el([0-9]+)")
_IDENTIFIER = re.compile(r"[a-z][a-z-]*+")


def distribution(namespace: str, *, distro: str = "") -> str:
    """The one name of a distribution; where the package names none, that of its `distro`."""
    found = namespace.lower()
    if not found and distro:
        word = _IDENTIFIER.match(distro.lower())
        found = word[0].rstrip("-") if word else ""
        found = next((name for name, codenames in _CODENAMES.items() if found in codenames), found)
    return _NAMES.get(found, found)


def release(name: str, text: str) -> str:
    """The release that a text names: "12" for bookworm; "" for a distribution without releases, or no text."""
    known = known_release(name, text)
    return text.strip().lower() if known is None else known


def known_release(name: str, text: str) -> str | None:
    """As `release`, but None for a text that names no release."""
    plain = text.strip().lower()
    significant = _SIGNIFICANT.get(name, 2)
    if not plain or not significant:
        return ""
    codenames = _CODENAMES.get(name, {}) | _ROLLING
    for word in _WORD.findall(plain):
        if word in codenames:
            return _cut(codenames[word], significant)
    if name == "suse" and (pack := _SERVICE_PACK.search(plain)):
        return f"{pack[1]}.{pack[2]}"
    number = _NUMBER.search(plain)
    return _cut(number[0], significant) if number else None


def _cut(number: str, significant: int) -> str:
    return ".".join(number.rstrip(".").split(".")[:significant])


def release_in_versions(name: str, versions: Iterable[str]) -> str:
    """The release that all versions with a tag agree on (.el8); "" where they don't, or where none has one."""
    if name not in _WITH_TAG:
        return ""
    tags = {found[1] for version in versions if (found := _TAG.search(version))}
    return tags.pop() if len(tags) == 1 else ""
