"""A relay that takes everything and keeps nothing; prints its port, and for each line of stdin how many it took."""

import asyncio
import sys
import threading

from aiosmtpd.controller import UnthreadedController


class Count:
    taken = 0

    async def handle_DATA(self, *_: object) -> str:  # noqa: N802  aiosmtpd calls it
        self.taken += 1
        return "250 taken"


def main() -> None:
    count = Count()
    loop = asyncio.new_event_loop()
    controller = UnthreadedController(count, hostname="127.0.0.1", port=0, loop=loop)
    controller.begin()
    print(controller.server.sockets[0].getsockname()[1], flush=True)

    def tell() -> None:
        for _ in sys.stdin:
            print(count.taken, flush=True)

    threading.Thread(target=tell, daemon=True).start()
    loop.run_forever()


if __name__ == "__main__":
    main()
