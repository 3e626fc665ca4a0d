from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from misthoorn.accounts.models import AuditEntry, Person


@dataclass(frozen=True, slots=True)
class AuditFacts:
    at: datetime
    person: str
    action: str
    about: str
    detail: dict[str, Any]


def person_at_desk(username: str) -> int | None:
    """The id of somebody who may work at the desk; None when there is no such person, or not with that right."""
    person = Person.objects.filter(username__iexact=username).first()
    return person.pk if person and person.works_at_desk else None


def audit_trail(
    *,
    about: str = "",
    username: str = "",
    actions: Collection[str] = (),
    detail: Mapping[str, Any] = MappingProxyType({}),
    limit: int = 100,
) -> list[AuditFacts]:
    """The newest acts, of one thing, one person, some kinds and with these details, or of all."""
    found = AuditEntry.objects.select_related("person")
    if about:
        found = found.filter(object=about)
    if actions:
        found = found.filter(action__in=actions)
    if username:
        found = found.filter(person__username__iexact=username)
    found = found.filter(**{f"detail__{name}": value for name, value in detail.items()})
    return [
        AuditFacts(at=one.at, person=str(one.person or ""), action=one.action, about=one.object, detail=one.detail)
        for one in found[:limit]
    ]
