"""A small mail server (IMAP) on loopback: one person, some folders, and bad manners where a test wants them."""

import contextlib
import re
import socketserver
import threading
import time

LONGEST_LINE = 10_000


class Mailbox:
    """Mails by number in folders; `manner` may make it slow or mad."""

    def __init__(self, *, user="ada", password="hush"):
        self.login = (user, password)
        self.folders = {"INBOX": {}, "Done": {}}
        self.seen = set()
        self.said = []
        self.manner = ""
        self.number = 0
        box = self

        class Handler(socketserver.StreamRequestHandler):
            timeout = 30
            disable_nagle_algorithm = True

            def handle(self):
                with contextlib.suppress(OSError, ValueError):
                    Talk(box, self.rfile, self.wfile).run()

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"imap://127.0.0.1:{self.server.server_address[1]}/INBOX"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    def add(self, mail, *, folder="INBOX"):
        self.number += 1
        self.folders[folder][self.number] = bytes(mail)
        return self.number

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


class Talk:
    """One connection."""

    def __init__(self, box, read, write):
        self.box, self.read, self.write = box, read, write
        self.folder = "INBOX"

    def run(self):
        self.tell(b"* OK ready")
        while line := self.read.readline(LONGEST_LINE):
            tag, _, words = line.decode().strip().partition(" ")
            self.box.said.append(words if not words.startswith("LOGIN") else "LOGIN")
            verb = words.upper().removeprefix("UID ").split()[0]
            answer = getattr(self, verb.lower(), lambda _: "BAD unknown")(words)
            self.tell(f"{tag} {answer} done".encode())
            if verb == "LOGOUT":
                return

    def tell(self, line):
        self.write.write(line + b"\r\n")
        self.write.flush()

    def capability(self, _words):
        self.tell(b"* CAPABILITY IMAP4rev1 MOVE")
        return "OK"

    def login(self, words):
        user, password = (part.strip('"') for part in words.split()[1:3])
        return "OK" if (user, password) == self.box.login else "NO wrong"

    def select(self, words):
        self.folder = words.split(" ", 1)[1].strip('"')
        return "OK [READ-WRITE]" if self.folder in self.box.folders else "NO no such folder"

    def logout(self, _words):
        self.tell(b"* BYE")
        return "OK"

    def search(self, _words):
        unseen = [str(number) for number in self.mails() if number not in self.box.seen]
        self.tell(f"* SEARCH {' '.join(unseen)}".encode())
        return "OK"

    def fetch(self, words):
        number = int(words.split()[2])
        data = self.mails()[number]
        if "RFC822.SIZE" in words:
            self.tell(f"* 1 FETCH (UID {number} RFC822.SIZE {len(data)})".encode())
        elif self.box.manner == "endless":
            self.write.write(f"* 1 FETCH (UID {number} BODY[] {{99999999999}}\r\n".encode())
        elif self.box.manner == "slow":
            self.write.write(f"* 1 FETCH (UID {number} BODY[] {{{len(data)}}}\r\n".encode())
            for byte in data:
                self.write.write(bytes([byte]))
                self.write.flush()
                time.sleep(0.1)
        else:
            self.write.write(f"* 1 FETCH (UID {number} BODY[] {{{len(data)}}}\r\n".encode() + data + b")\r\n")
        return "OK"

    def store(self, words):
        number = int(words.split()[2])
        if r"(\Seen)" in words:
            self.box.seen.add(number)
        return "OK"

    def move(self, words):
        number, folder = re.match(r'UID MOVE (\d+) "?([^"]+)"?', words).groups()
        if folder not in self.box.folders:
            return "NO no such folder"
        self.box.folders[folder][int(number)] = self.mails().pop(int(number))
        return "OK"

    def mails(self):
        return self.box.folders[self.folder]


@contextlib.contextmanager
def mailbox(**login):
    """A mail server on a port of its own, until the block ends."""
    made = Mailbox(**login)
    try:
        yield made
    finally:
        made.close()
