"""A zip archive, within bounds: of JSON documents, such as a database's all.zip, as the records in it; or its members.

Nothing is unpacked to disk. A member that can't be read is one refused record that names it, and the rest goes on. An
archive that holds nothing but one other archive, as the CVE programme publishes (.zip.zip), is that one.
"""

import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from typing import IO, BinaryIO, cast

from misthoorn.formats.readers.json_records import LIMITS, Record, read_json, read_record
from misthoorn.formats.readers.rows import Limits
from misthoorn.formats.readers.unpack import GZIP, MOST_RATIO, MOST_UNPACKED, RATIO_FROM, Damage, Source
from misthoorn.formats.values.schema import FormatError

MOST_MEMBERS = 2_000_000  # all databases of osv.dev together have some hundred thousand records

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_NESTED = (*_ZIP, GZIP, b"BZh", b"\xfd7zXZ\x00", b"7z\xbc\xaf", b"\x28\xb5\x2f\xfd")
_ENCRYPTED = 0x1
_SHOWN = 80
_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, RuntimeError)
_DAMAGED = "it is damaged. Fetch the archive again from the source."
_BOMB = "The archive unpacks to far more than its size; the rest was not read. Ask the source for another."


def read_archive(
    stream: BinaryIO, *, wanted: Callable[[str], bool] | None = None, limits: Limits = LIMITS
) -> Iterator[Record] | None:
    """The records of all members, in their order; None when the stream is no zip archive, or can't be read twice.

    `wanted` is asked by a member's name whether it holds records: an archive of a repository holds more than those.
    `limits`: of one record, and so of a member.

    Raises:
        FormatError: the archive can't be read as a whole, or holds nothing that is wanted.
    """
    opened = _opened(stream)
    if opened is None:
        return None
    archive, members = opened
    if len(members) == 1 and (inner := _inner(archive, members[0])):
        archive, members = _listed(inner)
    fitting = [member for member in members if wanted is None or wanted(member.filename)]
    if not fitting:
        names = ", ".join(_shown(member) for member in members[:3])
        raise FormatError(f"This zip archive holds no records, but {names}. Choose the format that the source names.")
    return _records(archive, fitting, limits=limits)


