"""`blocklist-de`: addresses that attacked the users of blocklist.de in the last two days, one on each line.

Source: https://www.blocklist.de/en/export.html. The lists say no times: the time is that of the delivery. The file's
name, such as ssh.txt, tells which service was attacked.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any, BinaryIO

from misthoorn.formats.observations.event_records import Observed, read_observed
from misthoorn.formats.readers.text_records import LINE, read_list
from misthoorn.formats.values.rsit import Kind
from misthoorn.formats.values.schema import EventChunk

_KINDS = {
    "apache": Kind("ids-alert", "attacks-web"),
    "bots": Kind("ids-alert", "attacks-web"),
    "bruteforcelogin": Kind("brute-force", "brute-force-web"),
    "ftp": Kind("ids-alert", "attacks-ftp"),
    "imap": Kind("ids-alert", "attacks-imap"),
    "mail": Kind("ids-alert", "attacks-mail"),
    "sip": Kind("ids-alert", "attacks-sip"),
    "ssh": Kind("ids-alert", "attacks-ssh"),
    "strongips": Kind("ids-alert", "attacks-for-months"),
}
_ANY = Kind("ids-alert", "attacks")


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[EventChunk]:
    """One event for each address; `name` tells the kind."""
    list_ = name.replace("\\", "/").rpartition("/")[2].partition(".")[0].lower()
    kind = _KINDS.get(list_, _ANY)
    records = read_list(stream, comments=("#",))
    return read_observed(records, understand=partial(understand, kind=kind, now=now), now=now, fold=fold)


def understand(record: dict[str, Any], *, kind: Kind, now: datetime) -> Iterator[Observed]:
    """The event that a line is."""
    yield Observed(
        time=now.isoformat(),
        ip=record[LINE],
        type_=kind.type_,
        identifier=kind.identifier,
        severity=kind.urgency,
    )
