"""Package URLs as keys of the space `purl`."""

import functools
import re

from packageurl import PackageURL

from misthoorn.matching.keys.distributions import distribution

MAX_PURL_LENGTH = 1024
MAX_EPOCH_DIGITS = 9

OF_DISTRIBUTIONS = frozenset(("alpm", "apk", "deb", "rpm"))  # the types whose namespace is a distribution

DISTRIBUTIONS_BY_NAME = {"alpine": "apk", "arch": "alpm"}  # as some write these types

_OTHER_NAMES = {**DISTRIBUTIONS_BY_NAME, "githubactions": "github"}
_CASE_IGNORED = frozenset(("github", "golang", "nuget"))
_WITH_EPOCH = frozenset(("deb", "rpm"))
_PYPI_SEPARATORS = re.compile(r"[-_.]+")


class PurlError(ValueError):
    """Not a package URL; str() is a sentence."""


def parse_purl(text: str) -> PackageURL:
    """Read a package URL; names come back normalised as the purl specification says for the type.

    Beyond that specification: names of PyPI as PEP 503 has them (runs of `-`, `_` and `.` are one `-`), and those of Go
    and NuGet in lower case, since their registries take any case for the same package.

    Raises:
        PurlError: it is not one.
    """
    if len(text) > MAX_PURL_LENGTH:
        raise PurlError(f"The package URL is {len(text)} characters long; at most {MAX_PURL_LENGTH} are read.")
    try:
        purl = PackageURL.from_string(text.strip())
    except ValueError as error:
        raise PurlError(f"“{text[:100]}” is not a package URL, such as pkg:npm/lodash@4.17.20 ({error}).") from error
    purl = purl._replace(type=_OTHER_NAMES.get(purl.type, purl.type))
    if purl.type == "pypi":
        return purl._replace(name=_PYPI_SEPARATORS.sub("-", purl.name).lower())
    if purl.type in _CASE_IGNORED:
        return purl._replace(namespace=purl.namespace and purl.namespace.lower(), name=purl.name.lower())
    return purl


@functools.lru_cache(maxsize=20_000)
def remembered_purl(text: str) -> PackageURL:
    """As `parse_purl`, for what comes again and again; nobody may change what it gives."""
    return parse_purl(text)


def without_version(purl: PackageURL, *, installed: str = "") -> tuple[PackageURL, str]:
    """The package URL without its version, and the version: `installed`, or else its own.

    The qualifier `epoch` of a deb or rpm package is part of the version: it moves there, unless an epoch is there.

    Raises:
        PurlError: the epoch is not a whole number.
    """
    version, qualifiers = installed or purl.version or "", dict(purl.qualifiers or {})
    epoch = qualifiers.pop("epoch", "") if purl.type in _WITH_EPOCH else ""
    if epoch and not (epoch.isascii() and epoch.isdigit() and len(epoch) <= MAX_EPOCH_DIGITS):
        raise PurlError(f"The epoch of a package is a whole number of at most {MAX_EPOCH_DIGITS} digits, such as 1.")
    if version and epoch and ":" not in version:
        version = f"{epoch}:{version}"
    return purl._replace(version=None, qualifiers=qualifiers), version


def distribution_of(purl: PackageURL) -> tuple[str, str]:
    """The one name of the distribution that a package is of, and what its qualifier `distro` says.

    Docker Scout calls that qualifier `os_version`.
    """
    qualifiers = dict(purl.qualifiers or {})
    distro = str(qualifiers.get("distro") or qualifiers.get("os_version") or "")
    return distribution(purl.namespace or "", distro=distro), distro


def purl_key(purl: PackageURL) -> bytes:
    """type/namespace/name; the version, qualifiers and subpath are left out. It holds no question mark."""
    namespace = distribution_of(purl)[0] if purl.type in OF_DISTRIBUTIONS else purl.namespace or ""
    written = f"{purl.type}/{namespace}/{purl.name}"
    return written.replace("%", "%25").replace("?", "%3F").encode("utf-8", "surrogatepass")
