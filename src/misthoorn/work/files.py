"""Files that are whole under their own name, whatever ends the process or the machine.

They are written beside, synced and renamed.
"""

import os
from pathlib import Path
from typing import BinaryIO


def sync(out: BinaryIO) -> None:
    """Bring what was written to disk."""
    out.flush()
    os.fsync(out.fileno())


def put(beside: Path, path: Path) -> None:
    """Give a file that is on disk the name of another, in its place; durable when this returns."""
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
