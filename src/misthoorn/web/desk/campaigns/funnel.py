"""How the funnel of a campaign is drawn: from all organisations concerned to those that get a message. Pure."""

from dataclasses import dataclass

from misthoorn.triage.queries import Funnel

ROUTING = ("other-team", "person-decides")  # what the routing gate says


@dataclass(frozen=True, slots=True)
class Step:
    """One bar. `left_out`: how many fall out before the next bar, by reason; their sum is the difference."""

    kind: str
    count: int
    before: int
    total: int
    left_out: tuple[tuple[str, int], ...]

    @property
    def falling(self) -> int:
        """How many fall out after this bar."""
        return sum(count for _reason, count in self.left_out)


def steps(funnel: Funnel) -> list[Step]:
    """Found, ours, reached. Every organisation that falls out is counted once, with its reason."""
    routed = tuple((reason, count) for reason, count in funnel.left_out.items() if reason in ROUTING)
    others = tuple((reason, count) for reason, count in funnel.left_out.items() if reason not in ROUTING)
    total, ours = funnel.organisations, funnel.organisations - sum(count for _reason, count in routed)
    return [
        Step("found", total, total, total, routed),
        Step("ours", ours, total, total, others),
        Step("reached", funnel.reached, ours, total, ()),
    ]
