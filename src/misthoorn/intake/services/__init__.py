"""Writes of intake: sources, deliveries, and what is read from them."""

from misthoorn.intake.services.advisories import keep_statements, merge_advisories
from misthoorn.intake.services.deliveries import (
    Brought,
    Delivery,
    IntakeError,
    add_source,
    forget,
    receive,
    set_paused,
    store,
)
from misthoorn.intake.services.reading import parse_batch

__all__ = [
    "Brought",
    "Delivery",
    "IntakeError",
    "add_source",
    "forget",
    "keep_statements",
    "merge_advisories",
    "parse_batch",
    "receive",
    "set_paused",
    "store",
]
