"""Files of HOME/secrets: one for each secret, readable by the service alone, and in every backup.

What is in them is never in the database, a log, an address or an argument of a program.
"""

import os
from pathlib import Path
from uuid import uuid4

from misthoorn.work.files import put, sync

LONGEST = 65_536


class SecretError(ValueError):
    """A secret that can't be kept or read; the sentence says why and what to do. It never holds the secret."""


def read_secret(home: Path, name: str) -> bytes | None:
    """What is kept under this name; None where nothing is.

    Raises:
        SecretError: the file can't be read, or others may read it too.
    """
    try:
        with (home / "secrets" / name).open("rb") as stream:
            if os.fstat(stream.fileno()).st_mode & 0o077:
                raise SecretError(f"Others may read secrets/{name}. Make it yours alone: chmod 600.")
            return stream.read(LONGEST)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SecretError(f"secrets/{name} can't be read ({error.strerror}).") from None


def keep_secret(home: Path, name: str, content: bytes) -> None:
    """Keep this under the name, in the place of what was there; on disk when this returns."""
    folder = home / "secrets"
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    beside = folder / f".{uuid4().hex}"
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(content)
            sync(out)
        put(beside, folder / name)
    finally:
        beside.unlink(missing_ok=True)


def remove_secret(home: Path, name: str) -> None:
    """Delete what is kept under this name, if anything is."""
    (home / "secrets" / name).unlink(missing_ok=True)
