"""Which list of software a file is, told by how it begins."""

import re
from collections.abc import Callable
from functools import partial

from misthoorn.formats import dpkg, requirements, rpm, windows
from misthoorn.formats.guess import guess_encoding
from misthoorn.formats.spdx_tags import is_tags
from misthoorn.formats.tabular import decode

_SPDX = re.compile(r'"(?:spdxVersion|SPDXID|@graph)"')


def kind_of(head: bytes) -> str:
    """The name of the format, "" for anything else."""
    text = decode(head, guess_encoding(head)).lstrip()
    if text.startswith("{"):
        return _json(text)
    if text.startswith("<"):
        return next((kind for kind in ("cyclonedx", "spdx") if kind in text.lower()), "")
    return next((kind for kind, is_so in _TEXTS if is_so(text)), "")


def _is_spdx(text: str) -> bool:
    return is_tags(text.encode("utf-8", "replace")) or re.search(r"^spdxVersion *:", text, re.MULTILINE) is not None


# Two columns, name and version, are both: of rpm where the versions say of which distribution they are.
_TEXTS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("spdx", _is_spdx),
    ("windows", lambda text: windows.header(text) is not None),
    ("rpm", partial(rpm.is_list, surely=True)),
    ("dpkg", dpkg.is_list),
    ("rpm", partial(rpm.is_list, surely=False)),
    ("requirements", requirements.names_versions),
)


def _json(text: str) -> str:
    if '"bomFormat"' in text:
        return "cyclonedx"
    if '"lockfileVersion"' in text:
        return "package-lock"
    return "spdx" if _SPDX.search(text) else ""
