"""Names and identifiers of products as CSAF documents write them."""

import re
from dataclasses import dataclass

from packageurl import PackageURL

from misthoorn.formats.identifiers import cpe_names
from misthoorn.formats.identifiers.version_ranges import Bounds, exactly
from misthoorn.formats.readers import json_values

MAX_NAME = 300
MAX_IDENTIFIER = 1024

_DISTRIBUTORS = {"red hat": "redhat", "suse": "suse"}
_ARCHITECTURES = frozenset(
    ("src", "nosrc", "noarch", "x86_64", "aarch64", "ppc64le", "ppc64", "ppc", "s390x", "s390", "i386", "i586", "i686")
) | {"ia64", "armv7hl"}
_TEAM = re.compile(
    r"(?<!\s)\s+"
    r"(?:product security incident response team|product security|productcert|psirt|cert|security team|security)$",
    re.IGNORECASE,
)
_VERSION_FROM = re.compile(
    r"\s(?=[<>=≤≥]|vers:|all versions|versions? [0-9]|before [0-9]|prior to |v?[0-9][A-Za-z0-9.\-+:]{0,80}$)",
    re.IGNORECASE,
)
_WORD_VERSION = re.compile(r"versions? (?=[0-9])", re.IGNORECASE)
_BRACKETS = re.compile(r"(?<!\s)\s*\(([^()]{1,200})\)$")


@dataclass(frozen=True, slots=True)
class Identified:
    """What a product_identification_helper says; `unplaced`: a reason for each thing that nothing can be found by."""

    cpes: tuple[str, ...] = ()
    purls: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    versions: tuple[Bounds, ...] | None = None
    unplaced: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Package:
    """A package: its purl with no qualifier but `distro` and as `written` without a version, its name, its version."""

    purl: str
    written: str
    name: str
    versions: tuple[Bounds, ...] | None


NOBODY = Identified()


def helper(value: object) -> Identified:
    """What can be used of a product_identification_helper, of CSAF 2.0 or 2.1."""
    if not isinstance(value, dict):
        return NOBODY
    cpe = json_values.text(value.get("cpe"))[:MAX_IDENTIFIER]
    purls = json_values.texts([value.get("purl"), *_listed(value.get("purls"))])
    numbers = json_values.texts([*_listed(value.get("model_numbers")), *_listed(value.get("skus"))])
    models = tuple(number for number in numbers if not cpe_names.has_wildcard(number) and len(number) <= MAX_NAME)
    version = cpe_names.version(cpe)
    return Identified(
        cpes=(cpe,) if cpe else (),
        purls=tuple(purl for purl in purls if len(purl) <= MAX_IDENTIFIER),
        models=models,
        versions=(exactly(version, scheme="cpe"),) if version else None,
        unplaced=(
            *(("model-pattern",) if len(models) < len(numbers) else ()),
            *(("serial-number",) if json_values.texts(value.get("serial_numbers")) else ()),
        ),
    )


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def package(identified: Identified, text: str, *, vendor: str) -> Package | None:
    """The package that a product is, by its purl, or by the file name that distributors use (name-1:2.3-4.x86_64)."""
    if identified.purls:
        return _by_purl(identified.purls[0])
    namespace = _DISTRIBUTORS.get(vendor.lower())
    stem, _, architecture = text.rpartition(".")
    if not namespace or architecture not in _ARCHITECTURES:
        return None
    rest, _, release = stem.rpartition("-")
    name, _, version = rest.rpartition("-")
    if not name or not version[:1].isdigit() or " " in name:
        return None
    purl = PackageURL(type="rpm", namespace=namespace, name=name).to_string()
    return Package(purl, purl, name, (exactly(_without_no_epoch(f"{version}-{release}"), scheme="rpm"),))


def _by_purl(text: str) -> Package | None:
    try:
        purl = PackageURL.from_string(text)
    except ValueError:
        return None
    version, epoch = purl.version or "", dict(purl.qualifiers or {}).get("epoch", "")
    if epoch.isdigit() and ":" not in version:
        version = f"{epoch}:{version}"
    if purl.type == "rpm" and not version[:1].isdigit():
        version = ""
    qualifiers = {name: value for name, value in dict(purl.qualifiers or {}).items() if name != "epoch"}
    named = PackageURL(type=purl.type, namespace=purl.namespace, name=purl.name)
    written = named._replace(qualifiers=qualifiers, subpath=purl.subpath)
    if distro := qualifiers.get("distro"):
        named = named._replace(qualifiers={"distro": distro})
    bare = _without_no_epoch(version) if purl.type == "rpm" else version
    versions = (exactly(bare, scheme=purl.type),) if bare else None
    return Package(named.to_string(), written.to_string(), purl.name, versions)


def _without_no_epoch(version: str) -> str:
    return version.removeprefix("0:")


def product_words(name: str, models: tuple[str, ...]) -> str:
    """A product's name without its own model number in brackets behind it."""
    found = _BRACKETS.search(name)
    return name[: found.start()] if found and found[1] in models else name


def vendor_of(publisher: str) -> str:
    """The maker, of a publisher that is its team for security (“Example PSIRT”)."""
    return _TEAM.sub("", publisher)


def split_name(label: str, *, publisher: str) -> tuple[str, str, str]:
    """Vendor, product and version of a name that is written in one; vendor "" where the name is one word."""
    found = _VERSION_FROM.search(label[:MAX_IDENTIFIER])
    name = " ".join((label[: found.start()] if found else label).split())
    version = _WORD_VERSION.sub("", label[found.end() :].strip()) if found else ""
    maker = vendor_of(publisher)
    if maker:
        own = name[len(maker) :].strip() if name.lower().startswith(f"{maker.lower()} ") else name
        return maker, own, version
    vendor, _, product = name.partition(" ")
    return (vendor, product, version) if product else ("", name, version)


def with_release(purl: str, *, cpes: tuple[str, ...]) -> str:
    """The purl of a distribution's package with the release that the CPE name of its platform tells, as `distro`."""
    namespace = next((one for one in _DISTRIBUTORS.values() if purl.startswith(f"pkg:rpm/{one}/")), "")
    found = next((name for cpe in cpes if (name := _release(cpe, namespace))), "") if namespace else ""
    if not found or "?" in purl:
        return purl
    return f"{purl}?distro={found}"


def _release(cpe: str, namespace: str) -> str:
    """rhel-9 of enterprise_linux:9, rhel-9 of openshift:4::el9 too; sles-15-sp4 of sles:15:sp4."""
    named = cpe.lower().removeprefix("cpe:/").removeprefix("cpe:2.3:").split(":")
    _, _, product, version, update, edition = (*named, *[""] * 6)[:6]
    if not re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", version):
        return ""
    if namespace == "redhat":
        built = re.fullmatch(r"el([0-9]+)", edition)
        is_system = product == "enterprise_linux" or product.startswith("rhel_")
        return f"rhel-{version}" if is_system else f"rhel-{built[1]}" if built else ""
    return f"sles-{version}-{update}" if re.fullmatch(r"sp[0-9]+", update) else f"sles-{version}"
