from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from misthoorn.accounts.models import AuditEntry, Person, Role

LOOKED = "looked at"  # of personal data; what a person did has words of its own
_LOOKS = (LOOKED, "store queried")
PIECE = 5_000  # entries changed in a transaction: far below the 250 ms that a write of SQLite may take


class AccountError(ValueError):
    """An account that can't be made; the sentence says why and what to do."""


def record(*, at: datetime, person: int | None, action: str, about: str, **detail: Any) -> None:  # noqa: ANN401  JSON values
    """Add a line to the audit trail. Call it inside the transaction of the act itself.

    `person` is None for what the service does by itself; `about` names the thing ("campaign 12").
    """
    AuditEntry.objects.create(at=at, person_id=person, action=action, object=about, detail=detail)


def note_look(*, at: datetime, person: int | None, about: str, **detail: Any) -> None:  # noqa: ANN401  JSON values
    """Write down that somebody reads personal data, before they get it; what they asked for goes with it."""
    record(at=at, person=person, action=LOOKED, about=about, **detail)


@transaction.atomic
def create_person(*, username: str, name: str, password: str, role: str, at: datetime) -> int:
    """Make an account without a second factor: the person sets that up at the first sign-in.

    Raises:
        AccountError: the name is taken or can't be used, the role unknown, or the password too weak.
    """
    roles = [one for one in Role.values if one != Role.RECIPIENT]  # who is warned is invited (recipients)
    if role not in roles:
        raise AccountError(f"'{role}' is not a role. Use one of {', '.join(roles)}.")
    if Person.objects.filter(username__iexact=username).exists():
        raise AccountError(f"There is already an account '{username}'. Choose another name.")
    if not name.isprintable():
        raise AccountError("The account can't be made: the name holds characters that can't be printed.")
    person = Person(username=username, name=name.strip(), role=role)
    try:
        person.full_clean(exclude=["password"])
    except ValidationError as error:
        raise AccountError(f"The account can't be made: {' '.join(error.messages)}") from error
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise AccountError(f"The password will not do: {' '.join(error.messages)}") from error
    person.set_password(password)
    person.save()
    record(at=at, person=None, action="person created", about=f"person {person.pk}", role=role)
    return person.pk


@transaction.atomic
def give_second_factor(*, username: str, secret: str) -> None:
    """Give a person a known time-based second factor. Only for the demo and for tests, where secrets are public.

    `secret` is base32 text, as authenticator apps take it.
    """
    person = Person.objects.get(username=username)
    Authenticator.objects.filter(user=person).delete()
    Authenticator.objects.create(
        user=person,
        type=Authenticator.Type.TOTP,
        data={"secret": get_adapter().encrypt(secret)},
    )
    RecoveryCodes.activate(person)


def one_time_code(*, username: str, at: datetime) -> str | None:
    """The code that this person's app shows at this moment; None without a time-based second factor."""
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value  # noqa: PLC0415  only for the demo

    found = Authenticator.objects.filter(user__username=username, type=Authenticator.Type.TOTP).first()
    if found is None:
        return None
    secret = get_adapter().decrypt(TOTP(found).instance.data["secret"])
    return str(format_hotp_value(hotp_value(secret, int(at.timestamp()) // 30)))


def forget_names(*, now: datetime, days: int) -> int:
    """Take the person off acts older than so many days; the acts stay, and looks, which say nothing then, go. How many.

    What was asked in a look is often personal itself.
    """
    old = AuditEntry.objects.filter(at__lt=now - timedelta(days=days)).order_by("pk")
    looks, acts = old.filter(action__in=_LOOKS), old.exclude(action__in=_LOOKS).filter(person__isnull=False)
    total = 0
    while piece := list(looks.values_list("pk", flat=True)[:PIECE]):
        total += AuditEntry.objects.filter(pk__in=piece).delete()[0]
    while piece := list(acts.values_list("pk", flat=True)[:PIECE]):
        total += AuditEntry.objects.filter(pk__in=piece).update(person=None)
    return total
