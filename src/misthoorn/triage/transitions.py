"""What a campaign may become: one table. Strange ones carry their reason."""

from misthoorn.triage.models import Campaign

_S = Campaign.State

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


class TransitionError(ValueError):
    """A step that the table does not have; the sentence says what can be done instead."""


def check(*, now: str, to: str) -> None:
    """Refuse a step that is not in the table.

    Raises:
        TransitionError: with the steps that are.
    """
    if to not in TRANSITIONS[now]:
        steps = ", ".join(sorted(TRANSITIONS[now])) or "nothing any more"
        raise TransitionError(f"This campaign is {now} and can't become {to}. It can become: {steps}.")
