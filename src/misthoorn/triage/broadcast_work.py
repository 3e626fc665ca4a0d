"""The worker's share of messages to many: an approved one is written, a piece at a time."""

from misthoorn.common import clock
from misthoorn.triage.services.broadcasts import is_writing, write_broadcast_piece
from misthoorn.work.loop import Step

step = Step(name="broadcast", run=lambda: write_broadcast_piece(now=clock.now()), pending=is_writing)
