"""Which list of software a file is, told by how it begins."""

import re

from misthoorn.formats.software import dpkg, requirements, rpm, windows
from misthoorn.formats.software.attestations import beginning
from misthoorn.formats.software.spdx_tags import is_tags
from misthoorn.formats.tabular.delimited_text import decode
from misthoorn.formats.tabular.detection import guess_encoding

_SPDX = re.compile(r'"(?:spdxVersion|SPDXID|@graph)"')


def kind_of(head: bytes) -> str:
    """The name of the format, "" for anything else."""
    text = decode(head, guess_encoding(head)).lstrip()
    if text.startswith(("{", "<")):
        return _document(text)
    if _is_spdx(text):
        return "spdx"
    if windows.is_list(text):
        return "windows"
    return "requirements" if requirements.names_versions(text) else _packages(text)


def _is_spdx(text: str) -> bool:
    return is_tags(text.encode("utf-8", "replace")) or re.search(r"^spdxVersion *:", text, re.MULTILINE) is not None


def _packages(text: str) -> str:
    """Two columns, name and version, are both: of rpm where the versions or the distribution say so."""
    of_dpkg, (of_rpm, is_rpm) = dpkg.lines_like(text), rpm.lines_like(text)
    if not max(of_dpkg, of_rpm) or _is_table(text):
        return ""
    return "rpm" if of_rpm > of_dpkg or (of_rpm == of_dpkg and is_rpm) else "dpkg"


def _is_table(text: str) -> bool:
    """Whether the first line has the columns of a file of assets, in which a name may look like a package."""
    return text.partition("\n")[0].count(",") > 1


def _document(text: str) -> str:
    if text.startswith("<"):
        return next((kind for kind in ("cyclonedx", "spdx") if kind in text.lower()), "")
    attested = beginning(text)
    if '"bomFormat"' in text or "cyclonedx" in attested:
        return "cyclonedx"
    if '"lockfileVersion"' in text:
        return "package-lock"
    return "spdx" if "spdx" in attested or _SPDX.search(text) else ""
