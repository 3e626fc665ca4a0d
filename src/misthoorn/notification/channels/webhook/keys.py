"""The secrets of webhooks: a file for each in HOME/secrets. While one is replaced, the old one signs too."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from misthoorn.notification.channels.webhook.signature import new_secret
from misthoorn.work.secret_files import SecretError, keep_secret, read_secret, remove_secret

OVERLAP = timedelta(hours=24)
MOST = 5  # signatures in one header


@dataclass(frozen=True, slots=True)
class Key:
    """A secret. One that was replaced signs until `until`."""

    secret: str = field(repr=False)
    until: datetime | None = None


def keys_of(home: Path, contact: int, *, now: datetime) -> tuple[Key, ...]:
    """The secrets that sign at that moment, the newest first; none when none is kept.

    Raises:
        SecretError: they can't be read.
    """
    content = read_secret(home, _name(contact))
    if content is None:
        return ()
    try:
        kept = [Key(str(one["secret"]), _until(one["until"])) for one in json.loads(content)]
    except (ValueError, KeyError, TypeError):
        raise SecretError(f"secrets/{_name(contact)} can't be read. Make a new secret for this webhook.") from None
    return tuple(key for key in kept if key.until is None or now < key.until)


def new_key(home: Path, contact: int, *, now: datetime, overlap: timedelta = timedelta()) -> str:
    """Make and keep a new secret, and show it this once; the ones before sign for `overlap` more, but no longer."""
    made = Key(new_secret())
    before = keys_of(home, contact, now=now) if overlap else ()
    ending = [Key(key.secret, min(key.until or now + overlap, now + overlap)) for key in before]
    _keep(home, contact, [made, *ending][:MOST])
    return made.secret


def end_keys(home: Path, contact: int) -> None:
    """Delete all secrets of this webhook."""
    remove_secret(home, _name(contact))


def _keep(home: Path, contact: int, keys: Sequence[Key]) -> None:
    rows = [{"secret": key.secret, "until": key.until.isoformat() if key.until else None} for key in keys]
    keep_secret(home, _name(contact), json.dumps(rows).encode())


def _until(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _name(contact: int) -> str:
    return f"webhook.{contact}"  # a full stop is in no name of a source