def _inner(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> BinaryIO | None:
    """The only member as a stream, where it is an archive that is no denser than archives are."""
    dense = member.file_size > MOST_RATIO * max(member.compress_size, 1) or member.file_size > MOST_UNPACKED
    if not member.filename.lower().endswith(".zip") or _fault(member)[0] or dense:
        return None
    try:
        opened = cast("BinaryIO", archive.open(member))
        is_archive = opened.read(len(_ZIP[0])).startswith(_ZIP)
    except _FAULTS:
        return None
    return opened if is_archive else None


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive: its bytes, or the code and the reason why it is refused. `shown`: its name for a person."""

    name: str
    shown: str
    source: Source | None
    code: str = ""
    reason: str = ""


def open_members(stream: BinaryIO) -> Iterator[Member] | None:
    """The members one after another, each to be read before the next; None as for `read_archive`.

    Raises:
        FormatError: the archive can't be read as a whole.
    """
    opened = _opened(stream)
    return None if opened is None else _members(*opened)


def read_each(stream: BinaryIO, read: Callable[[Source], Iterator[Record]]) -> Iterator[Record]:
    """The records of a file, or of each file in a zip archive; one that can't be read is a refused record.

    Raises:
        FormatError: the file can't be read as a whole; only before the first record.
    """
    members = open_members(stream)
    if members is None:
        yield from read(Source(stream))
        return
    for member in members:
        if member.source is None:
            yield Record(0, 0, b"", None, member.code, f"{member.shown}: {member.reason}")
            continue
        try:
            yield from read(member.source)
        except FormatError as error:
            yield Record(0, 0, b"", None, "file", f"{member.shown}: {error}")


def _members(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> Iterator[Member]:
    for member in members:
        code, reason = _fault(member)
        if code:
            yield Member(member.filename, _shown(member), None, code, reason)
            continue
        try:
            with archive.open(member) as opened:
                yield Member(member.filename, _shown(member), _MemberSource(opened, packed=member.compress_size))
        except _FAULTS:
            yield Member(member.filename, _shown(member), None, "damaged", _DAMAGED)


class _MemberSource(Source):
    """The bytes of one member; what goes wrong underneath is damage, as in any other stream."""

    def __init__(self, stream: IO[bytes], *, packed: int) -> None:
        super().__init__(cast("BinaryIO", stream))
        self._packed = packed
        self._read_so_far = 0

    def _next(self, size: int) -> bytes:
        try:
            piece = super()._next(size)
        except _FAULTS:
            self.damage = Damage("damaged", "The archive is damaged here. Fetch it again from the source.")
            return b""
        self._read_so_far += len(piece)
        if self._read_so_far > RATIO_FROM and self._read_so_far > MOST_RATIO * max(self._packed, 1):
            self.damage = Damage("bomb", _BOMB)
            return b""
        return piece


def _opened(stream: BinaryIO) -> tuple[zipfile.ZipFile, list[zipfile.ZipInfo]] | None:
    start = _place(stream)
    if start is None:
        return None
    head = stream.read(4)
    stream.seek(start)
    if not head.startswith(_ZIP):
        return None
    return _listed(stream)


def _listed(stream: BinaryIO) -> tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]:
    try:
        archive = zipfile.ZipFile(stream)
    except _FAULTS as error:
        raise FormatError("This zip archive is damaged. Fetch it again from the source.") from error
    members = [member for member in archive.infolist() if not member.is_dir()]
    if not members:
        raise FormatError("This zip archive is empty. Fetch it again from the source.")
    if len(members) > MOST_MEMBERS:
        raise FormatError(f"This zip archive holds {len(members):,} files; at most {MOST_MEMBERS:,} are read.")
    return archive, members


def _place(stream: BinaryIO) -> int | None:
    """Where the stream is, when it can go back there; a pipe may wrongly say of itself that it can."""
    try:
        return stream.seek(stream.tell()) if stream.seekable() else None
    except OSError:
        return None


def _records(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], *, limits: Limits) -> Iterator[Record]:
    row, packed, given = 0, 0, 0
    for member in members:
        data, code, reason = _content(archive, member, most=limits.row)
        packed, given = packed + member.compress_size, given + len(data)
        if given > MOST_UNPACKED or (given > RATIO_FROM and given > MOST_RATIO * max(packed, 1)):
            yield Record(0, row + 1, b"", None, "bomb", _BOMB)
            return
        if code:
            row += 1
            yield Record(0, row, data[: limits.kept], None, code, f"{_shown(member)}: {reason}")
            continue
        for record in _in_member(data, limits=limits):
            row += 1
            reason = f"{_shown(member)}: {record.reason}" if record.reason else ""
            yield replace(record, row=row, reason=reason)


def _in_member(data: bytes, *, limits: Limits) -> Iterator[Record]:
    """Nearly always the member is one record; it may be a list or JSON Lines too."""
    record = read_record(data, limits=limits)
    if record.value is not None:
        yield record
        return
    try:
        yield from read_json(BytesIO(data), limits=limits)
    except FormatError as error:
        yield Record(0, 1, data[: limits.kept], None, "json-invalid", str(error))


def _fault(member: zipfile.ZipInfo) -> tuple[str, str]:
    """The code and the reason why a member is refused unread, or "" twice."""
    parts = member.filename.replace("\\", "/").split("/")
    if ".." in parts or parts[0] == "" or ":" in parts[0]:
        return "archive-name", "its name leads out of the archive. Ask the source what this file is."
    if member.flag_bits & _ENCRYPTED:
        return "encrypted", "it is encrypted. Ask the source for an archive without a password."
    return "", ""


def _content(archive: zipfile.ZipFile, member: zipfile.ZipInfo, *, most: int) -> tuple[bytes, str, str]:
    """The bytes of a member, or the code and the reason why it is refused."""
    code, reason = _fault(member)
    if code:
        return b"", code, reason
    try:
        with archive.open(member) as opened:
            data = opened.read(most + 1)
    except _FAULTS:
        return b"", "damaged", _DAMAGED
    if len(data) > most:
        return data, "too-long", f"it is longer than {most // 1024**2} MiB; its beginning is kept."
    if data.startswith(_NESTED):
        return data, "nested", "it is an archive itself. Unpack it first."
    return data, "", ""


def _shown(member: zipfile.ZipInfo) -> str:
    name = member.filename
    return repr(name if len(name) <= _SHOWN else name[:_SHOWN] + "…")
