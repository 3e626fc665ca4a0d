"""Named places where a test may let the process die. Free when off: one dictionary look-up.

MISTHOORN_FAILPOINT=name:n kills the process (SIGKILL, no clean-up) at the n-th time that it passes the place.
"""

import os
import signal
from collections import Counter

# Every place is listed here, so that a test can walk them all.
FAILPOINTS = {
    "intake.received": "the bytes are stored, the batch row is not yet written",
    "intake.registered": "the batch row is written, nothing is parsed yet",
    "intake.stored": "the events file is renamed into place, the batch is not yet accepted",
    "triage.matched": "matches are computed, findings are not yet written",
    "release.decided": "findings of a campaign are decided, their notices are not written yet",
    "release.written": "the notices of a campaign are written, it is not marked as released yet",
    "delivery.leased": "a message is leased, nothing was sent",
    "delivery.sent": "the relay answered 250, it is not recorded yet",
    "delivery.recorded": "the 250 is recorded",
    "webhook.signed": "what is posted to a webhook is signed, nothing was sent",
    "webhook.answered": "the other side answered a webhook, nothing was made of its answer yet",
    "following.woken": "warnings of an advisory that changed are due, the change is not marked as followed yet",
    "following.taken": "warnings are taken to look at, nothing is decided yet",
    "following.told": "a notice that follows is written, its warning is not yet put back",
    "many.writing": "notices and messages of a piece are written; nothing of it is committed",
    "gathering.written": "a digest is written, what it tells is not marked as told yet; nothing of it is committed",
    "gathering.told": "a digest and what it tells are committed",
    "bundle.listed": "the files of a bundle are made, nothing of it is written yet",
    "bundle.written": "a bundle is written with its files, what it tells is not marked; nothing of it is committed",
    "bundle.told": "a bundle and what it tells are committed",
    "correction.written": "one correction is written, others are not",
    "restore.marked": "a restore has begun: the database says so, and is empty",
    "restore.unpacked": "the files of a backup are put back, its database is not yet",
    "restore.placed": "a backup is put back, what waited is not held yet",
    "restore.held": "what waited in a backup is held, the database still says that it may not be",
    "compaction.written": "the days of a source are one file, nothing points to it yet",
    "compaction.moved": "batches point to the new file, the old ones are not yet deleted",
    "lookup.kept": "what a look-up found is kept, its row still waits",
    "incoming.taken": "a mail that came back is kept and followed, its mailbox still has it",
}

_name, _, _count = os.environ.get("MISTHOORN_FAILPOINT", "").partition(":")
_passed: Counter[str] = Counter()


def failpoint(name: str) -> None:
    """Die here if this place was asked for.

    Raises:
        KeyError: the name is not in the list above.
    """
    if not _name:
        return
    FAILPOINTS[name]
    if name == _name:
        _passed[name] += 1
        if _passed[name] >= int(_count or 1):
            os.kill(os.getpid(), signal.SIGKILL)
