"""Lists of software inside an attestation: the predicate of an in-toto statement, in a DSSE envelope or by itself.

Source: https://github.com/secure-systems-lab/dsse and https://github.com/in-toto/attestation. The signature is not
verified: a list is held against advisories, whoever wrote it.
"""

import base64
import binascii
import json
import re
from typing import Any

from misthoorn.formats.readers import json_values

_ENVELOPE = "application/vnd.in-toto+json"
_PAYLOAD = re.compile(r'"payload"\s{0,4}:\s{0,4}"([A-Za-z0-9+/]{16,})')


def unwrapped(record: dict[str, Any]) -> dict[str, Any]:
    """What is attested; the record itself where it is no attestation."""
    if json_values.text(record.get("payloadType")) == _ENVELOPE:
        record = _opened(json_values.text(record.get("payload"))) or record
    predicate = record.get("predicate") if "predicateType" in record else None
    return predicate if isinstance(predicate, dict) else record


def _opened(payload: str) -> dict[str, Any]:
    """The statement in an envelope; empty where it can't be read."""
    try:
        found = json.loads(base64.b64decode(payload, validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def beginning(head: str) -> str:
    """How the statement in an envelope begins, in lower case; "" for anything else."""
    found = _PAYLOAD.search(head) if _ENVELOPE in head else None
    if not found:
        return ""
    whole = len(found[1]) // 4 * 4
    return base64.b64decode(found[1][:whole]).decode("utf-8", "replace").lower()
