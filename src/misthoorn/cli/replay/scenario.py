"""Plays the story, through the same functions as the command line, the site and the worker."""

import io
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from misthoorn.cli import counted
from misthoorn.cli.demo.progress import Bar, Steps
from misthoorn.cli.replay import timeline
from misthoorn.cli.replay.mail_reader import Seen
from misthoorn.cli.replay.workers import Hands
from misthoorn.common import clock
from misthoorn.notification.facts import HandedOver

_PEOPLE = (
    ("ada", "Ada de Boer", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"),
    ("bas", "Bas Kok", "KRUGS4ZANFZSAYJAKRUGS4ZANFZSAYJA"),
)
_PASSWORD = "misthoorn-op-de-pier"  # noqa: S105  an invented person of a replay
_TEAMS = ("national", "municipal", "csirt-dsp")


@dataclass(frozen=True, slots=True)
class Line:
    """One step: when it is in the story, how long it took, what came of it, and who was told meanwhile."""

    story: datetime
    seconds: float
    what: str
    result: str
    counts: dict[str, int]
    told: Sequence[HandedOver]


@dataclass(slots=True)
class Told:
    """The time line; and, where the mails can be looked at, what was told twice, lost and doubled by them."""

    organisations: int
    lines: list[Line] = field(default_factory=list)
    handed_over: int = 0
    left: int = 0
    seen: Seen | None = None
    lost: int = 0
    seconds: float = 0.0

    @property
    def is_good(self) -> bool:
        """Whether all that was to be told was, and nothing twice."""
        return not self.left and not self.lost and (self.seen is None or not self.seen.twice)

    def as_json(self) -> dict[str, Any]:
        """As a program reads it."""
        steps = [
            {
                "story": one.story.isoformat(),
                "seconds": round(one.seconds, 3),
                "what": one.what,
                "result": one.result,
                "counts": one.counts,
                "told": [
                    {"kind": some.kind, "mails": some.count, "first": some.first, "last": some.last}
                    for some in one.told
                ],
            }
            for one in self.lines
        ]
        seen = self.seen
        looked = {"mails": seen.mails, "told_twice": seen.twice, "doubled": seen.doubled} if seen else {}
        told = {"organisations": self.organisations, "handed_over": self.handed_over, "not_handed_over": self.left}
        return told | looked | {"lost": self.lost, "seconds": round(self.seconds, 2), "steps": steps}


type _Outcome = tuple[str, dict[str, int]]


class Play:
    """One run of the story."""

    def __init__(self, *, folder: Path, steps: Steps, count: int, workers: Hands) -> None:
        self._folder, self._steps, self._count, self._workers = folder, steps, count, workers
        self._told = Told(count)
        self._first, self._second = 0, 0
        self._partners = 0

    def all(self) -> Told:
        """From the country to the last update."""
        began = time.monotonic()
        for moment, what, act in self._scenes():
            self._scene(moment, what, act)
        states = _states()
        self._told.handed_over = states["handed_over"]
        self._told.left = sum(states[one] for one in ("queued", "leased", "in_doubt", "expired", "gathering"))
        self._told.seconds = time.monotonic() - began
        return self._told

    def _scenes(self) -> Iterator[tuple[datetime, str, Callable[[Bar], _Outcome]]]:
        at = timeline.at
        yield at(9, 12), "the country is taken in", self._country
        yield at(10, 9, 30), f"{timeline.CVE} is published, and matched", self._record(timeline.first_record)
        yield at(10, 10), "message to the target group", self._broadcast("target_group", timeline.TARGET)
        yield at(10, 14, 30), "message to partners", self._broadcast("partner", timeline.PARTNER)
        yield at(10, 15), f"warnings on {timeline.CVE} approved by two, and sent", self._warn(timeline.CVE)
        yield at(10, 15, 30), "what other teams tell is handed over", self._hand_over
        yield at(10, 20), "it is on the list of exploited ones", self._exploited
        yield at(11, 12), "40 % update to 2.15.0", self._update("2.15.0")
        yield at(13, 9), "two days later: who did nothing is reminded", self._wait
        yield (
            at(14, 19),
            f"{timeline.SECOND} is published, low: 2.15.0 is not enough",
            self._record(timeline.second_record),
        )
        yield at(14, 21), "update 1 to partners", self._broadcast("partner", timeline.PARTNER_1, update=True)
        yield at(17, 9), f"{timeline.SECOND} is raised to critical", self._record(timeline.second_record, raised=True)
        yield at(17, 10), f"warnings on {timeline.SECOND} approved by two, and sent", self._warn(timeline.SECOND)
        yield at(17, 18), "the same 40 % update to 2.16.0", self._update("2.16.0")
        yield at(18, 10), f"{timeline.THIRD} is published: 2.16.0 is not enough", self._record(timeline.third_record)
        yield at(18, 14), "update 2 to partners", self._broadcast("partner", timeline.PARTNER_2, update=True)
        yield at(18, 15), f"warnings on {timeline.THIRD} approved by two, and sent", self._warn(timeline.THIRD)
        yield at(20, 9), "what could wait for a day is told", self._wait

    def _scene(self, moment: datetime, what: str, act: Callable[[Bar], _Outcome]) -> None:
        """The clock goes to this moment; never back, where the step before took longer than the story has for it."""
        shown = max(moment, clock.now()) if self._told.lines else moment
        clock.set_offset(clock.offset() + shown - clock.now())
        began = time.monotonic()
        with self._steps.step(what, what) as bar:
            result, counts = act(bar)
        seconds = time.monotonic() - began
        told = handed_over(since=shown, until=clock.now()) if self._told.lines else []
        self._told.lines.append(Line(moment, seconds, what, result, counts, told))

    def _work(self, bar: Bar) -> None:
        """Let the workers do all there is to do; the bar shows how many mails are left."""
        before, most = _states()["handed_over"], 1

        def watch() -> None:
            nonlocal most
            states = _states()
            done = states["handed_over"] - before
            most = max(most, done + states["queued"])
            bar.at(done, most)

        self._workers.work(offset=clock.offset(), watch=watch)

    def _country(self, bar: Bar) -> _Outcome:
        from misthoorn.accounts.services import create_person, give_second_factor
        from misthoorn.constituency.organisations.partners import set_partner
        from misthoorn.constituency.organisations.teams import add_team
        from misthoorn.intake.services import add_source
        from misthoorn.triage.handovers import known_teams

        now = clock.now()
        for username, name, secret in _PEOPLE:
            create_person(username=username, name=name, password=_PASSWORD, role="analyst", at=now)
            give_second_factor(username=username, secret=secret)
        self._first, self._second = (_person(username) for username, *_ in _PEOPLE)
        for slug, form in (("cve", "cve5"), ("kev", "kev")):
            add_source(slug=slug, name=slug.upper(), format=form, tlp="CLEAR", coverage={}, absences_to_close=2, at=now)
        rows = 0
        for number, (name, lines) in enumerate(timeline.tables(self._count), start=1):
            rows += _import(self._folder / f"{name}.csv", lines)[0]
            bar.at(number, 3)
        for one in timeline.partners_of(self._count):
            set_partner(register_number=f"{one:08d}", partner=True, person=self._first, at=now)
        for team in _TEAMS:
            known, address = known_teams(), f"in@{team}.example"
            add_team(team=team, name=team, address=address, language="nl", known=known, person=self._first, at=now)
        return counted(rows, "row"), {"rows": rows}

    def _record(self, make: Callable[..., bytes], **more: bool) -> Callable[[Bar], _Outcome]:
        def act(bar: Bar) -> _Outcome:
            return self._take_in("cve", make(now=clock.now(), **more), bar)

        return act

    def _exploited(self, bar: Bar) -> _Outcome:
        return self._take_in("kev", timeline.exploited(clock.now()), bar)

    def _take_in(self, source: str, content: bytes, bar: Bar) -> _Outcome:
        """Receive it, match it, and tell what follows on it."""
        from misthoorn.intake.services import receive

        receive(io.BytesIO(content), source=source, name=f"{source}.json", at=clock.now())
        asked = self._follow(bar)
        waiting = _to_approve()
        findings = sum(waiting)
        counts = {"proposed": len(waiting), "asked": asked, "findings": findings}
        proposed = counted(len(waiting), "campaign that waits", "campaigns that wait")
        return f"{counted(findings, 'finding')} in {proposed}", counts

    def _follow(self, bar: Bar) -> int:
        """What follows on warnings is told by itself below the limit, and above it after a person's yes; how many."""
        from misthoorn.triage.follow_up import queries
        from misthoorn.triage.follow_up.developments import decide_news

        self._work(bar)
        asked = queries.waiting().news
        for one in asked:
            decide_news(news=one.id, yes=True, person=self._first, now=clock.now())
        if asked:
            self._work(bar)
        return len(asked)

    def _wait(self, bar: Bar) -> _Outcome:
        """Time passes, and the workers see what is due."""
        return f"{counted(self._follow(bar), 'time')} a person was asked", {}

    def _update(self, version: str) -> Callable[[Bar], _Outcome]:
        """Some hand in a list of products with a newer version, and what it makes true is worked out."""

        def act(bar: Bar) -> _Outcome:
            _, changed = _import(self._folder / f"{version}.csv", timeline.updated(self._count, version))
            self._follow(bar)
            return counted(changed, "organisation"), {"organisations": changed}

        return act

    def _broadcast(
        self, kind: str, words: tuple[str, str, str, str], *, update: bool = False
    ) -> Callable[[Bar], _Outcome]:
        def act(bar: Bar) -> _Outcome:
            from misthoorn.triage import broadcasts, services

            title_nl, title_en, text_nl, text_en = words
            draft = services.BroadcastDraft(
                kind=kind,
                severity="urgent",
                tlp="CLEAR" if kind == "partner" else "GREEN",
                title_nl=title_nl,
                title_en=title_en,
                text_nl=text_nl,
                text_en=text_en,
                subject=timeline.CVE,
                sectors=("ict",) if kind == "target_group" else (),
            )
            of = self._partners if update else None
            made = services.draft_broadcast(draft, person=self._first, now=clock.now(), update_of=of)
            if kind == "partner" and not update:
                self._partners = made
            reach = broadcasts.broadcast_reach(made, now=clock.now())
            for person in (self._first, self._second):
                step = services.approve_broadcast(
                    broadcast=made, person=person, seen_reach=reach.reached, now=clock.now()
                )
                if step.state == "approved":
                    break
            self._work(bar)
            return f"{reach.reached:,} of {reach.meant:,}", {"reached": reach.reached, "meant": reach.meant}

        return act

    def _warn(self, cve: str) -> Callable[[Bar], _Outcome]:
        def act(bar: Bar) -> _Outcome:
            from misthoorn.triage import queries, services

            (campaign,) = [one.id for one in queries.campaigns(state="proposed") if one.subject == cve]
            reach = queries.funnel(campaign, now=clock.now()).reached
            before = _states()
            for person in (self._first, self._second):
                step = services.approve_campaign(campaign=campaign, person=person, seen_reach=reach, now=clock.now())
                if step.state == "approved":
                    break
            self._work(bar)
            after = _states()
            made, waits = after.total() - before.total(), after["gathering"] - before["gathering"]
            counts = {"reached": reach, "messages": made, "waiting": waits, "handed_over": after["handed_over"]}
            later = counted(waits, "warning waits", "warnings wait")
            return f"{counted(reach, 'organisation')} reached, {later} for their day", counts

        return act

    def _hand_over(self, bar: Bar) -> _Outcome:
        from misthoorn.constituency.routing.confidentiality import conditions_on
        from misthoorn.triage import handovers, queries, services

        (campaign,) = [one.id for one in queries.campaigns(state="approved") if one.subject == timeline.CVE]
        findings = 0
        shares = handovers.shares(campaign, now=clock.now())
        for one in shares:
            seen, now = len(one.by_mail), clock.now()
            met = [condition.name for condition in conditions_on(now.date())]
            asked: dict[str, Any] = {"campaign": campaign, "team": one.team, "person": self._first, "now": now}
            services.hand_over(**asked, seen=seen, confirmed=met)
            findings += seen
        self._work(bar)
        counts = {"findings": findings, "teams": len(shares)}
        return f"{counted(findings, 'finding')} to {counted(len(shares), 'team')}", counts


def _import(path: Path, lines: Iterable[str]) -> tuple[int, int]:
    """How many rows were read, and how many changed something."""
    from misthoorn.constituency.imports import read_table
    from misthoorn.constituency.services import import_table

    with path.open("w", encoding="utf-8") as out:
        out.writelines(lines)
    with path.open(encoding="utf-8", newline="") as table:
        result = import_table(read_table(table), at=clock.now())
    if result.failed:
        raise AssertionError(f"{path.name}: {result.failed[0].reason}")
    return result.read, result.changed


def _person(username: str) -> int:
    from misthoorn.accounts.queries import person_at_desk

    return person_at_desk(username) or 0


def _states() -> Counter[str]:
    from misthoorn.notification.queries import messages_by_state

    return Counter(messages_by_state())


def handed_over(*, since: datetime, until: datetime) -> Sequence[HandedOver]:
    """What was handed over in this time, by kind."""
    from misthoorn.notification.notices import bulk

    return bulk.handed_over(since=since, until=until)


def _to_approve() -> list[int]:
    """How many findings are in each campaign that waits for a person."""
    from misthoorn.triage import queries

    return [one.findings for one in queries.campaigns(state="proposed") if one.subject]
