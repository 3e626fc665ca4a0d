"""What a contact wishes: how much it is told and when, in which language, or nothing at all."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from misthoorn.accounts.services import record
from misthoorn.constituency.contacts.register import ContactError
from misthoorn.constituency.facts import NO_WISH, PreferenceFacts
from misthoorn.constituency.models import Contact, Preference
from misthoorn.constituency.vocabulary import DIGESTS, LANGUAGES, PRESETS, SEVERITIES

LONGEST = 366  # days until a sign of life


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """All that a contact may say of what it is told. `stopped`: it is told nothing at all."""

    organisation: int
    address: str
    language: str
    stopped: bool
    wish: PreferenceFacts


def wishes_of(contact: int) -> Wishes | None:
    """What this contact wishes, or None without such a contact."""
    row = Contact.objects.filter(pk=contact).first()
    if row is None:
        return None
    wish = Preference.objects.filter(contact=contact).first()
    return Wishes(
        organisation=row.organisation_id,
        address=row.address,
        language=row.language,
        stopped=row.stopped_at is not None,
        wish=_facts(wish) if wish else NO_WISH,
    )


def _facts(row: Preference) -> PreferenceFacts:
    return PreferenceFacts(**{name: getattr(row, name) for name in asdict(NO_WISH)})


@transaction.atomic
def set_wishes(
    *,
    contact: int,
    wish: PreferenceFacts,
    at: datetime,
    person: int | None = None,
    language: str | None = None,
    stopped: bool | None = None,
) -> None:
    """Keep what a contact wishes, as it said itself with its code, or a `person` at the desk for it.

    Raises:
        ContactError: there is no such contact, or it can't wish so; nothing changed.
    """
    _check(wish, language)
    row = Contact.objects.select_for_update(of=("self",)).filter(pk=contact).first()
    if row is None:
        raise ContactError(f"There is no contact {contact}. `misthoorn contacts show` lists them with their numbers.")
    Preference.objects.update_or_create(contact=row, defaults={**asdict(wish), "changed_at": at})
    row.language = language or row.language
    if stopped is not None:
        row.stopped_at = (row.stopped_at or at) if stopped else None
    row.save(update_fields=["language", "stopped_at"])
    about = f"organisation {row.organisation_id}"
    record(at=at, person=person, action="preference set", about=about, contact=contact, preset=wish.preset)


def _check(wish: PreferenceFacts, language: str | None) -> None:
    quiet = (wish.quiet_from is None) == (wish.quiet_to is None)
    checks = (
        (wish.preset in PRESETS, f"The preset is one of {', '.join(PRESETS)}."),
        (wish.digest in DIGESTS, f"A digest is made every {' or '.join(DIGESTS)}."),
        (wish.weekday in range(7), "The weekday is a number from 0 (Monday) to 6."),
        (wish.hour in range(24), "The hour is a number from 0 to 23."),
        (quiet, "Quiet hours have a beginning and an end. Give both, or neither."),
        (wish.floor in SEVERITIES, f"The floor is one of {', '.join(SEVERITIES)}."),
        (0 <= wish.alive_every <= LONGEST, f"A sign of life comes after 1 to {LONGEST} days; 0 is never."),
        (language is None or language in LANGUAGES, f"The language is one of {', '.join(LANGUAGES)}."),
    )
    for holds, sentence in checks:
        if not holds:
            raise ContactError(sentence)
