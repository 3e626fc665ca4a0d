"""A mail relay as a process: takes every mail, and has it on disk before it answers 250. `sink.py FOLDER`.

It listens on a port that is free, and says which on the first line of its output.
"""

import asyncio
import sys
from mailbox import Maildir

from aiosmtpd.controller import UnthreadedController
from aiosmtpd.handlers import AsyncMessage


class Keep(AsyncMessage):
    def __init__(self, folder):
        super().__init__()
        self.box = Maildir(folder, create=True)

    async def handle_message(self, message):
        self.box.add(message)
        self.box.flush()


def main(folder):
    loop = asyncio.new_event_loop()
    controller = UnthreadedController(Keep(folder), hostname="127.0.0.1", port=0, loop=loop)
    controller.begin()
    print(controller.server.sockets[0].getsockname()[1], flush=True)  # noqa: T201  this is how it says so
    loop.run_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
