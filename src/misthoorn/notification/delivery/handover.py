import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from django.db import InterfaceError, OperationalError, connection, transaction

from misthoorn.common.failpoints import failpoint
from misthoorn.constituency.contacts.endpoints import stop_machine
from misthoorn.constituency.queries import contact_to_correct
from misthoorn.notification.channels import Channel, File, HandOverError, Parcel, Reason
from misthoorn.notification.delivery import leases
from misthoorn.notification.delivery.decision import (
    Circumstances,
    Verdict,
    after_error,
    after_failure,
    handed_over,
    is_always_true,
    label_of,
    objection,
)
from misthoorn.notification.delivery.leases import Held
from misthoorn.notification.delivery.rate import Hosts, Pace, place_of
from misthoorn.notification.models import MessageFile, Notice
from misthoorn.notification.supersession import is_overtaken
from misthoorn.work.clock import database_now

_log = logging.getLogger(__name__)

STRETCH = 0.25  # seconds that one call goes on with messages that are due; a worker that is asked to stop ends after it
PATIENCE = 10  # leases during which an outcome that can't be recorded is tried again
WITH_FILES = (Notice.Kind.BUNDLE, Notice.Kind.HAND_OVER)  # of no other kind files are looked for
_LOST = (OperationalError, InterfaceError)  # of the database: busy, or gone for a while


class ContactFacts(Protocol):
    """What has to be known of a contact just before it is written to."""

    @property
    def role(self) -> str: ...
    @property
    def address(self) -> str: ...


class StillTrue(Protocol):
    """Whether what a notice says still holds, by its findings."""

    def __call__(self, *, findings: tuple[int, ...]) -> bool: ...


class MarkContact(Protocol):
    """Keep a contact from being used again."""

    def __call__(self, *, contact: int, at: datetime) -> object: ...


