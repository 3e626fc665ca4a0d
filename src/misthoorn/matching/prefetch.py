"""Reading in a thread of its own, a bounded number of steps ahead of who uses what is read."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, Full, Queue

_POLL_SECONDS = 0.1


@contextmanager
def read_ahead[T](items: Iterator[T], *, ahead: int) -> Iterator[Iterator[T]]:
    """The same items in the same order, taken from `items` by another thread; at most `ahead` wait to be used.

    What `items` raises is raised at the same place by what this gives. Leaving the `with` block ends the thread.
    """
    waiting: Queue[tuple[list[T], BaseException | None]] = Queue(maxsize=ahead)
    stop = threading.Event()

    def put(item: list[T], error: BaseException | None) -> None:
        while not stop.is_set():
            try:
                waiting.put((item, error), timeout=_POLL_SECONDS)
            except Full:
                continue
            return

    def work() -> None:
        try:
            for item in items:
                put([item], None)
                if stop.is_set():
                    return
        except BaseException as error:  # noqa: BLE001  it is raised where the items are used
            put([], error)
        else:
            put([], StopIteration())

    thread = threading.Thread(target=work, name="read-ahead", daemon=True)
    thread.start()
    try:
        yield _taken(waiting)
    finally:
        stop.set()
        thread.join()


def _taken[T](waiting: "Queue[tuple[list[T], BaseException | None]]") -> Iterator[T]:
    while True:
        try:
            item, error = waiting.get(timeout=_POLL_SECONDS)
        except Empty:
            continue
        if isinstance(error, StopIteration):
            return
        if error:
            raise error
        yield from item
