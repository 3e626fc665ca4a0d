"""Keys and passwords of sources: a file each in HOME/secrets."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from misthoorn.work.secret_files import SecretError, keep_secret, read_secret, remove_secret

__all__ = ["Credentials", "SecretError", "is_set", "keep", "read", "remove"]

LONGEST = 8_192


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
    content = read_secret(home, slug)
    if content is None:
        return Credentials()
    try:
        value = json.loads(content)
        return Credentials(str(value["user"]), str(value["key"]))
    except (ValueError, KeyError, TypeError):
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
    keep_secret(home, slug, json.dumps({"user": credentials.user, "key": credentials.key}).encode())


def is_set(home: Path, slug: str) -> bool:
    """Whether a key was put in; it is not looked at."""
    return (home / "secrets" / slug).exists()


def remove(home: Path, slug: str) -> None:
    """Delete the key of a source, if there is one."""
    remove_secret(home, slug)
