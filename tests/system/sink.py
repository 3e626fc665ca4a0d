"""A mail relay as a process: takes every mail, and has it on disk before it answers 250.

`sink.py FOLDER [PORT [SECONDS]]`. It listens on that port, or without one on a port that is free, and says which on the
first line of its output. It waits so many seconds before it answers.
"""

import asyncio
import sys
from mailbox import Maildir

from aiosmtpd.controller import UnthreadedController
from aiosmtpd.handlers import AsyncMessage


class Keep(AsyncMessage):
    def __init__(self, folder, wait):
        super().__init__()
        self.box = Maildir(folder, create=True)
        self.wait = wait

    async def handle_message(self, message):
        self.box.add(message)
        self.box.flush()
        if self.wait:
            await asyncio.sleep(self.wait)


def main(folder, port="0", wait="0"):
    loop = asyncio.new_event_loop()
    keep = Keep(folder, float(wait))
    controller = UnthreadedController(keep, hostname="127.0.0.1", port=int(port), loop=loop)
    controller.begin()
    print(controller.server.sockets[0].getsockname()[1], flush=True)  # noqa: T201  this is how it says so
    loop.run_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
