"""Which source package a package of a distribution was built from, where a list of software says so beside its name.

Distributions speak of sources (openssl), and machines have what was built from them (libssl3). A package URL says it
with the qualifier `upstream`; some tools write it elsewhere, and it is put there.
"""

import re
from collections.abc import Mapping

from packageurl import PackageURL

_OF_DISTRIBUTIONS = frozenset(("apk", "deb", "rpm"))
_NAMES = (
    "aquasecurity:trivy:SrcName",
    "syft:metadata:source",
    "syft:metadata:originPackage",
    "syft:metadata:sourceRpm",
)
_IN_WORDS = re.compile(r"built package from: (\S+)(?: (\S+))?")


def from_properties(purl: str, properties: Mapping[str, str]) -> str:
    """The package URL of a component of CycloneDX, with what its properties say (Trivy, Syft)."""
    name = next((properties[one] for one in _NAMES if properties.get(one)), "")
    version = properties.get("syft:metadata:sourceVersion", "")
    if upstream := properties.get("aquasecurity:trivy:SrcVersion", ""):
        epoch, release = (properties.get(f"aquasecurity:trivy:Src{part}", "") for part in ("Epoch", "Release"))
        version = f"{f'{epoch}:' if epoch else ''}{upstream}{f'-{release}' if release else ''}"
    return _with_source(purl, name, version) if name else purl


def from_words(purl: str, words: str) -> str:
    """The package URL of a package of SPDX, with what its `sourceInfo` says (Trivy)."""
    found = _IN_WORDS.fullmatch(words)
    return _with_source(purl, found[1], found[2] or "") if found else purl


def _with_source(purl: str, name: str, version: str) -> str:
    try:
        found = PackageURL.from_string(purl)
    except ValueError:
        return purl
    qualifiers = dict(found.qualifiers or {})
    if found.type not in _OF_DISTRIBUTIONS or name == found.name or "upstream" in qualifiers:
        return purl
    epoch = f"{qualifiers['epoch']}:" if "epoch" in qualifiers else ""
    said = name if version in {"", found.version, f"{epoch}{found.version}"} else f"{name}@{version}"
    return found._replace(qualifiers=qualifiers | {"upstream": said}).to_string()
