"""A mail relay that misbehaves as told: at one stage, in one way, so often."""

import socket
import threading
from contextlib import contextmanager, suppress

STAGES = ("connect", "EHLO", "MAIL", "RCPT", "DATA", "final dot")
FAULTS = ("4xx", "5xx", "421", "hang up", "stall", "garbage", "partial line")

_GOOD = {
    "connect": b"220 ready",
    "EHLO": b"250-difficult\r\n250 8BITMIME",
    "MAIL": b"250 ok",
    "RCPT": b"250 ok",
    "DATA": b"354 go on",
    "final dot": b"250 2.0.0 taken",
    "RSET": b"250 ok",
    "QUIT": b"221 bye",
}
_SAID = {
    "4xx": b"451 4.3.0 later\r\n",
    "5xx": b"550 5.1.1 no\r\n",
    "421": b"421 4.3.2 closing\r\n",
    "garbage": b"\xff what?\r\n",
    "partial line": b"25",
}
_HANGS_UP = {"421", "hang up", "partial line"}


class DifficultRelay:
    """Speaks SMTP on 127.0.0.1. `taken` holds each mail (to, bytes) that came in whole, whatever was answered then."""

    def __init__(self, *, tls=None):
        self.tls = tls
        self.taken = []
        self.seen = []
        self.faults = []  # (stage, fault), each used once, in order
        self.extra = b""  # more lines in the answer to EHLO
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
        with peer.makefile("rb") as lines:
            to = b""
            if not self._answer(peer, "connect"):
                return
            for line in lines:
                verb = line[:4].strip().upper().decode("ascii", "replace")
                if verb == "RCPT":
                    to = line.partition(b"<")[2].partition(b">")[0]
                if not self._answer(peer, verb):
                    return
                if verb == "DATA" and self.seen[-1] == ("DATA", ""):
                    mail = self._mail(lines)
                    if mail is None:
                        return
                    self.taken.append((to.decode(), mail))
                    if not self._answer(peer, "final dot"):
                        return

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
        said = _SAID.get(fault, b"") if fault else _GOOD.get(stage, b"500 what?") + b"\r\n"
        if stage == "EHLO" and not fault and self.extra:
            said = b"250-difficult\r\n" + self.extra + b"250 8BITMIME\r\n"
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
