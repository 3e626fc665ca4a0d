"""How a source is fetched: its definition, its schedule, its keys; each act with a line in the audit trail."""

import hashlib
import re
import secrets as chance
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from misthoorn.accounts.services import record
from misthoorn.intake import models
from misthoorn.intake.services.deliveries import IntakeError, add_source
from misthoorn.intake.sources import secrets
from misthoorn.intake.sources.base import TAKE, UNSIGNED, Asked
from misthoorn.intake.sources.registry import TRANSPORTS
from misthoorn.intake.sources.schedule import Every, ScheduleError, read_schedule
from misthoorn.work.outside import egress

LONGEST_ADDRESS, LONGEST_SILENCE = 500, 24 * 366
_SECRET = re.compile(r"(?i)(api[-_]?key|auth[-_]?key|token|password|passwd|secret)=")


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A source as a person or the catalogue describes it. Without `transport` it is brought, or it pushes."""

    slug: str
    name: str
    format: str
    tlp: str = "AMBER"
    terms: str = ""
    origin: str = ""
    transport: str = ""
    address: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    schedule: str = ""
    silent_after: int | None = None
    coverage: Mapping[str, object] = field(default_factory=dict)
    absences_to_close: int = 2


@transaction.atomic
def define_source(definition: Definition, *, at: datetime, person: int | None = None) -> int:
    """Add a source with how it is fetched; its id. The first fetch is due at once, or at its time of the day.

    Raises:
        IntakeError: something in it can't be used; the sentence says what.
    """
    one = definition
    _check_way(transport=one.transport, address=one.address)
    schedule = _tidy_schedule(one.schedule, transport=one.transport)
    _check_options(one.options)
    if one.silent_after is not None and not 0 < one.silent_after <= LONGEST_SILENCE:
        raise IntakeError("Silence counts in hours, from 1 up to a year.")
    added = add_source(
        slug=one.slug,
        name=one.name,
        format=one.format,
        tlp=one.tlp,
        coverage=dict(one.coverage),
        absences_to_close=one.absences_to_close,
        at=at,
    )
    models.Source.objects.filter(pk=added).update(
        transport=one.transport,
        address=one.address,
        options=dict(one.options),
        schedule=schedule,
        next_run=_first_run(schedule, at=at),
        silent_after=one.silent_after,
        terms=one.terms[:200],
        origin=one.origin[:300],
    )
    record(at=at, person=person, action="source added", about=f"source {one.slug}", transport=one.transport)
    return added


@transaction.atomic
def add_with_key(definition: Definition, *, key: str, user: str = "", at: datetime, person: int | None = None) -> None:
    """Add a source and keep its key, both or neither; an empty key is none.

    Raises:
        IntakeError: something in it, or the key, can't be used.
    """
    define_source(definition, at=at, person=person)
    if key:
        set_key(source=definition.slug, key=key, user=user, at=at, person=person)


def _check_way(*, transport: str, address: str) -> None:
    if not transport:
        if address:
            raise IntakeError("An address goes with a way to fetch it: --transport.")
        return
    if transport not in TRANSPORTS:
        raise IntakeError(f"There is no transport '{transport}'. There are: {', '.join(TRANSPORTS)}.")
    schemes = TRANSPORTS[transport].schemes
    if len(address) > LONGEST_ADDRESS or urlsplit(address).scheme not in schemes:
        raise IntakeError(f"The address begins with {' or '.join(f'{one}://' for one in schemes)}.")
    if _SECRET.search(address):
        raise IntakeError("An address holds no key: it would stand in logs. Put it in with `misthoorn sources key`.")
    try:
        egress.target(address, inside=settings.FETCH_INSIDE)
    except egress.EgressError as error:
        raise IntakeError(str(error)) from error


def _check_options(options: Mapping[str, Any]) -> None:
    for name in ("pause", "days"):
        if options.get(name) and not re.fullmatch(r"[0-9]{1,4}", str(options[name])):
            raise IntakeError(
                f"The option {name} is a whole number: seconds between two questions, or days to look back."
            )
    if options.get(UNSIGNED, TAKE) not in {TAKE, "refuse"}:
        raise IntakeError("The option unsigned is take or refuse: what a trusted provider did not sign.")
    try:
        list(map(egress.host_name, Asked("", "", "", options).texts("hosts")))
    except egress.EgressError as error:
        raise IntakeError(str(error)) from error


def _tidy_schedule(text: str, *, transport: str) -> str:
    tidy = " ".join(text.lower().split())
    if not tidy:
        return ""
    if not transport:
        raise IntakeError("Only a source that is fetched has a schedule.")
    try:
        read_schedule(tidy)
    except ScheduleError as error:
        raise IntakeError(str(error)) from error
    return tidy


def _first_run(schedule: str, *, at: datetime) -> datetime | None:
    if not schedule:
        return None
    found = read_schedule(schedule)
    return at if isinstance(found, Every) else found.after(at, now=at)


@transaction.atomic
def change_schedule(*, source: str, schedule: str, at: datetime, person: int | None = None) -> datetime | None:
    """Fetch at other times from now on, or with an empty schedule no more; when the next time is.

    Raises:
        IntakeError: there is no such source, it is not fetched, or these words are no schedule.
    """
    found = _source(source)
    tidy = _tidy_schedule(schedule, transport=found.transport)
    found.schedule, found.next_run = tidy, _first_run(tidy, at=at)
    found.save(update_fields=["schedule", "next_run"])
    record(at=at, person=person, action="schedule changed", about=f"source {source}", schedule=tidy)
    return found.next_run


@transaction.atomic
def accept_unsigned(*, source: str, take: bool, at: datetime, person: int | None = None) -> None:
    """Take documents without a signature from a trusted provider of CSAF, or refuse them, which is the default.

    Raises:
        IntakeError: there is no such source, or it is not fetched from a provider of CSAF.
    """
    found = _source(source)
    if found.transport != "csaf":
        raise IntakeError(f"Source '{source}' is not fetched from a provider of CSAF, so nothing in it is signed.")
    found.options = {name: value for name, value in found.options.items() if name != UNSIGNED}
    if take:
        found.options[UNSIGNED] = TAKE
    found.save(update_fields=["options"])
    record(at=at, person=person, action="unsigned taken" if take else "unsigned refused", about=f"source {source}")


@transaction.atomic
def pause_source(*, source: str, paused: bool, at: datetime, person: int | None = None) -> None:
    """Take nothing in of this source for now, or go on with it.

    Raises:
        IntakeError: there is no such source.
    """
    found = _source(source)
    found.paused = paused
    found.save(update_fields=["paused"])
    record(at=at, person=person, action="source paused" if paused else "source resumed", about=f"source {source}")


@transaction.atomic
def run_now(*, source: str, at: datetime, person: int | None = None, leased: timedelta | None = None) -> int:
    """Make a fetch that is due now; its id. With `leased` it is the caller's own to do, for so long.

    Raises:
        IntakeError: there is no such source, it is not fetched, it is paused, or a fetch of it waits or runs already.
    """
    found = _source(source)
    if not found.transport:
        raise IntakeError(f"Source '{source}' is not fetched: take in a file, put it in its drop folder, or push it.")
    if found.paused:
        raise IntakeError(f"Source '{source}' is paused. Resume it first.")
    states = models.Fetch.State
    busy = found.fetches.filter(state__in=(states.DUE, states.LEASED)).first()
    if busy is not None and (leased is None or busy.state == states.LEASED):
        raise IntakeError(f"Source '{source}' is being fetched, or waits for its turn.")
    fetch = busy or models.Fetch(source=found, tick=at, not_before=at)
    fetch.not_before = at
    if leased is not None:
        fetch.state, fetch.attempt, fetch.lease_until = states.LEASED, fetch.attempt + 1, at + leased
        fetch.started_at = at
    fetch.save()
    record(at=at, person=person, action="source fetched by hand", about=f"source {source}")
    return fetch.pk


@transaction.atomic
def set_key(*, source: str, key: str, user: str = "", at: datetime, person: int | None = None) -> None:
    """Keep the key with which we fetch this source in its file; an empty one takes it away.

    Raises:
        IntakeError: there is no such source, or the key can't be kept.
    """
    found = _source(source)
    home = Path(settings.HOME)
    record(at=at, person=person, action="key set" if key else "key removed", about=f"source {found.slug}")
    try:
        if key:
            secrets.keep(home, found.slug, secrets.Credentials(user.strip(), key.strip()))
        else:
            secrets.remove(home, found.slug)
    except (secrets.SecretError, OSError) as error:
        raise IntakeError(str(error)) from error


@transaction.atomic
def new_push_key(*, source: str, at: datetime, person: int | None = None) -> str:
    """A new key with which this source delivers by itself, in the place of an earlier one. It is shown once only.

    Raises:
        IntakeError: there is no such source.
    """
    found = _source(source)
    key = chance.token_urlsafe(32)
    found.push_key = digest_of(key)
    found.save(update_fields=["push_key"])
    record(at=at, person=person, action="push key made", about=f"source {source}")
    return key


def digest_of(key: str) -> str:
    """What is kept of a push key: it is random and long, so that a plain digest tells nothing of it."""
    return hashlib.sha256(key.encode()).hexdigest()


def _source(slug: str) -> models.Source:
    found = models.Source.objects.select_for_update().filter(slug=slug).first()
    if found is None:
        raise IntakeError(f"There is no source '{slug}'. `misthoorn sources list` shows them.")
    return found
