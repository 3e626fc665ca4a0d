"""The files that go with messages, as pages show them."""

import hashlib
import re
from dataclasses import dataclass

from misthoorn.notification.models import MessageFile, Notice

_ENDING = re.compile(r"\.[a-z]{1,5}(\.zip)?$")
_NOT_IN_NAME = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of a message. `sha256` in hex, of the file as it was sent."""

    id: int
    name: str
    media_type: str
    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def ending(self) -> str:
        """What the name ends in (".csv.zip"): the name itself may tell a network."""
        found = _ENDING.search(self.name)
        return found[0] if found else ""

    @property
    def safe_name(self) -> str:
        """The name with plain signs alone, for a header."""
        return _NOT_IN_NAME.sub("-", self.name).lstrip(".-") or "file"


def files_of(message: int) -> list[Attached]:
    """All files of a message, in the order in which they go with it."""
    return [_attached(row) for row in MessageFile.objects.filter(message=message).order_by("pk")]


def file_of(message: int, *, file: int) -> Attached | None:
    """One file of a message, or None."""
    row = MessageFile.objects.filter(message=message, pk=file).first()
    return _attached(row) if row else None


def files_of_bundle(notice: int) -> list[Attached]:
    """The files of a bundle, so that who got it can compare their digests; none of anything else."""
    rows = MessageFile.objects.filter(message__notice=notice, message__notice__kind=Notice.Kind.BUNDLE)
    return [_attached(row) for row in rows.order_by("pk")]


def _attached(row: MessageFile) -> Attached:
    return Attached(row.pk, row.name, row.media_type, bytes(row.content))
