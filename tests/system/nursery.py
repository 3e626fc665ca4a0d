"""Starts workers by forking, so that each is there at once: a line on stdin starts one, its process id comes on stdout.

A worker is the very command `misthoorn worker`, in a process of its own with its own connections.
"""

import os
import signal
import sys

from misthoorn.cli import misthoorn, set_up_django


def main():
    set_up_django()
    from django.conf import settings  # noqa: PLC0415  only once Django is set up
    from django.utils.module_loading import import_string  # noqa: PLC0415

    for name in settings.WORK:
        import_string(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how they ended
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            misthoorn.main(line.split())
        print(pid, flush=True)  # noqa: T201  this is what it is for


if __name__ == "__main__":
    main()
