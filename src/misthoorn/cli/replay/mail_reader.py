"""What a recipient sees: the mails that came are read, and nothing is asked of whoever sent them. Pure but for reading.

Told twice is: the same address got two mails with the same subject line, but for the number in it, about the same
vulnerabilities. Each kind of mail has a subject line of its own, so that is the same advisory and kind, whatever else
is in the text.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.header import decode_header, make_header
from hashlib import blake2b

_NUMBER = re.compile(r"\b[0-9]{4}-[0-9]{4}-[0-9]{4}\b")
_CVE = re.compile(r"\bCVE-[0-9]{4}-[0-9]{4,7}\b")


@dataclass(frozen=True, slots=True)
class Seen:
    """`ids`: how often each Message-ID came."""

    mails: int
    twice: int
    ids: Counter[str]

    def lost(self, sent: Iterable[str]) -> int:
        """How many of these Message-IDs, which somebody says were handed over, never came."""
        return sum(one not in self.ids for one in sent)

    @property
    def doubled(self) -> int:
        """How many mails came more than once as they are: a worker died, or did not hear the answer."""
        return self.ids.total() - len(self.ids)


def look_at(mails: Iterable[tuple[Mapping[str, str], str]]) -> Seen:
    """Count what was told twice; a mail that came again as it is, by its Message-ID, is counted apart."""
    ids: Counter[str] = Counter()
    told: set[bytes] = set()
    twice = 0
    for headers, text in mails:
        ids[headers["message-id"]] += 1
        if ids[headers["message-id"]] > 1:
            continue
        subject = _NUMBER.sub("", str(make_header(decode_header(headers["subject"]))))
        said = "\0".join([headers["to"].casefold(), subject, *sorted(set(_CVE.findall(text)))])
        key = blake2b(said.encode(), digest_size=16).digest()
        twice += key in told
        told.add(key)
    return Seen(ids.total(), twice, ids)
