"""The ecosystems of OSV: which package URL a package of each has.

Source: https://github.com/ossf/osv-schema/blob/main/ecosystems.json (schema 1.7). Upper and lower case are one.
"""

import functools
import re
from collections.abc import Callable
from typing import NamedTuple

from packageurl import PackageURL

type Release = Callable[[str], str]

_NUMBER = re.compile(r"[0-9][0-9.]*+")
_SERVICE_PACK = re.compile(r"([0-9]+)(?:[ .-]?SP ?([0-9]+))?", re.IGNORECASE)
_RED_HAT = re.compile(r"::el([0-9]+)|(?:enterprise_linux|\brhel_[a-z0-9_]++):([0-9.]+)")
_SCHEME = re.compile(r"^[a-z]+://(?:www\.)?")


class Package(NamedTuple):
    """`purl` "" where no package URL exists for the ecosystem; `ordered`: whether its versions have a known order."""

    purl: str
    vendor: str
    ordered: bool
    of_distribution: bool = False


class _Registry(NamedTuple):
    kind: str
    split: str = ""  # what stands between the namespace and the name


class _Distribution(NamedTuple):
    kind: str
    namespace: str
    release: Release


def _first_number(text: str) -> str:
    found = _NUMBER.search(text)
    return found[0].rstrip(".") if found else text.strip().lower()


def _service_pack(text: str) -> str:
    plain = text.lower().replace("linux micro", "")
    found = _SERVICE_PACK.search(plain)
    if not found:
        return plain.strip()
    return f"{found[1]}.{found[2]}" if found[2] else _first_number(plain[found.start() :])


def _leap(text: str) -> str:
    found = _NUMBER.search(text)
    return f"leap-{found[0].rstrip('.')}" if found else text.strip().lower().replace(" ", "-")


def _stream(text: str) -> str:
    """The release in what Red Hat makes of a CPE: rhel_eus:8.8::baseos, openshift:4.15::el9."""
    found = _RED_HAT.search(text)
    return (found[1] or found[2]) if found else ""


_REGISTRIES = {
    "bioconductor": _Registry("bioconductor"),
    "bitnami": _Registry("bitnami"),
    "conancenter": _Registry("conan"),
    "cran": _Registry("cran"),
    "crates.io": _Registry("cargo"),
    "github actions": _Registry("github", "/"),
    "go": _Registry("golang", "/"),
    "hackage": _Registry("hackage"),
    "hex": _Registry("hex"),
    "julia": _Registry("julia"),
    "maven": _Registry("maven", ":"),
    "npm": _Registry("npm", "/"),
    "nuget": _Registry("nuget"),
    "opam": _Registry("opam"),
    "oss-fuzz": _Registry("generic"),
    "packagist": _Registry("composer", "/"),
    "pub": _Registry("pub"),
    "pypi": _Registry("pypi"),
    "rubygems": _Registry("gem"),
    "swifturl": _Registry("swift", "/"),
    "vscode": _Registry("vscode-extension", "."),
}
_DISTRIBUTIONS = {
    "almalinux": _Distribution("rpm", "almalinux", _first_number),
    "alpaquita": _Distribution("apk", "alpaquita", _first_number),
    "alpine": _Distribution("apk", "alpine", _first_number),
    "azure linux": _Distribution("rpm", "azurelinux", _first_number),
    "bellsoft": _Distribution("apk", "alpaquita", _first_number),
    "bellsoft hardened containers": _Distribution("apk", "bellsoft-hardened-containers", _first_number),
    "chainguard": _Distribution("apk", "chainguard", _first_number),
    "debian": _Distribution("deb", "debian", _first_number),
    "echo": _Distribution("deb", "echo", _first_number),
    "mageia": _Distribution("rpm", "mageia", _first_number),
    "minimos": _Distribution("apk", "minimos", _first_number),
    "openeuler": _Distribution("rpm", "openeuler", _first_number),
    "opensuse": _Distribution("rpm", "opensuse", _leap),
    "photon os": _Distribution("rpm", "photon", _first_number),
    "red hat": _Distribution("rpm", "redhat", _stream),
    "rocky linux": _Distribution("rpm", "rocky", _first_number),
    "suse": _Distribution("rpm", "suse", _service_pack),
    "ubuntu": _Distribution("deb", "ubuntu", _first_number),
    "wolfi": _Distribution("apk", "wolfi", _first_number),
}
# No package URL: found by name only. Android orders its versions by no rule that is written down.
_NAMED = {"android": "Android", "ghc": "Haskell", "kubernetes": "Kubernetes", "linux": "Linux"}
_UNORDERED = frozenset(("android", "oss-fuzz"))


def is_distribution(ecosystem: str) -> bool:
    """Whether packages of the ecosystem are those of an operating system, built from somebody else's source."""
    return ecosystem.partition(":")[0].lower() in _DISTRIBUTIONS


@functools.lru_cache(maxsize=50_000)
def package(ecosystem: str, name: str) -> Package | None:
    """What a package of an ecosystem is called elsewhere; None for an ecosystem that is not known.

    The release of a distribution is the qualifier `distro` (debian-12), as in lists of software.
    """
    known, _, suffix = ecosystem.partition(":")
    known = known.lower()
    if known in _NAMED:
        return Package("", _NAMED[known], known not in _UNORDERED)
    if known in _REGISTRIES:
        return Package(_in_registry(_REGISTRIES[known], name), "", known not in _UNORDERED)
    if known in _DISTRIBUTIONS:
        return Package(_in_distribution(_DISTRIBUTIONS[known], name, suffix), "", ordered=True, of_distribution=True)
    return None


def _in_registry(registry: _Registry, name: str) -> str:
    if registry.kind == "swift":
        name = _SCHEME.sub("", name.lower()).removesuffix(".git")
    elif registry.kind == "github":
        # An action may lie in a folder of its repository, which is what is released.
        name = "/".join(name.split("/")[:2])
    namespace, _, last = name.strip("/").rpartition(registry.split) if registry.split else ("", "", name)
    return _written(registry.kind, namespace, last)


def _in_distribution(distribution: _Distribution, name: str, suffix: str) -> str:
    release = distribution.release(suffix) if suffix else ""
    qualifiers = {"distro": f"{distribution.namespace}-{release}"} if release else None
    return _written(distribution.kind, distribution.namespace, name, qualifiers)


def _written(kind: str, namespace: str, name: str, qualifiers: dict[str, str] | None = None) -> str:
    try:
        return PackageURL(type=kind, namespace=namespace, name=name, qualifiers=qualifiers).to_string()
    except ValueError:
        return ""
