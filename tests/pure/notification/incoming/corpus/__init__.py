"""Mails that come back, in the shapes of mail servers, machines and people; written by us, with addresses of nobody.

Each mail stands under a line `===== name | kind | status | address | recipient`. `kind` may be several, with bars and
no spaces; `address` is bad, kept or either; "-" expects nothing. `[[returned]]` and the like are filled in.
"""

import base64
import re
from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).parent
_GOLDEN = _HERE.parents[1] / "golden" / "exposed-rdp-nl.txt"
_BASE64 = re.compile(r"\[\[base64\]\]\n(.*?)\n\[\[/base64\]\]", re.DOTALL)
OURS = "<481516234248.0123456789ab@misthoorn.example>"
_HEADERS = f"""\
Return-Path: <terug@misthoorn.example>
Received: from smtp.misthoorn.example (smtp.misthoorn.example [198.51.100.9])
	by mx.example (Postfix) with ESMTPS id 4F2Kx01mWy; Mon, 23 Nov 2026 09:14:12 +0100 (CET)
From: Team Voorbeeld <waarschuwing@misthoorn.example>
Auto-Submitted: auto-generated
X-Auto-Response-Suppress: OOF, AutoReply, RN, NRN
MIME-Version: 1.0
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 8bit
Content-Language: nl
To: beheer@korenaar.example
Subject: Een computer van uw bedrijf is van buitenaf te bedienen (waarschuwing 4821-7730-5264)
Date: Mon, 23 Nov 2026 08:14:12 +0000
Message-ID: {OURS}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A mail and what it is; `bad` is None where either is right."""

    file: str
    name: str
    kinds: frozenset[str]
    status: str
    bad: bool | None
    recipient: str
    raw: bytes


def cases() -> list[Case]:
    """All mails of the corpus, in the order of their files."""
    return [case for path in sorted(_HERE.glob("*.txt")) for case in _cases(path)]


def _cases(path: Path) -> list[Case]:
    return [_case(path.stem, text) for text in path.read_text("utf-8").split("===== ")[1:]]


def _case(file: str, text: str) -> Case:
    line, _, mail = text.partition("\n")
    name, kinds, status, address, recipient = line.split(" | ")
    return Case(
        file=file,
        name=name,
        kinds=frozenset(kinds.split("|")),
        status="" if status == "-" else status,
        bad={"bad": True, "kept": False, "either": None}[address],
        recipient="" if recipient == "-" else recipient,
        raw=_filled(mail).encode(),
    )


def _filled(mail: str) -> str:
    warning = _GOLDEN.read_text("utf-8").partition("\n\n")[2]
    quoted = "\n".join(f"> {line}".rstrip() for line in warning.splitlines())
    pieces = {"returned": f"{_HEADERS}\n{warning}", "headers": _HEADERS, "quoted": quoted, "warning": warning}
    for name, piece in pieces.items():
        mail = mail.replace(f"[[{name}]]", piece)
    return _BASE64.sub(lambda found: base64.encodebytes(found[1].encode()).decode().strip(), mail)
