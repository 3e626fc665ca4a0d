"""A mail server for the demo, as a process of its own: takes mail by SMTP and puts it into a Maildir.

Started by hand: `python -m misthoorn.cli.demo.mailbox FOLDER [PORT]`. When its standard input is a pipe, it ends when
the other side of the pipe does, whatever that died of.
"""

import asyncio
import itertools
import os
import signal
import stat
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Protocol

from misthoorn.cli import Failure
from misthoorn.cli.demo.population import LEFT

_PATIENCE = 20.0  # seconds that the server may take to end


class Maildir:
    """Where the mails are. Each is written beside and renamed, so that what is in `new` is whole."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._count = itertools.count(1)

    def add(self, content: bytes) -> None:
        """Keep one mail; the folder is made with the first."""
        for part in ("tmp", "new", "cur"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        name = f"{next(self._count):08d}.P{os.getpid()}.demo"
        beside = self.folder / "tmp" / name
        beside.write_bytes(content.replace(b"\r\n", b"\n"))
        beside.rename(self.folder / "new" / name)

    def files(self) -> Iterator[Path]:
        """All mails, read and unread."""
        for part in ("new", "cur"):
            yield from sorted((self.folder / part).glob("*"))

    def message_ids(self) -> Counter[str]:
        """How often each Message-ID came."""
        parser = BytesHeaderParser()
        counts: Counter[str] = Counter()
        for file in self.files():
            with file.open("rb") as stream:
                counts[str(parser.parse(stream)["Message-ID"])] += 1
        return counts


class _Envelope(Protocol):
    """What aiosmtpd tells of a mail on its way."""

    rcpt_tos: list[str]
    content: bytes


class _Handler:
    """What happens to a mail, in the names that aiosmtpd calls."""

    def __init__(self, box: Maildir) -> None:
        self._box = box

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, _server: object, _session: object, envelope: _Envelope, address: str, _options: list[str]
    ) -> str:
        if address.partition("@")[0] == LEFT:
            return "550 5.1.1 Nobody has this mailbox any more"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: object, _session: object, envelope: _Envelope) -> str:  # noqa: N802
        self._box.add(envelope.content)
        return "250 OK"


async def _serve(folder: Path, port: int) -> None:
    from aiosmtpd.smtp import SMTP

    loop = asyncio.get_running_loop()
    handler = _Handler(Maildir(folder))
    server = await loop.create_server(lambda: SMTP(handler, hostname="mail.example"), "127.0.0.1", port)
    print(server.sockets[0].getsockname()[1], flush=True)
    if not stat.S_ISFIFO(os.fstat(0).st_mode):
        await server.serve_forever()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the demo, which then lets go of the pipe
    gone = asyncio.Event()
    loop.add_reader(0, gone.set)  # nothing is ever written, so this is the end
    await gone.wait()


@dataclass(frozen=True, slots=True)
class Sink:
    """A running mail server. It runs as long as some process holds `pipe`; whoever reads `listening` learns the end."""

    process: subprocess.Popen[bytes]
    listening: int
    pipe: int
    port: int

    def end(self) -> None:
        """Let it end, and wait for that."""
        os.close(self.pipe)
        os.close(self.listening)
        self.process.wait(timeout=_PATIENCE)


def start(folder: Path, *, module: str = "misthoorn.cli.demo.mailbox") -> Sink:
    """Start the mail server on a free port of this machine. It ends when nobody holds the pipe open any more.

    Raises:
        Failure: it did not start.
    """
    listening, pipe = os.pipe()
    command = [sys.executable, "-m", module, str(folder), "0"]
    process = subprocess.Popen(command, stdin=listening, stdout=subprocess.PIPE)  # noqa: S603  our own program
    assert process.stdout is not None  # noqa: S101  it was asked for
    sink = Sink(process, listening, pipe, 0)
    line = process.stdout.readline().strip()
    if not line.isdigit():
        sink.end()
        raise Failure("The demo's mail server did not start. Is aiosmtpd installed? `./run setup` does that.")
    return replace(sink, port=int(line))


def main(folder: str, port: str = "2525") -> None:
    try:
        asyncio.run(_serve(Path(folder), int(port)))
    except KeyboardInterrupt:
        os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
