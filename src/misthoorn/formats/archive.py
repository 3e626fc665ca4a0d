"""A zip archive of JSON documents, such as a database's all.zip, as the records in it, within bounds.

Nothing is unpacked to disk. A member that can't be read is one refused record that names it, and the rest goes on.
"""

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import BinaryIO

from misthoorn.formats.json_records import LIMITS, Record, read_json, read_record
from misthoorn.formats.schema import FormatError
from misthoorn.formats.unpack import GZIP, MOST_RATIO, MOST_UNPACKED, RATIO_FROM

MOST_MEMBERS = 2_000_000  # all databases of osv.dev together have some hundred thousand records

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_NESTED = (*_ZIP, GZIP, b"BZh", b"\xfd7zXZ\x00", b"7z\xbc\xaf", b"\x28\xb5\x2f\xfd")
_ENCRYPTED = 0x1
_SHOWN = 80


def read_archive(stream: BinaryIO) -> Iterator[Record] | None:
    """The records of all members, in their order; None when the stream is no zip archive, or can't be read twice.

    Raises:
        FormatError: the archive can't be read as a whole.
    """
    start = _place(stream)
    if start is None:
        return None
    head = stream.read(4)
    stream.seek(start)
    if not head.startswith(_ZIP):
        return None
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise FormatError("This zip archive is damaged. Fetch it again from the source.") from error
    members = [member for member in archive.infolist() if not member.is_dir()]
    if not members:
        raise FormatError("This zip archive is empty. Fetch it again from the source.")
    if len(members) > MOST_MEMBERS:
        raise FormatError(f"This zip archive holds {len(members):,} files; at most {MOST_MEMBERS:,} are read.")
    return _records(archive, members)


def _place(stream: BinaryIO) -> int | None:
    """Where the stream is, when it can go back there; a pipe may wrongly say of itself that it can."""
    try:
        return stream.seek(stream.tell()) if stream.seekable() else None
    except OSError:
        return None


def _records(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> Iterator[Record]:
    row, packed, given = 0, 0, 0
    for member in members:
        data, code, reason = _content(archive, member)
        packed, given = packed + member.compress_size, given + len(data)
        if given > MOST_UNPACKED or (given > RATIO_FROM and given > MOST_RATIO * max(packed, 1)):
            reason = "The archive unpacks to far more than its size; the rest was not read. Ask the source for another."
            yield Record(0, row + 1, b"", None, "bomb", reason)
            return
        if code:
            row += 1
            yield Record(0, row, data[: LIMITS.kept], None, code, f"{_shown(member)}: {reason}")
            continue
        for record in _in_member(data):
            row += 1
            reason = f"{_shown(member)}: {record.reason}" if record.reason else ""
            yield replace(record, row=row, reason=reason)


def _in_member(data: bytes) -> Iterator[Record]:
    """Nearly always the member is one record; it may be a list or JSON Lines too."""
    record = read_record(data)
    if record.value is not None:
        yield record
        return
    try:
        yield from read_json(BytesIO(data))
    except FormatError as error:
        yield Record(0, 1, data[: LIMITS.kept], None, "json-invalid", str(error))


def _content(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> tuple[bytes, str, str]:
    """The bytes of a member, or the code and the reason why it is refused."""
    parts = member.filename.replace("\\", "/").split("/")
    if ".." in parts or parts[0] == "" or ":" in parts[0]:
        return b"", "archive-name", "its name leads out of the archive. Ask the source what this file is."
    if member.flag_bits & _ENCRYPTED:
        return b"", "encrypted", "it is encrypted. Ask the source for an archive without a password."
    try:
        with archive.open(member) as opened:
            data = opened.read(LIMITS.row + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, RuntimeError):
        return b"", "damaged", "it is damaged. Fetch the archive again from the source."
    if len(data) > LIMITS.row:
        return data, "too-long", f"it is longer than {LIMITS.row // 1024**2} MiB; its beginning is kept."
    if data.startswith(_NESTED):
        return data, "nested", "it is an archive itself. Unpack it first."
    return data, "", ""


def _shown(member: zipfile.ZipInfo) -> str:
    name = member.filename
    return repr(name if len(name) <= _SHOWN else name[:_SHOWN] + "…")