@dataclass(slots=True, kw_only=True)
class Delivery:
    """Hands over messages that are due, one at a time.

    The outcome of one and the lease of the next are one transaction: one durable write a message, and never more than
    one message on its way in a worker.
    """

    channels: Mapping[str, Channel]
    still_true: StillTrue
    usable_contact: Callable[[int], ContactFacts | None]
    mark_bounced: MarkContact
    lease: float
    deadline: float
    return_path: Callable[[int], str] = lambda _: ""
    leaving: Callable[[int], str] = lambda _: ""  # of a message to many: where its list is left
    mark_gone: MarkContact = stop_machine
    label_now: Callable[..., str] = lambda **_: ""  # of findings, as they stand
    contact_to_correct: Callable[[int], ContactFacts | None] = contact_to_correct
    pace: Pace = field(default_factory=Pace)
    hosts: Hosts = field(default_factory=Hosts)
    monotonic: Callable[[], float] = time.monotonic
    jitter: Callable[[], float] = random.random
    sleep: Callable[[float], None] = time.sleep

    def run(self) -> bool:
        """Hand over what is due, for a moment (`STRETCH`); whether there was anything."""
        began = self.monotonic()
        busy = False
        if leases.has_expired():
            with transaction.atomic():
                busy = leases.take_back() > 0
        ended: tuple[Held, Verdict] | None = None
        while True:
            now = self.monotonic()
            ready = self.pace.ready(now)
            more = now - began < STRETCH and (ready or len(self.channels) > 1)
            held, until = self._record_and_claim(ended, more=more)
            if ended is not None:
                failpoint("delivery.recorded")
            if held is None:
                if more and ready:
                    self.close()
                return busy
            failpoint("delivery.leased")
            busy = True
            ended = (held, self._attempt(held, deadline=until))

    def close(self) -> None:
        """Let go of connections to the other side."""
        for channel in self.channels.values():
            channel.close()

    def _record_and_claim(self, ended: tuple[Held, Verdict] | None, *, more: bool) -> tuple[Held | None, float]:
        """Record how the last one ended, and lease the next. An outcome is not given up while the database is away.

        Returns the next message and the moment (monotonic) at which it must be handed over.
        """
        give_up, told = self.monotonic() + PATIENCE * self.lease, False
        while ended is not None or more:
            try:
                began = self.monotonic()
                held = self._turn(*ended) if ended is not None and more else self._end(ended, more=more)
            except _LOST:
                if ended is None or self.monotonic() > give_up:
                    raise
                if not told:
                    _log.warning("the outcome of message %d can't be recorded yet", ended[0].id)
                told = True
                if not connection.in_atomic_block:
                    connection.close()
                self.sleep(0.05)
            else:
                return held, began + self.deadline
        return None, 0.0

    def _turn(self, ended: Held, verdict: Verdict) -> Held | None:
        """Record and claim in one transaction, and where the database can, in one statement."""
        if verdict.bad_address or verdict.gone or verdict.rest or not leases.can_turn():
            return self._end((ended, verdict), more=True)
        ours, held = leases.turn(ended, verdict, lease=self.lease, resting=self._resting())
        _tell(ended, ours=ours)
        return held

    def _end(self, ended: tuple[Held, Verdict] | None, *, more: bool) -> Held | None:
        with transaction.atomic():
            if ended is not None:
                held, verdict = ended
                _tell(held, ours=leases.record(held, verdict))
                if verdict.bad_address:
                    self.mark_bounced(contact=held.contact, at=database_now())
                if verdict.gone:
                    self.mark_gone(contact=held.contact, at=database_now())
                if verdict.rest:
                    leases.postpone(place=place_of(held.address), after=verdict.rest)
            return leases.claim(lease=self.lease, resting=self._resting()) if more else None

    def _resting(self) -> list[str]:
        """The places that are left alone now; "" is our relay."""
        now = self.monotonic()
        return [*([] if self.pace.ready(now) else [""]), *self.hosts.resting(now)]

    def _attempt(self, held: Held, *, deadline: float) -> Verdict:
        """Hand it over, unless something speaks against it by now."""
        try:
            verdict = objection(self._circumstances(held), channels=self.channels)
            if verdict is None:
                parcel = _parcel(held, return_path=self.return_path(held.id), leaving=self.leaving)
                verdict = handed_over(self.channels[held.channel].hand_over(parcel, deadline=deadline))
                failpoint("delivery.sent")
                self._took(held)
        except HandOverError as error:
            return self._failed(held, error)
        except _LOST as error:  # no fault of the message: it may be tried as often as that
            _log.warning("the database was away while message %d was looked at", held.id)
            away = HandOverError(Reason.UNREACHABLE, f"the database was away: {error}"[:300])
            return after_failure(away, attempt=held.attempt, failures=held.failures, jitter=self.jitter())
        except Exception as error:  # noqa: BLE001  one message must not stop the others
            _log.exception("message %d failed", held.id)
            return after_error(error, attempt=held.attempt, failures=held.failures, jitter=self.jitter())
        return verdict

    def _took(self, held: Held) -> None:
        if place := place_of(held.address):
            self.hosts.took(place)
        else:
            self.pace.took(self.monotonic())

    def _failed(self, held: Held, error: HandOverError) -> Verdict:
        """What it becomes. Our relay rests when it is in trouble; of others, each host by itself."""
        place = place_of(held.address)
        if error.reason is Reason.REFUSED and not place and self.pace.refused():
            error = HandOverError(Reason.UNREACHABLE, error.reply)
        rest = 0.0
        if error.reason is Reason.UNREACHABLE:
            rest = (self.hosts.of(place) if place else self.pace).rest(self.monotonic())
            _log.warning("the other side refuses or can't be reached, next try in %.1f s: %s", rest, error.reply)
        verdict = after_failure(
            error, attempt=held.attempt, failures=held.failures, jitter=self.jitter(), channel=held.channel
        )
        return replace(verdict, rest=rest) if place else verdict

    def _circumstances(self, held: Held) -> Circumstances:
        asked = self.contact_to_correct if held.kind == Notice.Kind.CORRECTION else self.usable_contact
        contact = asked(held.contact)
        always = is_always_true(kind=held.kind, findings=held.findings)
        return Circumstances(
            too_late=held.too_late,
            still_true=always or self.still_true(findings=held.findings),
            overtaken=is_overtaken(held.id, kind=held.kind),
            refused=bool(held.refused),
            role=contact.role if contact else "",
            address=held.address,
            current_address=contact.address if contact else "",
            tlp=label_of(held.tlp, kind=held.kind, findings=held.findings, label_now=self.label_now),
            channel=held.channel,
            kind=held.kind,
        )


def _tell(held: Held, *, ours: bool) -> None:
    if not ours:
        _log.warning("message %d was taken over before attempt %d ended", held.id, held.attempt)


def _parcel(held: Held, *, return_path: str, leaving: Callable[[int], str]) -> Parcel:
    return Parcel(
        address=held.address,
        language=held.language,
        subject=held.subject,
        body=held.body,
        message_id=held.message_id,
        written=held.written,
        return_path=return_path,
        contact=held.contact,
        list_unsubscribe=leaving(held.id) if held.kind == Notice.Kind.BROADCAST else "",
        files=_files(held.id) if held.kind in WITH_FILES else (),
    )


def _files(message: int) -> tuple[File, ...]:
    rows = MessageFile.objects.filter(message=message).order_by("pk")
    return tuple(File(row.name, row.media_type, bytes(row.content)) for row in rows)
