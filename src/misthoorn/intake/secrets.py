"""Keys and passwords of sources: a file each in HOME/secrets, readable by the service alone.

They are never in the database, a log, an address or an argument of a program.
"""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from misthoorn.work.files import put, sync

LONGEST = 8_192


class SecretError(ValueError):
    """A key that can't be kept or read; the sentence says why and what to do. It never holds the key."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who we are at a source: a user's name or the identifier of a key, and the secret itself."""

    user: str = ""
    key: str = field(default="", repr=False)

    def __bool__(self) -> bool:
        return bool(self.key)


def read(home: Path, slug: str) -> Credentials:
    """The key of this source; an empty one where none was put in.

    Raises:
        SecretError: the file is there and can't be read, or others may read it.
    """
    path = home / "secrets" / slug
    try:
        with path.open("rb") as stream:
            if os.fstat(stream.fileno()).st_mode & 0o077:
                raise SecretError(f"Others may read secrets/{slug}. Make it yours alone: chmod 600.")
            value = json.loads(stream.read(2 * LONGEST))
        return Credentials(str(value["user"]), str(value["key"]))
    except FileNotFoundError:
        return Credentials()
    except (OSError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, SecretError):
            raise
        raise SecretError(f"secrets/{slug} can't be read. Put the key in again: `misthoorn sources key`.") from None


def keep(home: Path, slug: str, credentials: Credentials) -> None:
    """Put the key of a source in its file, in the place of an earlier one.

    Raises:
        SecretError: it is empty or too long, or holds signs that no header may hold.
    """
    for text in (credentials.user, credentials.key):
        if len(text) > LONGEST or not text.isprintable():
            raise SecretError("A key is one line of at most 8,192 signs that can be printed.")
    if not credentials.key:
        raise SecretError("There is no key. Give it on stdin, in one line.")
    folder = home / "secrets"
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    beside = folder / f".{uuid4().hex}"
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(json.dumps({"user": credentials.user, "key": credentials.key}).encode())
            sync(out)
        put(beside, folder / slug)
    finally:
        beside.unlink(missing_ok=True)


def is_set(home: Path, slug: str) -> bool:
    """Whether a key was put in; it is not looked at."""
    return (home / "secrets" / slug).exists()


def remove(home: Path, slug: str) -> None:
    """Delete the key of a source, if there is one."""
    (home / "secrets" / slug).unlink(missing_ok=True)
