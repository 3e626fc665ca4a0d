"""Accounts of people who are warned: made for them, with a password that they set with a code from a mail."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from misthoorn.accounts.models import PasswordCode, Person, Role
from misthoorn.accounts.services import AccountError, record

CODE_DAYS = 15  # that a code holds
MOST_A_DAY = 3  # codes to one person


@dataclass(frozen=True, slots=True)
class RecipientFacts:
    """`address`: the mail address that is the user name. `ready`: a password was set."""

    id: int
    name: str
    address: str
    ready: bool
    signed_in: datetime | None


def recipients(ids: Iterable[int]) -> dict[int, RecipientFacts]:
    """The recipients with these ids, by id."""
    return {
        row.pk: RecipientFacts(row.pk, row.name, row.username, row.has_usable_password(), row.last_login)
        for row in Person.objects.filter(pk__in=list(ids), role=Role.RECIPIENT)
    }


def recipient_with(address: str) -> RecipientFacts | None:
    """The recipient who signs in with this mail address, or None."""
    row = Person.objects.filter(username__iexact=address, role=Role.RECIPIENT, is_active=True).first()
    return recipients([row.pk])[row.pk] if row else None


@transaction.atomic
def make_recipient(*, address: str, name: str, by: int | None, at: datetime) -> int:
    """The account that signs in with this mail address, made when it is not there yet; its id. It has no password yet.

    `address` went through `addresses.mail_address`.

    Raises:
        AccountError: somebody of the desk has it, or it can't be a user name.
    """
    found = Person.objects.filter(username__iexact=address).first()
    if found is not None:
        if found.is_recipient:
            return found.pk
        raise AccountError("This address belongs to an account of the desk. Such an account never sees the portal.")
    tidy = " ".join(name.split())
    person = Person(username=address.lower(), name=tidy, role=Role.RECIPIENT)
    person.set_unusable_password()
    try:
        person.full_clean(exclude=["password"])
    except ValidationError as error:
        raise AccountError(f"The account can't be made: {' '.join(error.messages)}") from error
    if not tidy.isprintable():
        raise AccountError("The account can't be made: the name holds characters that can't be printed.")
    person.save()
    record(at=at, person=by, action="person created", about=f"person {person.pk}", role=Role.RECIPIENT)
    return person.pk


@transaction.atomic
def make_code(*, person: int, by: int | None, at: datetime) -> int:
    """Note that a code goes to this recipient; its id, by which it is found again when it is typed.

    Raises:
        AccountError: there were too many today.
    """
    Person.objects.select_for_update(of=("self",)).filter(pk=person).first()
    if PasswordCode.objects.filter(person=person, made_at__gt=at - timedelta(days=1)).count() >= MOST_A_DAY:
        raise AccountError("This person got codes enough today. Use the latest one, or wait a day.")
    row = PasswordCode.objects.create(person_id=person, made_by_id=by, made_at=at)
    record(at=at, person=by, action="password code made", about=f"person {person}")
    return row.pk


def opened_by(code: int, *, at: datetime) -> RecipientFacts | None:
    """Whose password may be set with this code: it is their latest, was not used, and is not too old."""
    row = _valid(code, at=at)
    return recipients([row.person_id])[row.person_id] if row else None


def _valid(code: int, *, at: datetime) -> PasswordCode | None:
    fresh = PasswordCode.objects.filter(used_at=None, made_at__gt=at - timedelta(days=CODE_DAYS))
    row = fresh.select_related("person").filter(pk=code).first()
    if row is None or not row.person.is_recipient:
        return None
    return None if PasswordCode.objects.filter(person=row.person_id, pk__gt=code).exists() else row


@transaction.atomic
def set_password(*, code: int, password: str, at: datetime) -> str:
    """Set the password of whom this code is; the address to sign in with. Who was signed in elsewhere no longer is.

    Raises:
        AccountError: the code opens nothing any more, or the password is too weak.
    """
    PasswordCode.objects.select_for_update(of=("self",)).filter(pk=code).first()
    row = _valid(code, at=at)
    if row is None:
        raise AccountError("This code was used, or is too old. Ask for a new one.")
    try:
        validate_password(password, row.person)
    except ValidationError as error:
        raise AccountError(" ".join(error.messages)) from error
    row.person.set_password(password)
    row.person.save(update_fields=["password"])
    row.used_at = at
    row.save(update_fields=["used_at"])
    record(at=at, person=row.person_id, action="password set", about=f"person {row.person_id}")
    return row.person.username


@transaction.atomic
def close_account(*, person: int, by: int | None, at: datetime) -> None:
    """Let nobody sign in with this account any more, and forget name and address. What was done with it stays."""
    row = Person.objects.filter(pk=person, role=Role.RECIPIENT).first()
    if row is None:
        return
    row.username, row.name, row.is_active = f"removed {person}", f"removed {person}", False
    row.set_unusable_password()
    row.save(update_fields=["username", "name", "is_active", "password"])
    Authenticator.objects.filter(user=row).delete()
    PasswordCode.objects.filter(person=person).delete()
    record(at=at, person=by, action="account closed", about=f"person {person}")
