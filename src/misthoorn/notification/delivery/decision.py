"""What becomes of a message: decided here, from plain values, and done elsewhere."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from misthoorn.common.tlp import Audience, What, may_tell, parse_tlp, strictest
from misthoorn.constituency.facts import audience_of
from misthoorn.notification.channels import HandOverError, Reason
from misthoorn.work.leases import TRIES

_SHORTEST, _LONGEST = 300.0, 4 * 3600.0  # for one recipient: some minutes, then longer, up to hours (greylisting)
_SHORTEST_RELAY, _LONGEST_RELAY = 5.0, 1800.0  # for a relay in trouble: it is ours, and may be back at once
_SPREAD = 0.4
# For a webhook: as Standard Webhooks suggests, from seconds to a day.
_WEBHOOK = (5.0, 300.0, 1800.0, 2 * 3600.0, 5 * 3600.0, 10 * 3600.0, 14 * 3600.0, 20 * 3600.0, 24 * 3600.0)


class Because(StrEnum):
    """Why a message did not go, where no relay said so."""

    NO_LONGER_TRUE = "no_longer_true"
    CONTACT_UNUSABLE = "contact_unusable"
    ADDRESS_CHANGED = "address_changed"
    TLP = "tlp"
    NO_CHANNEL = "no_channel"
    TOO_LATE = "too_late"
    FAILED_TOO_OFTEN = "failed_too_often"
    RESTORED = "restored"
    STOPPED = "stopped"
    ORIGIN = "origin"
    REFUSED = "refused_subject"
    OVERTAKEN = "overtaken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a message becomes and how its attempt ended.

    `after`: seconds until it may be tried again, when it waits. `failure`: counts as an unexpected failure. Its address
    is never used again when it is a `bad_address`, or its reader wants nothing more (`gone`). `rest`: seconds for which
    its host is left alone.
    """

    state: str
    outcome: str
    reply: str = ""
    because: str = ""
    after: float = 0.0
    failure: bool = False
    bad_address: bool = False
    gone: bool = False
    rest: float = 0.0


def handed_over(reply: str) -> Verdict:
    """The other side took it."""
    return Verdict(state="handed_over", outcome="handed_over", reply=reply)


def back_off(*, reason: Reason, attempt: int, jitter: float, channel: str = "mail") -> float:
    """Seconds until the next attempt after the attempt with this number (from 1); `jitter` from 0 to 1 spreads them."""
    spread = 1 - _SPREAD / 2 + _SPREAD * jitter
    if channel == "webhook":
        return _WEBHOOK[min(attempt, len(_WEBHOOK)) - 1] * spread
    ours = reason is Reason.UNREACHABLE
    shortest, longest = (_SHORTEST_RELAY, _LONGEST_RELAY) if ours else (_SHORTEST, _LONGEST)
    return min(shortest * 2.0 ** min(attempt - 1, 20), longest) * spread


def after_failure(
    error: HandOverError, *, attempt: int, failures: int, jitter: float, channel: str = "mail"
) -> Verdict:
    """What a message becomes that was not handed over, or may not have been.

    A notice that is in doubt is sent again: a double is better than a miss. But not for ever: a relay that takes mails
    and never says so must not flood anybody.
    """
    after = max(back_off(reason=error.reason, attempt=attempt, jitter=jitter, channel=channel), error.after)
    match error.reason:
        case Reason.REFUSED:
            return Verdict(
                state="bounced",
                outcome="bounced",
                reply=error.reply,
                because=error.reply,
                bad_address=error.bad_address,
                gone=error.gone,
            )
        case Reason.IN_DOUBT:
            return _unexpected("in_doubt", reply=error.reply, failures=failures, after=after)
        case Reason.LATER | Reason.UNREACHABLE:
            return Verdict(state="queued", outcome="later", reply=error.reply, because=error.reply, after=after)


def after_error(error: Exception, *, attempt: int, failures: int, jitter: float) -> Verdict:
    """What a message becomes on which our own code stumbled."""
    after = back_off(reason=Reason.LATER, attempt=attempt, jitter=jitter)
    reply = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    return _unexpected("error", reply=reply, failures=failures, after=after)


def _unexpected(outcome: str, *, reply: str, failures: int, after: float) -> Verdict:
    aside = failures + 1 >= TRIES
    return Verdict(
        state="in_doubt" if aside else "queued",
        outcome=outcome,
        reply=reply,
        because=Because.FAILED_TOO_OFTEN if aside else reply,
        after=after,
        failure=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is the case just before a message would be handed over. `role` is "" when the contact can't be used.

    `kind` is that of its notice; `refused`: its organisation wants no more of what it is about; `overtaken`: what was
    told after a warning need not be told any more.
    """

    too_late: bool
    still_true: bool
    overtaken: bool = False
    refused: bool = False
    role: str
    address: str
    current_address: str
    tlp: str
    channel: str
    kind: str = "warning"


# What each kind of notice is to TLP; all others are told to the one organisation that they concern.
_WHAT = {
    "digest": What.DIGEST,
    "bundle": What.BUNDLE,
    "hand_over": What.HAND_OVER,
    "broadcast": What.BROADCAST,
}
_AUDIENCES = {"bundle": Audience.NETWORK_OWNER, "hand_over": Audience.OTHER_TEAM}


def is_always_true(*, kind: str, findings: Collection[int]) -> bool:
    """Whether it needs no finding that still holds: what is about none (good news, a correction)."""
    return kind != "warning" and not findings


def label_of(tlp: str, *, kind: str, findings: Sequence[int], label_now: Callable[..., str]) -> str:
    """The label of what would be told: as it was written, or stricter where one of its findings is by now.

    A correction tells nothing of them, and goes to whoever got the mistake.
    """
    now = label_now(findings=findings) if findings and kind != "correction" else ""
    return strictest([parse_tlp(tlp), parse_tlp(now)]) if now and now != tlp else tlp


def _may_be_told(now: Circumstances) -> bool:
    audience = _AUDIENCES.get(now.kind) or audience_of(now.role)
    what = _WHAT.get(now.kind, What.WARNING)
    return may_tell(parse_tlp(now.tlp), audience=audience, channel=now.channel, what=what).allowed


def objection(now: Circumstances, *, channels: Collection[str]) -> Verdict | None:
    """The reason not to hand the message over after all, or None."""
    if now.too_late:
        return Verdict(state="expired", outcome="expired", because=Because.TOO_LATE)
    checks = (
        (now.still_true, Because.NO_LONGER_TRUE),
        (not now.overtaken, Because.OVERTAKEN),
        (not now.refused, Because.REFUSED),
        (now.role, Because.CONTACT_UNUSABLE),
        # A correction goes where the mistake went, also when the contact has another address by now.
        (now.kind == "correction" or now.address == now.current_address, Because.ADDRESS_CHANGED),
        (now.channel in channels, Because.NO_CHANNEL),
        (_may_be_told(now), Because.TLP),
    )
    for holds, because in checks:
        if not holds:
            return Verdict(state="withheld", outcome="withheld", because=because)
    return None
