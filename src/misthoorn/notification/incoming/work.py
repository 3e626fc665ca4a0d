"""The worker's share of what comes back: mails in the home folder's `incoming`, and in a mailbox by IMAP."""

import imaplib
import logging
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from django.conf import settings

from misthoorn.common import clock
from misthoorn.notification.channels.mail.channel import Relay
from misthoorn.notification.incoming.outcome import settle_early, take_incoming
from misthoorn.notification.models import IncomingMail
from misthoorn.work.loop import Step

EVERY = 60.0  # seconds between two looks into the mailbox
PATIENCE = 20.0  # seconds for each answer of the mailbox's server
LARGEST = 25 * 1024 * 1024  # bytes of a mail that is taken; larger ones stay where they are and are told
AT_ONCE = 200  # mails of a folder that are taken before other work gets its turn

_log = logging.getLogger(__name__)


class Mailbox(Relay, Protocol):
    """Where mails come in by IMAP; `tls` is "implicit" or "none"."""

    @property
    def folder(self) -> str: ...


@dataclass(slots=True)
class Incoming:
    """What a worker remembers between two looks."""

    next_look: float = 0.0
    told: set[str] = field(default_factory=set)

    def run(self) -> bool:
        """Take what lies in the folder and, now and then, in the mailbox; whether there was anything."""
        taken = settle_early(at=clock.now()) + self._from_folder(Path(settings.HOME) / "incoming")
        mailbox: Mailbox | None = settings.MAILBOX
        if mailbox is not None and time.monotonic() >= self.next_look:
            self.next_look = time.monotonic() + EVERY
            taken += self._from_mailbox(mailbox)
        return taken > 0

    def _from_folder(self, folder: Path) -> int:
        """A file is whole when its name neither begins with a dot nor ends in `.part`; it goes once it is kept."""
        taken = 0
        for path in sorted(folder.glob("*")):
            if path.name.startswith(".") or path.suffix == ".part" or path.is_symlink() or not path.is_file():
                continue
            if taken >= AT_ONCE:
                break
            try:
                if path.stat().st_size > LARGEST:
                    self._tell(path.name, f"{path.name} in the folder incoming is too large; it stays there")
                    continue
                take_incoming(raw=path.read_bytes(), at=clock.now())
                path.unlink()
            except FileNotFoundError:  # another worker was first; the same mail twice counts once
                continue
            except OSError as error:
                self._tell(path.name, f"{path.name} in the folder incoming can't be taken: {error}")
                continue
            taken += 1
        return taken

    def _from_mailbox(self, mailbox: Mailbox) -> int:
        taken = 0
        try:
            for raw in fetch(
                mailbox, too_large=lambda uid: self._tell(uid, f"mail {uid} is too large; it stays there")
            ):
                take_incoming(raw=raw, at=clock.now())
                taken += 1
        except (OSError, imaplib.IMAP4.error) as error:
            _log.warning("the mailbox for what comes back can't be read: %s", error)
        return taken

    def _tell(self, what: str, sentence: str) -> None:
        if what not in self.told:
            self.told.add(what)
            _log.error(sentence)


class _TooLarge(Protocol):
    def __call__(self, uid: str, /) -> None: ...


def fetch(mailbox: Mailbox, *, too_large: _TooLarge) -> Iterator[bytes]:
    """The mails of a folder that nobody has read, at most so many; each is marked as read after the next is asked for.

    So one that was not kept is fetched again. Nothing is deleted.

    Raises:
        OSError, imaplib.IMAP4.error: the server can't be reached, or refuses.
    """
    with _opened(mailbox) as server:
        _, found = server.uid("SEARCH", "UNSEEN")
        left = AT_ONCE
        for uid in (found[0] or b"").decode("ascii").split():
            if not left:
                return
            _, sizes = server.uid("FETCH", uid, "(RFC822.SIZE)")
            if _size(sizes) > LARGEST:
                too_large(uid)
                continue
            _, parts = server.uid("FETCH", uid, "(BODY.PEEK[])")
            raw = next((part[1] for part in parts if isinstance(part, tuple)), b"")
            if raw:
                left -= 1
                yield raw
                server.uid("STORE", uid, "+FLAGS", "(\\Seen)")


def _reached(mailbox: Mailbox) -> imaplib.IMAP4:
    if mailbox.tls == "none":
        return imaplib.IMAP4(mailbox.host, mailbox.port, timeout=PATIENCE)
    trusted = ssl.create_default_context()  # imaplib's own one trusts anybody
    return imaplib.IMAP4_SSL(mailbox.host, mailbox.port, ssl_context=trusted, timeout=PATIENCE)


@contextmanager
def _opened(mailbox: Mailbox) -> Iterator[imaplib.IMAP4]:
    server = _reached(mailbox)
    try:
        with server:
            server.login(mailbox.user, mailbox.password)
            answer, why = server.select(mailbox.folder)
            if answer != "OK":
                raise imaplib.IMAP4.error(f"the folder {mailbox.folder} can't be opened: {why[0]!r}")
            yield server
    finally:
        with suppress(OSError):  # a server that fell silent does not answer the goodbye either
            server.shutdown()


def _size(answer: Sequence[bytes | tuple[bytes, bytes] | None]) -> int:
    text = b" ".join(part if isinstance(part, bytes) else part[0] for part in answer if part)
    number = text.rpartition(b"RFC822.SIZE ")[2].strip(b") ")
    return int(number) if number.isdigit() else 0


_incoming = Incoming()

step = Step(
    name="what comes back",
    run=_incoming.run,
    pending=lambda: (
        IncomingMail.objects.filter(state=IncomingMail.State.EARLY)
        .exclude(message__state__in=["queued", "leased"])
        .exists()
    ),
)
