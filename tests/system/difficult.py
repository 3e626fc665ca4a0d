"""A mail relay that misbehaves as told: at one stage, in one way, so often."""

import socket
import threading
from contextlib import contextmanager, suppress

STAGES = ("connect", "EHLO", "STARTTLS", "MAIL", "RCPT", "DATA", "final dot")
FAULTS = ("4xx", "5xx", "421", "hang up", "stall", "garbage", "partial line")

_GOOD = {
    "connect": b"220 ready",
    "EHLO": b"250-difficult\r\n250 8BITMIME",
    "STARTTLS": b"220 go on",
    "MAIL": b"250 ok",
    "RCPT": b"250 ok",
    "DATA": b"354 go on",
    "final dot": b"250 2.0.0 taken",
    "RSET": b"250 ok",
    "QUIT": b"221 bye",
}
SAID = {
    "4xx": b"451 4.3.0 later\r\n",
    "5xx": b"550 5.1.1 no\r\n",
    "421": b"421 4.3.2 closing\r\n",
    "garbage": b"\xff what?\r\n",
    "partial line": b"25",
}
_HANGS_UP = {"421", "hang up", "partial line"}


class DifficultRelay:
    """Speaks SMTP on 127.0.0.1. `taken` holds each mail (to, bytes) that came in whole, whatever was answered then.

    With `tls` all is encrypted from the first byte; with `starttls`, from the moment that the other side asks for it.
    """

    def __init__(self, *, tls=None, starttls=None):
        self.tls = tls
        self.starttls = starttls
        self.taken = []
        self.seen = []
        self.faults = []  # (stage, fault), each used once, in order
        self._ended = threading.Event()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]

    def fail(self, stage, fault, *, times=1):
        self.faults += [(stage, fault)] * times

    def serve(self):
        while True:
            try:
                peer, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(peer,), daemon=True).start()

    def end(self):
        self._ended.set()
        with suppress(OSError):  # it ended before
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def _talk(self, plain):
        with suppress(OSError), plain, self._secured(plain) as peer:  # the client may hang up at any time
            self._commands(peer)

    def _secured(self, plain):
        return self.tls.wrap_socket(plain, server_side=True) if self.tls else plain

    def _commands(self, peer):
        if self._answer(peer, "connect"):
            with peer.makefile("rb") as lines:
                upgrade = self._talk_on(peer, lines)
            if upgrade:
                with self.starttls.wrap_socket(peer, server_side=True) as hidden, hidden.makefile("rb") as lines:
                    self._talk_on(hidden, lines)

    def _talk_on(self, peer, lines):
        """Answer command after command; whether the other side goes on under TLS."""
        to = b""
        for line in lines:
            verb = line[:8].strip().upper().decode("ascii", "replace").split(" ")[0]
            if verb == "RCPT":
                to = line.partition(b"<")[2].partition(b">")[0]
            if not self._answer(peer, verb):
                return False
            if verb == "STARTTLS" and self.seen[-1] == ("STARTTLS", ""):
                return True
            if verb == "DATA" and self.seen[-1] == ("DATA", ""):
                mail = self._mail(lines)
                if mail is None:
                    return False
                self.taken.append((to.decode(), mail))
                if not self._answer(peer, "final dot"):
                    return False
        return False

    def _mail(self, lines):
        """The bytes up to the final dot, doubled dots made single; None when the client went away before it."""
        mail = []
        for line in lines:
            if line == b".\r\n":
                return b"".join(mail)
            mail.append(line[1:] if line.startswith(b".") else line)
        return None

    def _answer(self, peer, stage):
        """Whether the talk goes on."""
        fault = self.faults.pop(0)[1] if self.faults and self.faults[0][0] == stage else ""
        self.seen.append((stage, fault))
        if fault == "stall":
            self._ended.wait(20)
            return False
        said = SAID.get(fault, b"") if fault else _GOOD.get(stage, b"500 what?") + b"\r\n"
        if stage == "EHLO" and not fault and self.starttls:
            said = b"250-difficult\r\n250-STARTTLS\r\n250 8BITMIME\r\n"
        peer.sendall(said)
        return fault not in _HANGS_UP and stage != "QUIT"


@contextmanager
def difficult_relay(**options):
    relay = DifficultRelay(**options)
    thread = threading.Thread(target=relay.serve, daemon=True)
    thread.start()
    try:
        yield relay
    finally:
        relay.end()
        thread.join(5)
