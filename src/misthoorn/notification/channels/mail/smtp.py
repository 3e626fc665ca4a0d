"""smtplib with one deadline for all that is done, and bounds on what the other side may say."""

import re
import smtplib
import socket
import ssl
import time
from base64 import b64encode
from collections.abc import Iterator

_REPLY = re.compile(rb"([2-5][0-9][0-9])(?:([ -])(.*))?", re.DOTALL)
_LONGEST_LINE = 4096  # RFC 5321 asks for 512
_MOST_LINES = 100
_PIECE = 65_536
_GO_ON, _SIGNED_IN = 334, 235  # RFC 4954


class GarbageError(smtplib.SMTPException):
    """What came is not an answer of SMTP."""


class Connection(smtplib.SMTP):
    """A connection on which everything has to be done before `deadline` (time.monotonic), however slowly bytes come."""

    def __init__(self, *, own_name: str, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(local_hostname=own_name)
        self.deadline = 0.0
        self._tls = tls
        self._received = bytearray()

    def left(self) -> float:
        """Seconds until the deadline.

        Raises:
            TimeoutError: it has passed.
        """
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("no answer in time")
        return left

    def _get_socket(self, host: str, port: int, timeout: object) -> socket.socket:  # noqa: ARG002  smtplib calls it
        self._received.clear()
        last: OSError = OSError(f"{host} has no address")
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        for others, (family, kind, protocol, _, address) in zip(reversed(range(len(found))), found, strict=True):
            plain = socket.socket(family, kind, protocol)
            try:
                plain.settimeout(self.left() / (others + 1))  # one that is silent leaves time for the others
                plain.connect(address)
                plain.settimeout(self.left())
                plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return self._tls.wrap_socket(plain, server_hostname=host) if self._tls else plain
            except OSError as error:
                plain.close()
                last = error
        raise last

    def send(self, s: str | bytes | bytearray) -> None:  # type: ignore[override]  # typeshed takes any buffer
        """Send all of it before the deadline.

        Raises:
            GarbageError: it was answered before it was sent: such an answer says nothing of it.
            OSError: it could not be sent.
        """
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        if self._received:
            raise GarbageError("an answer to what was not sent yet")
        data = s.encode("ascii") if isinstance(s, str) else s
        for start in range(0, len(data), _PIECE):
            self.sock.settimeout(self.left())
            self.sock.sendall(data[start : start + _PIECE])

    def getreply(self) -> tuple[int, bytes]:
        """The answer's code and its text.

        Raises:
            GarbageError: what came is not an answer.
            OSError: nothing came in time, or the other side hung up.
        """
        texts: list[bytes] = []
        for line in self._lines():
            found = _REPLY.fullmatch(line)
            if found is None:
                raise GarbageError(line.decode("ascii", "replace"))
            texts.append((found[3] or b"").strip())
            if found[2] != b"-":
                return int(found[1]), b"\n".join(texts)
        raise GarbageError("an answer without an end")

    def _lines(self) -> Iterator[bytes]:
        for _ in range(_MOST_LINES):
            while (end := self._received.find(b"\n")) < 0:
                if len(self._received) > _LONGEST_LINE:
                    raise GarbageError("a line without an end")
                self._receive()
            line = bytes(self._received[:end])
            del self._received[: end + 1]
            yield line.rstrip(b"\r")

    def _receive(self) -> None:
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        self.sock.settimeout(self.left())
        more = self.sock.recv(_LONGEST_LINE)
        if not more:
            self.close()
            raise smtplib.SMTPServerDisconnected("the other side hung up")
        self._received += more

    def encrypt(self, context: ssl.SSLContext) -> None:
        """Go on under TLS, or not at all.

        Raises:
            OSError: the other side does not offer it, or its certificate is not good.
            GarbageError: it said more than it was asked, in the clear (RFC 3207, section 6).
        """
        if self.sock is not None:
            self.sock.settimeout(self.left())
        self.starttls(context=context)
        if self._received:
            raise GarbageError("more than one answer to STARTTLS")

    def sign_in(self, user: str, password: str) -> None:
        """Sign in; what is outside ASCII goes as UTF-8 (RFC 4616, section 2), which smtplib does not do.

        Raises:
            SMTPException: the other side says no, or knows no way that we know.
        """
        if user.isascii() and password.isascii():
            self.login(user, password)
            return
        name, secret = user.encode(), password.encode()
        if "PLAIN" in self.esmtp_features.get("auth", "").upper().split():
            code, text = self.docmd("AUTH", f"PLAIN {b64encode(b'\0%b\0%b' % (name, secret)).decode()}")
        else:
            code, text = self.docmd("AUTH", f"LOGIN {b64encode(name).decode()}")
            if code == _GO_ON:
                code, text = self.docmd(b64encode(secret).decode())
        if code != _SIGNED_IN:
            raise smtplib.SMTPAuthenticationError(code, text)
