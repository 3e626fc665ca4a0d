"""Whom the options of a command name: a person at the desk, an organisation."""

from typing import TYPE_CHECKING

from misthoorn.cli import Failure

if TYPE_CHECKING:  # Django is not there yet when this file is read
    from misthoorn.constituency.facts import OrganisationFacts


def person_named(username: str) -> int:
    """The number of a person who may decide.

    Raises:
        Failure: there is nobody of that name at the desk.
    """
    from misthoorn.accounts.queries import person_at_desk

    person = person_at_desk(username)
    if person is None:
        raise Failure(f"'{username}' can't decide: no such account at the desk. `misthoorn admin create` makes one.")
    return person


def organisation_numbered(number: str) -> "OrganisationFacts":
    """The organisation with this register number.

    Raises:
        Failure: there is none.
    """
    from misthoorn.constituency.queries import by_register_number

    found = by_register_number(number)
    if found is None:
        raise Failure(f"There is no organisation with register number '{number}'. Take it in first.")
    return found
