"""Plays the story, through the same functions as the command line, the site and the worker."""

import io
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from misthoorn.cli.demo.progress import Bar, Steps
from misthoorn.cli.replay import story
from misthoorn.common import clock

_PEOPLE = (
    ("ada", "Ada de Boer", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"),
    ("bas", "Bas Kok", "KRUGS4ZANFZSAYJAKRUGS4ZANFZSAYJA"),
)
_PASSWORD = "misthoorn-op-de-pier"  # noqa: S105  an invented person of a replay
_TEAMS = ("national", "municipal", "csirt-dsp")


@dataclass(frozen=True, slots=True)
class Line:
    """One step: when it is in the story, how long it took, and what came of it."""

    story: datetime
    seconds: float
    what: str
    result: str
    counts: dict[str, int]


@dataclass(slots=True)
class Told:
    """The time line. `twice`: how often somebody was told what that organisation had been told before."""

    organisations: int
    lines: list[Line] = field(default_factory=list)
    handed_over: int = 0
    twice: int = 0
    mails: int | None = None
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """As a program reads it."""
        steps = [
            {
                "story": one.story.isoformat(),
                "seconds": round(one.seconds, 3),
                "what": one.what,
                "result": one.result,
                "counts": one.counts,
            }
            for one in self.lines
        ]
        told = {"organisations": self.organisations, "handed_over": self.handed_over, "told_twice": self.twice}
        return told | {"mails": self.mails, "seconds": round(self.seconds, 2), "steps": steps}


type _Outcome = tuple[str, dict[str, int]]


class Play:
    """One run of the story."""

    def __init__(self, *, folder: Path, steps: Steps, count: int) -> None:
        self._folder, self._steps, self._count = folder, steps, count
        self._told = Told(count)
        self._first, self._second = 0, 0
        self._partners = 0

    def all(self) -> Told:
        """From the country to the last update."""
        began = time.monotonic()
        for moment, what, act in self._scenes():
            self._scene(moment, what, act)
        self._told.handed_over = _states().get("handed_over", 0)
        self._told.twice = _told_twice()
        self._told.seconds = time.monotonic() - began
        return self._told

    def _scenes(self) -> Iterator[tuple[datetime, str, Callable[[Bar], _Outcome]]]:
        at = story.at
        yield at(9, 12), "the country is taken in", self._country
        yield at(10, 9, 30), f"{story.CVE} is published, and matched", self._record(story.first_record, "2.15.0")
        yield at(10, 10), "message to the target group", self._broadcast("target_group", story.TARGET)
        yield at(10, 14, 30), "message to partners", self._broadcast("partner", story.PARTNER)
        yield at(10, 15), f"warnings on {story.CVE} approved by two, and sent", self._warn(story.CVE)
        yield at(10, 15, 30), "what other teams tell is handed over", self._hand_over
        yield at(10, 20), "it is on the list of exploited ones", self._exploited
        yield at(14, 19), f"{story.SECOND} is published, low", self._record(story.second_record, raised=False)
        yield at(14, 19, 30), "2.15.0 is not enough: 2.16.0", self._record(story.first_record, "2.16.0")
        yield at(14, 21), "update 1 to partners", self._broadcast("partner", story.PARTNER_1, update=True)
        yield at(17, 9), f"{story.SECOND} is raised to critical", self._record(story.second_record, raised=True)
        yield at(17, 10), f"warnings on {story.SECOND} approved by two, and sent", self._warn(story.SECOND)
        yield at(18, 10), f"{story.THIRD} is published", self._record(story.third_record)
        yield at(18, 11), "2.16.0 is not enough: 2.17.0", self._record(story.first_record, "2.17.0")
        yield at(18, 14), "update 2 to partners", self._broadcast("partner", story.PARTNER_2, update=True)

    def _scene(self, moment: datetime, what: str, act: Callable[[Bar], _Outcome]) -> None:
        """The clock goes to this moment; never back, where the step before took longer than the story has for it."""
        shown = max(moment, clock.now()) if self._told.lines else moment
        clock.set_offset(clock.offset() + shown - clock.now())
        began = time.monotonic()
        with self._steps.step(what, what) as bar:
            result, counts = act(bar)
        self._told.lines.append(Line(moment, time.monotonic() - began, what, result, counts))

    def _country(self, bar: Bar) -> _Outcome:
        from misthoorn.accounts.services import create_person, give_second_factor
        from misthoorn.constituency.imports import read_table
        from misthoorn.constituency.partners import set_partner
        from misthoorn.constituency.services import import_table
        from misthoorn.constituency.teams import add_team
        from misthoorn.intake.services import add_source
        from misthoorn.triage.handing_over import known_teams

        now = clock.now()
        for username, name, secret in _PEOPLE:
            create_person(username=username, name=name, password=_PASSWORD, role="analyst", at=now)
            give_second_factor(username=username, secret=secret)
        self._first, self._second = (_person(username) for username, *_ in _PEOPLE)
        for slug, form in (("cve", "cve5"), ("kev", "kev")):
            add_source(slug=slug, name=slug.upper(), format=form, tlp="CLEAR", coverage={}, absences_to_close=2, at=now)
        rows = 0
        for number, (name, lines) in enumerate(story.tables(self._count), start=1):
            result = import_table(read_table(_file(self._folder / f"{name}.csv", lines)), at=now)
            if result.failed:
                raise AssertionError(f"{name}: {result.failed[0].reason}")
            rows += result.read
            bar.at(number, 3)
        for one in story.partners_of(self._count):
            set_partner(register_number=f"{one:08d}", partner=True, person=self._first, at=now)
        for team in _TEAMS:
            known, address = known_teams(), f"in@{team}.example"
            add_team(team=team, name=team, address=address, language="nl", known=known, person=self._first, at=now)
        return f"{rows:,} rows", {"rows": rows}

    def _record(self, make: Callable[..., bytes], *fixed: str, **more: bool) -> Callable[[Bar], _Outcome]:
        def act(_bar: Bar) -> _Outcome:
            return self._take_in("cve", make(*fixed, now=clock.now(), **more))

        return act

    def _exploited(self, _bar: Bar) -> _Outcome:
        return self._take_in("kev", story.exploited(clock.now()))

    def _take_in(self, source: str, content: bytes) -> _Outcome:
        """Receive it, match it, and tell what follows on it."""
        from misthoorn.intake.services import receive
        from misthoorn.triage import queries

        before = _notices()
        receive(io.BytesIO(content), source=source, name=f"{source}.json", at=clock.now())
        _work("intake", "triage")
        waiting = [one for one in queries.campaigns(state="proposed") if one.subject]
        asked = self._follow()
        told = {kind: count - before.get(kind, 0) for kind, count in _notices().items() if count > before.get(kind, 0)}
        counts = {f"told_{kind}": count for kind, count in told.items()} | {"proposed": len(waiting), "asked": asked}
        findings = sum(one.findings for one in waiting)
        said = ", ".join(f"{count:,} {kind}" for kind, count in told.items()) or "no update was due"
        return f"{findings:,} findings in {len(waiting)} campaigns not approved; {said}", counts | {
            "findings": findings
        }

    def _follow(self) -> int:
        """What follows on warnings is told by itself below the limit, and above it after a person's yes; how many."""
        from misthoorn.triage.following_up import queries
        from misthoorn.triage.following_up.news import decide_news

        _work("triage.following_up", "notification")
        asked = queries.waiting().news
        for one in asked:
            decide_news(news=one.id, yes=True, person=self._first, now=clock.now())
        if asked:
            _work("triage.following_up", "notification")
        return len(asked)

    def _broadcast(
        self, kind: str, words: tuple[str, str, str, str], *, update: bool = False
    ) -> Callable[[Bar], _Outcome]:
        def act(_bar: Bar) -> _Outcome:
            from misthoorn.triage import broadcasting, services

            title_nl, title_en, text_nl, text_en = words
            draft = services.BroadcastDraft(
                kind=kind,
                severity="urgent",
                tlp="CLEAR" if kind == "partner" else "GREEN",
                title_nl=title_nl,
                title_en=title_en,
                text_nl=text_nl,
                text_en=text_en,
                subject=story.CVE,
                sectors=("ict",) if kind == "target_group" else (),
            )
            of = self._partners if update else None
            made = services.draft_broadcast(draft, person=self._first, now=clock.now(), update_of=of)
            if kind == "partner" and not update:
                self._partners = made
            reach = broadcasting.broadcast_reach(made, now=clock.now())
            for person in (self._first, self._second):
                step = services.approve_broadcast(
                    broadcast=made, person=person, seen_reach=reach.reached, now=clock.now()
                )
                if step.state == "approved":
                    break
            while services.write_broadcast_piece(now=clock.now()):
                pass
            _work("notification")
            return f"{reach.reached:,} of {reach.meant:,}", {"reached": reach.reached, "meant": reach.meant}

        return act

    def _warn(self, cve: str) -> Callable[[Bar], _Outcome]:
        def act(bar: Bar) -> _Outcome:
            from misthoorn.triage import queries, services

            (campaign,) = [one.id for one in queries.campaigns(state="proposed") if one.subject == cve]
            reach = queries.funnel(campaign, now=clock.now()).reached
            for person in (self._first, self._second):
                step = services.approve_campaign(campaign=campaign, person=person, seen_reach=reach, now=clock.now())
                if step.state == "approved":
                    break
            made = services.release_campaign(campaign=campaign, now=clock.now())
            waiting = _states().get("queued", 0)
            _work("notification", watch=lambda: bar.at(waiting - _states().get("queued", 0), waiting))
            handed = _states().get("handed_over", 0)
            counts = {"reached": reach, "messages": made.messages, "withheld": made.withheld, "handed_over": handed}
            return f"{made.messages:,} warnings, {handed:,} handed over in all", counts

        return act

    def _hand_over(self, _bar: Bar) -> _Outcome:
        from misthoorn.triage import handing_over, queries, services

        (campaign,) = [one.id for one in queries.campaigns(state="approved") if one.subject == story.CVE]
        findings = 0
        shares = handing_over.shares(campaign, now=clock.now())
        for one in shares:
            seen = len(one.by_mail)
            services.hand_over(campaign=campaign, team=one.team, person=self._first, seen=seen, now=clock.now())
            findings += seen
        _work("notification")
        return f"{findings:,} findings to {len(shares)} teams", {"findings": findings, "teams": len(shares)}


def _file(path: Path, lines: Iterable[str]) -> io.TextIOWrapper:
    with path.open("w", encoding="utf-8") as out:
        out.writelines(lines)
    return path.open(encoding="utf-8", newline="")


def _person(username: str) -> int:
    from misthoorn.accounts.queries import person_at_desk

    return person_at_desk(username) or 0


def _work(*parts: str, watch: Callable[[], None] = lambda: None) -> None:
    """Do what a worker would do in these packages until nothing is left."""
    from importlib import import_module

    from misthoorn.work.loop import Worker

    def never() -> bool:
        watch()
        return False

    steps = [import_module(f"misthoorn.{part}.work").step for part in parts]
    Worker(steps=steps, until_idle=True, stopped=never).work()


def _states() -> dict[str, int]:
    from misthoorn.notification.queries import messages_by_state

    return messages_by_state()


def _notices() -> dict[str, int]:
    from misthoorn.notification.many import notices_by_kind

    return notices_by_kind()


def _told_twice() -> int:
    from misthoorn.notification.many import told_twice

    return told_twice()
