"""A mailbox by IMAP: each attachment is a delivery; a mail is marked, or moved, only when all of it is kept."""

import contextlib
import email
import imaplib
import io
import re
import socket
import ssl
import time
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import default
from typing import Any
from urllib.parse import unquote, urlsplit

from misthoorn.intake.sources.base import Asked, Cursor, Item, Means, Reached
from misthoorn.work.outside import egress
from misthoorn.work.outside.client import Client
from misthoorn.work.outside.errors import FetchError
from misthoorn.work.outside.pinned import CONNECT, SLICE

MOST_MAILS, MOST_ATTACHMENTS = 200, 50  # of one fetch; of one mail
LONGEST_LINE = 1_000_000
_PLAIN = re.compile(r"[A-Za-z0-9_.\-/ &+]{1,200}")


def fetch(source: Asked, *, cursor: Cursor, means: Means) -> Iterator[Item | Reached]:
    """The attachments of unseen mails in the folder that `address` names (imaps://host/INBOX)."""
    problems: list[str] = []
    with _opened(source, means) as box:
        for number in _unseen(box):
            means.client.watch.begin(means.client.bounds.deadline)
            mail = _read(box, number, most=means.client.bounds.size)
            if mail is None:
                problems.append("A mail is larger than a delivery may be; it stays unread in the mailbox.")
                continue
            items = list(_attachments(mail, source))
            yield from items
            if not items:
                problems.append(f"A mail of {_from(mail)} has no attachment; it is marked as read.")
            _done(box, number, folder=source.text("move_to"))
    yield Reached(dict(cursor), tuple(problems[:20]))


class _Pinned(imaplib.IMAP4):
    """IMAP over a connection to an address that was looked at; with TLS unless the address says imap.

    What comes is read by ourselves, so that it ends when the time is over and holds no more than it may.
    """

    def __init__(self, place: egress.Target, *, client: Client) -> None:
        self._place, self._client, self._held = place, client, b""
        super().__init__(place.host, place.port, timeout=SLICE)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        last: OSError = OSError("nobody answers there")
        for address in self._client.guard.addresses(self._place.host, self._place.port):
            try:
                plain = socket.create_connection((address, self._place.port), CONNECT)
            except OSError as error:
                last = error
                continue
            if self._place.scheme == "imaps":
                plain = ssl.create_default_context().wrap_socket(plain, server_hostname=self._place.host)
            plain.settimeout(timeout)
            return plain
        raise last

    def read(self, size: int) -> bytes:
        """What a literal holds; its length is what the other side says, so it is bounded."""
        if size > self._client.bounds.size:
            raise self.abort(f"a literal of {size} bytes")
        pieces, short = [self._held[:size]], size - len(self._held)
        self._held = self._held[size:]
        while short > 0:
            piece = self._more()
            pieces.append(piece[:short])
            self._held, short = piece[short:], short - len(piece)
        return b"".join(pieces)

    def readline(self) -> bytes:
        """One line, or what there is of it when the other side is gone."""
        while b"\n" not in self._held:
            if len(self._held) > LONGEST_LINE:
                raise self.abort("a line without end")
            self._held += self._more()
        line, _, self._held = self._held.partition(b"\n")
        return line + b"\n"

    def _more(self) -> bytes:
        silent_until = time.monotonic() + self._client.bounds.silence
        while True:
            self._client.watch.look()
            try:
                piece = self.sock.recv(1 << 16)
            except TimeoutError:
                if time.monotonic() > silent_until:
                    raise
                continue
            if not piece:
                raise self.abort("the connection was closed")
            self._client.read += len(piece)
            return piece


