"""What a campaign or a message to many may become: one table for each. Strange ones carry their reason."""

from collections.abc import Mapping

from misthoorn.triage.models import Broadcast, Campaign

_S = Campaign.State
_B = Broadcast.State

TRANSITIONS: dict[str, frozenset[str]] = {
    _S.PROPOSED: frozenset({_S.WAITING, _S.APPROVED, _S.HELD, _S.REJECTED}),
    # New findings came in: what the first person approved is not what would go out.
    _S.WAITING: frozenset({_S.PROPOSED, _S.APPROVED, _S.HELD, _S.REJECTED}),
    # A held campaign goes on where it was: approving it asks the same questions again.
    _S.HELD: frozenset({_S.WAITING, _S.APPROVED, _S.REJECTED}),
    # What was approved is on its way; what came of it stands with its messages.
    _S.APPROVED: frozenset({_S.STOPPED}),
    # What was not handed over yet stays where it is, and may go on: the approval stands.
    _S.STOPPED: frozenset({_S.APPROVED}),
    _S.REJECTED: frozenset(),
}

# As a campaign; but nothing comes in while it waits, so there is nothing to hold it for.
BROADCASTS: dict[str, frozenset[str]] = {
    _B.DRAFT: frozenset({_B.WAITING, _B.APPROVED, _B.REJECTED}),
    # Somebody changed the text: what the first person approved is not what would go out.
    _B.WAITING: frozenset({_B.DRAFT, _B.APPROVED, _B.REJECTED}),
    _B.APPROVED: frozenset({_B.STOPPED}),
    _B.STOPPED: frozenset({_B.APPROVED}),
    _B.REJECTED: frozenset(),
}


class TransitionError(ValueError):
    """A step that the table does not have; the sentence says what can be done instead."""


def check(*, now: str, to: str, table: Mapping[str, frozenset[str]] = TRANSITIONS, what: str = "This campaign") -> None:
    """Refuse a step that is not in the table. `what` is named in the sentence.

    Raises:
        TransitionError: with the steps that are.
    """
    if to not in table[now]:
        steps = ", ".join(sorted(table[now])) or "nothing any more"
        raise TransitionError(f"{what} is {now} and can't become {to}. It can become: {steps}.")
