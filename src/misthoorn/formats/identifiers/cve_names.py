"""Names of vulnerabilities and packages as CVE records write them."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from packageurl import PackageURL

from misthoorn.formats.identifiers.osv_ecosystems import package as ecosystem_package

CVE_NUMBER = re.compile(r"CVE-(?:1999|2\d{3})-\d{4,19}", re.ASCII)
GHSA_NUMBER = re.compile(r"GHSA(?:-[23456789cfghjmpqrvwx]{4}){3}")

_RED_HAT = "https://access.redhat.com/downloads/content/package-browser"

# Host of the collection → type of the purl.
_REGISTRIES = {
    "pypi.org": "pypi",
    "pypi.python.org": "pypi",
    "npmjs.com": "npm",
    "registry.npmjs.org": "npm",
    "npmjs.org": "npm",
    "rubygems.org": "gem",
    "crates.io": "cargo",
    "packagist.org": "composer",
    "nuget.org": "nuget",
    "api.nuget.org": "nuget",
    "pkg.go.dev": "golang",
    "proxy.golang.org": "golang",
    "hex.pm": "hex",
    "pub.dev": "pub",
    "pub.dartlang.org": "pub",
    "repo.maven.apache.org": "maven",
    "repo1.maven.org": "maven",
    "mvnrepository.com": "maven",
    "central.sonatype.com": "maven",
    "search.maven.org": "maven",
    "cocoapods.org": "cocoapods",
    "hackage.haskell.org": "hackage",
    "cran.r-project.org": "cran",
}


def derive_purl(collection: str, package: str) -> str:
    """The canonical purl of a package in a collection, "" when the collection is not a known registry."""
    if not collection:
        return ""
    try:
        host = (urlsplit(collection).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    kind = _REGISTRIES.get(host, "")
    parts = (package.replace(":", "/") if kind == "maven" else package).strip("/").split("/")
    parts = _go_module(parts) if kind == "golang" else parts
    if not kind or not parts[-1] or (kind == "maven" and len(parts) == 1):
        return ""
    try:
        return PackageURL(type=kind, namespace="/".join(parts[:-1]), name=parts[-1]).to_string()
    except ValueError:
        return ""


def _go_module(parts: list[str]) -> list[str]:
    """The module that a package of Go is in, as lists of software have it.

    What begins with a word without a dot (net/http, cmd/go) is of Go itself; a module under golang.org/x has one name.
    """
    if parts[0] and "." not in parts[0]:
        return ["toolchain" if parts[0] == "cmd" else "stdlib"]
    return parts[:3] if parts[:2] == ["golang.org", "x"] else parts


def tidy_purl(text: str) -> str:
    """The canonical text of a purl without version, qualifiers and subpath; "" for what is none."""
    try:
        purl = PackageURL.from_string(text)
    except ValueError:
        return ""
    return PackageURL(type=purl.type, namespace=purl.namespace, name=purl.name).to_string()


def red_hat_purls(collection: str, package: str, cpes: Iterable[str]) -> tuple[str, ...]:
    """The purls of a package of Red Hat, one for each release that the CPE names stand for; none of another source."""
    if not package or not collection.startswith(_RED_HAT):
        return ()
    names = (cpe.removeprefix("cpe:/").removeprefix("cpe:2.3:").partition(":redhat:")[2] for cpe in cpes)
    found = (ecosystem_package(f"Red Hat:{name}", package) for name in names if name)
    return tuple(dict.fromkeys(one.purl for one in found if one and "?distro=" in one.purl))
