"""A list of software in the place of a file of assets: each piece of software is an asset of one organisation."""

from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO, cast

import pyarrow as pa

from misthoorn.formats.readers.unpack import Source
from misthoorn.formats.software import cyclonedx, dpkg, package_lock, requirements, rpm, spdx, windows
from misthoorn.formats.software.kinds import kind_of
from misthoorn.formats.values.schema import FormatError, SoftwareChunk
from misthoorn.formats.values.software import Software, values
from misthoorn.matching.inventory.tables import MAX_IDENTIFIER_LENGTH, ROW_SCHEMA, InventoryError

_HEAD = 64 * 1024  # bytes in which a document says what it is
_NO_LIST = (
    "This file is no list of software that is known (CycloneDX, SPDX, package-lock.json, requirements.txt, dpkg, rpm, "
    "or a table of programs on Windows), so --organisation does not fit it. Give a file of assets without it, or such "
    "a list."
)
_READERS = {
    "cyclonedx": cyclonedx.read,
    "dpkg": dpkg.read,
    "package-lock": package_lock.read,
    "requirements": requirements.read,
    "rpm": rpm.read,
    "spdx": spdx.read,
    "windows": windows.read,
}


def read_software(stream: BinaryIO, *, organisation: str, name: str, now: datetime) -> Iterator[pa.RecordBatch]:
    """The rows of a document in ROW_SCHEMA; its first bytes tell what it is. An asset is named by what it is found by.

    Raises:
        InventoryError: not such a document, or it can't be read as a whole.
    """
    source = Source(stream)
    kind = kind_of_list(source.head(_HEAD))
    if not kind:
        raise InventoryError(_NO_LIST)
    unpacked = cast("BinaryIO", source)  # it has the `read` of one, which is all that is asked
    try:
        for chunk in _READERS[kind](unpacked, name=name, now=now, fold=True):
            yield _batch(chunk, organisation=organisation)
    except FormatError as error:
        raise InventoryError(str(error)) from error


def kind_of_list(head: bytes) -> str:
    """The format of a list of software that begins so; "" for anything else."""
    return kind_of(head)


def _batch(chunk: SoftwareChunk, *, organisation: str) -> pa.RecordBatch:
    rows = [row for one in chunk.software for row in _rows(one, organisation)]
    rows += [(refused.line, organisation, "", "product", "", "", "", "", refused.reason) for refused in chunk.refused]
    columns = zip(*rows, strict=True) if rows else [()] * len(ROW_SCHEMA)
    return pa.record_batch(
        [pa.array(column, field.type) for column, field in zip(columns, ROW_SCHEMA, strict=True)], schema=ROW_SCHEMA
    )


def _rows(software: Software, organisation: str) -> Iterator[tuple[int, str, str, str, str, str, str, str, str]]:
    found = list(values(software))
    first, version = found[0]
    asset = (f"{first} {version}" if version else first)[:MAX_IDENTIFIER_LENGTH]
    for value, installed in found:
        yield 0, organisation, asset, "product", value, installed, "", "", ""
