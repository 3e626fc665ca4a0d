"""A folder for what is of use only while it is worked on. When its process is killed, the next one to make one takes it
away: a folder is locked as long as its process lives.
"""  # noqa: D205  one thought

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import gettempdir, mkdtemp

_MARK = "misthoorn-scratch-"


@contextmanager
def scratch() -> Iterator[Path]:
    """An empty folder, for a `with` block."""
    _clear()
    # It has the name by which it is known only once it is locked: until then nobody takes it for one that was left.
    new = Path(mkdtemp(prefix="misthoorn-new-"))
    lock = os.open(new, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder = new.rename(new.with_name(new.name.replace("misthoorn-new-", _MARK, 1)))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(lock)


def _clear() -> None:
    for folder in Path(gettempdir()).glob(f"{_MARK}*"):
        with suppress(OSError):  # somebody is at work in it, or it is another user's, or it is gone by now
            lock = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)