@contextlib.contextmanager
def _opened(source: Asked, means: Means) -> Iterator[imaplib.IMAP4]:
    """The mailbox, signed in and with the folder chosen."""
    place = _place(source, means)
    folder = unquote(urlsplit(source.address).path.strip("/")) or "INBOX"
    means.client.watch.begin(means.client.bounds.deadline)
    try:
        box = _Pinned(place, client=means.client)
        try:
            box.login(means.credentials.user, means.credentials.key)
            if box.select(_quoted(folder))[0] != "OK":
                raise FetchError(f"There is no folder '{folder[:80]}' in this mailbox.")
            yield box
            box.logout()
        finally:
            with contextlib.suppress(OSError):
                box.shutdown()
    except imaplib.IMAP4.abort as error:
        raise FetchError("The mail server broke off. It is asked again later.", again=True) from error
    except imaplib.IMAP4.error as error:
        raise FetchError("The mail server does not let us in. Are the name and the password right?") from error
    except ssl.SSLCertVerificationError as error:
        raise FetchError(f"The certificate of {place.host} is not right: {error.verify_message}.") from error
    except (OSError, EOFError) as error:
        raise FetchError(f"{place.host} does not answer, or not in time.", again=True) from error


def _place(source: Asked, means: Means) -> egress.Target:
    if not means.credentials.user:
        raise FetchError("A mailbox needs a name and a password: `misthoorn sources key NAME --user NAME`.")
    try:
        place = egress.target(source.address, inside=means.client.guard.inside)
    except egress.EgressError as error:
        raise FetchError(str(error)) from error
    if place.scheme == "imap" and not means.client.guard.is_inside(place.host, place.port):
        raise FetchError("A password is only sent with TLS. Write the address as imaps://host/INBOX.")
    return place


def _unseen(box: imaplib.IMAP4) -> list[str]:
    kind, found = box.uid("SEARCH", "UNSEEN")
    if kind != "OK":
        raise FetchError("The mail server can't say which mails are new.", again=True)
    return [number.decode() for number in (found[0] or b"").split() if number.isdigit()][:MOST_MAILS]


def _read(box: imaplib.IMAP4, number: str, *, most: int) -> EmailMessage | None:
    """The mail, not marked as read by this; None when it is too large."""
    _, sizes = box.uid("FETCH", number, "(RFC822.SIZE)")
    told = re.search(rb"RFC822\.SIZE (\d+)", b" ".join(one for one in sizes if isinstance(one, bytes)))
    if told is None or int(told[1]) > most:
        return None
    _, parts = box.uid("FETCH", number, "(BODY.PEEK[])")
    data = next((part[1] for part in parts if isinstance(part, tuple)), b"")
    return email.message_from_bytes(data, policy=default)


def _attachments(mail: EmailMessage, source: Asked) -> Iterator[Item]:
    origin = f"Mail of {_from(mail)}, DKIM {_dkim(mail, server=source.text('authserv_id'))}"
    found = 0
    for part in mail.walk():
        name = part.get_filename()
        if part.is_multipart() or not name or found >= MOST_ATTACHMENTS:
            continue
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes) and payload:
            found += 1
            yield Item(name=str(name), stream=io.BytesIO(payload), origin=origin)


def _from(mail: EmailMessage) -> str:
    found = re.search(r"[\w.+-]{1,64}@[\w.-]{1,200}", str(mail.get("From", ""))[:1_000])
    return found[0] if found else "nobody"


def _dkim(mail: EmailMessage, *, server: str) -> str:
    """What our own mail server found, by the header that it put on top (RFC 8601); nobody else's word counts."""
    if not server:
        return "not looked at"
    header = str(next(iter(mail.get_all("Authentication-Results", ())), ""))[:4_000]
    named, _, results = header.partition(";")
    if named.split()[:1] != [server]:
        return "not looked at"
    found = re.search(r"(?:^|[;\s])dkim=([a-z]{1,12})\b(?:[^;]{0,400}?header\.d=([\w.-]{1,200}))?", results)
    return " of ".join(part for part in found.groups() if part) if found else "none"


def _done(box: imaplib.IMAP4, number: str, *, folder: str) -> None:
    box.uid("STORE", number, "+FLAGS.SILENT", r"(\Seen)")
    if folder:
        kind, _ = box.uid("MOVE", number, _quoted(folder))
        if kind != "OK":
            raise FetchError(f"Mails can't be moved to '{folder[:80]}'. Is there such a folder?")


def _quoted(folder: str) -> Any:  # noqa: ANN401  imaplib takes text
    if not _PLAIN.fullmatch(folder):
        raise FetchError("The name of the folder holds signs that are not used here.")
    return f'"{folder}"'
