"""A mail server for a replay: takes a thousand mails a second by SMTP and puts them into one file, an mbox (RFC 4155).

Started by hand: `python -m misthoorn.cli.replay.mail_server FILE`. It prints its port, and ends when its
standard input does.
"""

import asyncio
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_FROM = re.compile(rb"^(>*From )", re.MULTILINE)
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_BEGIN = b"From misthoorn@localhost Thu Jan  1 00:00:00 1970\n"  # when it came stands in its own Date
_LARGEST = 10_000_000  # bytes of one mail, or of what is no command


class Mailbox:
    """One file with mails, one after the other."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None

    def add(self, content: bytes) -> None:
        """Keep one mail, as it is between DATA and the final dot; the file is made with the first."""
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("ab")
        whole = content.replace(b"\r\n.", b"\r\n").replace(b"\r\n", b"\n")
        self._file.write(_BEGIN + (_FROM.sub(rb">\1", whole) if b"From " in whole else whole) + b"\n")
        self._file.flush()

    def close(self) -> None:
        """No more mails come."""
        if self._file is not None:
            self._file.close()


def mails(path: Path) -> Iterator[tuple[dict[str, str], str]]:
    """The headers (by their names in small letters) and the text of each mail that came."""
    if not path.exists():
        return
    lines: list[bytes] = []
    with path.open("rb") as file:
        for line in file:
            if line == _BEGIN and lines:
                yield _parts(b"".join(lines))
                lines = []
            elif line != _BEGIN:
                lines.append(line)
    yield _parts(b"".join(lines))


def _parts(mail: bytes) -> tuple[dict[str, str], str]:
    head, _, body = _QUOTED.sub(rb"\1", mail).decode(errors="replace").partition("\n\n")
    pairs = (line.partition(":") for line in head.replace("\n ", " ").splitlines())
    return {name.lower(): value.strip() for name, _, value in pairs}, body


@dataclass
class _Session(asyncio.Protocol):
    """One connection: as much of RFC 5321 as a client needs that makes no mistakes."""

    box: Mailbox
    _transport: asyncio.Transport | None = None
    _left: bytes = b""
    _in_data: bool = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  what a stream's server makes
        self._transport = transport
        transport.write(b"220 mail.example\r\n")

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None  # noqa: S101  it was made
        self._left += data
        while True:
            end = b"\r\n.\r\n" if self._in_data else b"\r\n"
            whole, found, rest = self._left.partition(end)
            if not found:
                break
            self._left = rest
            self._transport.write(self._took(whole) if self._in_data else self._answer(whole))
        if len(self._left) > _LARGEST:
            self._transport.close()

    def _took(self, content: bytes) -> bytes:
        self._in_data = False
        self.box.add(content + b"\r\n")
        return b"250 OK\r\n"

    def _answer(self, command: bytes) -> bytes:
        match command[:4].upper():
            case b"EHLO":
                return b"250-mail.example\r\n250 8BITMIME\r\n"
            case b"DATA":
                self._in_data = True
                return b"354 go on\r\n"
            case b"QUIT":
                return b"221 bye\r\n"
            case b"HELO" | b"MAIL" | b"RCPT" | b"RSET" | b"NOOP":
                return b"250 OK\r\n"
        return b"502 not known here\r\n"


async def _serve(path: Path) -> None:
    loop = asyncio.get_running_loop()
    box = Mailbox(path)
    server = await loop.create_server(lambda: _Session(box), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    gone = asyncio.Event()
    loop.add_reader(0, lambda: None if os.read(0, 1) else gone.set())
    await gone.wait()
    box.close()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
