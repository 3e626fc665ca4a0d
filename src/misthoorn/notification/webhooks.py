"""Webhooks of organisations: which there are and how they do, adding one, a new secret, a test, and stopping it."""

import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from misthoorn.accounts.services import record
from misthoorn.common import clock
from misthoorn.constituency.contacts.endpoints import Machine, add_machine, machine, machines, stop_machine
from misthoorn.constituency.contacts.register import ContactError
from misthoorn.notification.channels import Parcel
from misthoorn.notification.channels.webhook import keys
from misthoorn.notification.channels.webhook.address import SETTING, WebhookError, webhook_address
from misthoorn.notification.channels.webhook.channel import WebhookChannel
from misthoorn.notification.channels.webhook.payload import ping
from misthoorn.notification.models import Attempt
from misthoorn.work.outside.pinned import Guard
from misthoorn.work.secret_files import SecretError

CHANNEL = "webhook"


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook, how many secrets sign for it now, and how the last attempt ended ("" when there was none)."""

    machine: Machine
    secrets: int
    outcome: str = ""
    reply: str = ""
    at: datetime | None = None


def channel() -> WebhookChannel:
    """The way in which webhooks are posted, from the settings."""
    return WebhookChannel(
        guard=Guard(inside=settings.WEBHOOK_INSIDE, setting=SETTING),
        keys=lambda contact: [key.secret for key in keys.keys_of(_home(), contact, now=clock.now())],
        now=clock.now,
        seconds=min(settings.WEBHOOK_SECONDS, settings.DEADLINE),
    )


def webhooks(*, organisation: int | None = None) -> list[Webhook]:
    """The webhooks of one organisation, or of all; the oldest first."""
    return [_webhook(one) for one in machines(channel=CHANNEL, organisation=organisation)]


def _webhook(one: Machine) -> Webhook:
    last = Attempt.objects.filter(message__contact=one.id).order_by("-claimed_at", "-pk").first()
    try:
        signing = len(keys.keys_of(_home(), one.id, now=clock.now()))
    except SecretError:
        signing = 0
    if last is None:
        return Webhook(one, signing)
    return Webhook(one, signing, last.outcome, last.reply, last.claimed_at)


def add_webhook(
    *, organisation: int, address: str, at: datetime, person: int | None, name: str = "", role: str = "security"
) -> tuple[int, str]:
    """Tell this address from now on too: its number, and the secret, which is shown this once.

    Raises:
        WebhookError: the address can't be used, or the organisation can't have it.
    """
    tidy = webhook_address(address, inside=settings.WEBHOOK_INSIDE)
    if not name.isprintable():
        raise WebhookError("The name holds signs that can't be printed.")
    with transaction.atomic():
        try:
            contact = add_machine(
                organisation=organisation, channel=CHANNEL, address=tidy, at=at, person=person, name=name, role=role
            )
        except ContactError as error:
            raise WebhookError(str(error)) from error
        return contact, keys.new_key(_home(), contact, now=at)


def rotate_webhook(*, contact: int, at: datetime, person: int | None, overlap: timedelta = keys.OVERLAP) -> str:
    """A new secret, shown this once. The old one signs too for `overlap`, so that its reader can change in peace.

    Raises:
        WebhookError: there is no such webhook, or it is stopped.
    """
    one = _going(contact)
    with transaction.atomic():
        record(at=at, person=person, action="webhook secret", about=f"organisation {one.organisation}", contact=contact)
        try:
            return keys.new_key(_home(), contact, now=at, overlap=overlap)
        except SecretError:  # nobody can read the old one any more
            return keys.new_key(_home(), contact, now=at)


def stop_webhook(*, contact: int, at: datetime, person: int | None) -> bool:
    """Send nothing to it any more, also not what waits, and delete its secrets. False: it was stopped already.

    Raises:
        WebhookError: there is no such webhook.
    """
    if machine(contact, channel=CHANNEL) is None:
        raise WebhookError(_UNKNOWN.format(contact))
    return stop_machine(contact=contact, at=at, person=person, also=lambda: keys.end_keys(_home(), contact))


def ping_webhook(*, contact: int, at: datetime) -> str:
    """Post a test that says that nothing has to be done: what the other side answered.

    Raises:
        WebhookError: there is no such webhook, or it is stopped.
        HandOverError: it was not taken.
    """
    one = _going(contact)
    parcel = Parcel(
        address=one.address,
        language=one.language,
        subject="",
        body=ping(at=at),
        message_id=f"<ping.{secrets.token_hex(8)}@test>",
        written=at,
        contact=contact,
    )
    return channel().hand_over(parcel, deadline=time.monotonic() + settings.DEADLINE)


_UNKNOWN = "There is no webhook {0}. `misthoorn webhooks list` shows them with their numbers."


def _going(contact: int) -> Machine:
    one = machine(contact, channel=CHANNEL)
    if one is None:
        raise WebhookError(_UNKNOWN.format(contact))
    if one.stopped_at is not None:
        raise WebhookError("This webhook is stopped. Add it anew to go on.")
    return one


def _home() -> Path:
    return Path(settings.HOME)
