"""Writes of intake: sources, deliveries, and what is read from them."""

from misthoorn.intake.services.advisories import keep_statements, merge_advisories
from misthoorn.intake.services.compaction import compact_events
from misthoorn.intake.services.deliveries import (
    Brought,
    Delivery,
    IntakeError,
    add_source,
    forget,
    receive,
    set_retention,
    store,
)
from misthoorn.intake.services.lists import decide_held, save_mapping
from misthoorn.intake.services.parsing import parse_batch
from misthoorn.intake.services.release import Preview, leave_unread, preview_release, release_batch

__all__ = [
    "Brought",
    "Delivery",
    "IntakeError",
    "Preview",
    "add_source",
    "compact_events",
    "decide_held",
    "forget",
    "keep_statements",
    "leave_unread",
    "merge_advisories",
    "parse_batch",
    "preview_release",
    "receive",
    "release_batch",
    "save_mapping",
    "set_retention",
    "store",
]
