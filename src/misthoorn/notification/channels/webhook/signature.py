"""Signatures of Standard Webhooks 1.0.0 with a shared secret (HMAC-SHA256, `v1`). Pure.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence

PREFIX = "whsec_"
SIZE = 32  # bytes; the specification asks for 24 to 64


def new_secret(random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """A secret for one webhook, as its reader puts it in."""
    return PREFIX + b64encode(random_bytes(SIZE)).decode()


def webhook_id(message_id: str) -> str:
    """The identifier of a message for its reader: the same in every attempt, and without a full stop."""
    own = message_id.strip("<>").partition("@")[0]
    return "msg_" + "".join(sign if sign.isascii() and sign.isalnum() else "_" for sign in own)


def signature(*, keys: Sequence[str], identifier: str, timestamp: int, body: bytes) -> str:
    """The header: a signature by each of the secrets, the newest first."""
    content = f"{identifier}.{timestamp}.".encode() + body
    made = (hmac.digest(b64decode(key.removeprefix(PREFIX)), content, hashlib.sha256) for key in keys)
    return " ".join(f"v1,{b64encode(one).decode()}" for one in made)
