"""A worker beside the demo's site: `python -m misthoorn.cli.demo.worker_process`. Ends when its standard input does."""

import os
import signal
import threading


def main() -> None:
    from misthoorn.cli import set_up_django

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    set_up_django()
    from django.conf import settings
    from django.utils.module_loading import import_string

    from misthoorn.work.loop import Worker

    gone = threading.Event()
    threading.Thread(target=_wait_for_end, args=(gone,), daemon=True).start()
    Worker(steps=[import_string(name) for name in settings.WORK], stopped=gone.is_set).work()


def _wait_for_end(gone: threading.Event) -> None:
    os.read(0, 1)
    gone.set()


if __name__ == "__main__":
    main()
