"""Plays two days of the service, through the same functions as the command line, the site and the worker."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from misthoorn.cli.demo.arrangements import arrange
from misthoorn.cli.demo.country import Country, Organisation, product_rows, tables
from misthoorn.cli.demo.decisions import hand_over_to_teams
from misthoorn.cli.demo.feeds import File, day_files
from misthoorn.cli.demo.population import read_data, settle, updated
from misthoorn.cli.demo.progress import Bar, Steps
from misthoorn.cli.demo.randomness import Weighted, chance
from misthoorn.cli.demo.records import cve_lines, exploited_list
from misthoorn.cli.demo.work import work
from misthoorn.common import clock

_MANY = 10**9
_REPLIES = {True: 0.4, False: 0.12}  # how many answer: of those who asked to be warned, and of the others
_ANSWERS = {
    True: {"fixed": 60, "passed_on": 30, "accepted": 3, "wrong": 3, "not_ours": 4},
    False: {"fixed": 12, "passed_on": 38, "accepted": 18, "wrong": 18, "not_ours": 14},
}
_STOPS = 0.04


@dataclass(slots=True, kw_only=True)
class Play:
    """One run of the demo."""

    folder: Path
    steps: Steps
    country: Country
    numbers: Callable[[int], int]

    @classmethod
    def begin(cls, *, folder: Path, steps: Steps, count: int) -> "Play":
        """Invent the country."""
        with steps.step("country", f"Inventing a country of {count:,} organisations"):
            country = settle(count)
        return cls(folder=folder, steps=steps, country=country, numbers=chance("numbers").randrange)

    def first_day(self) -> None:
        """Yesterday: the country is imported, the first feeds come, and campaigns are approved and queued."""
        clock.set_offset(timedelta(days=-1))
        self._make_people()
        with self.steps.step("import", "Importing organisations, assets and contacts") as bar:
            confirmed = f"{clock.now() - timedelta(days=60):%Y-%m-%d}"
            self._import(tables(self.country, confirmed_on=confirmed), bar)
            arrange(now=clock.now())
        with self.steps.step("advisories", "Taking in advisories"):
            self._receive(File("cve", "cve-records.jsonl", cve_lines()))
            self._receive(File("kev", "exploited.json", exploited_list(clock.now())))
            work("intake")
            work("triage")
        with self.steps.step("feeds_1", "Day 1: taking in feeds, matching them with everybody's systems") as bar:
            self._take_in(day_files(self.country, day=1, now=clock.now()), bar)
        with self.steps.step("decisions_1", "Day 1: approving campaigns, writing warnings") as bar:
            self._decide(bar, day=1)

    def send(self, day: int) -> None:
        """Hand over what is due, as a worker does."""
        from misthoorn.notification import queries

        with self.steps.step(f"sending_{day}", f"Day {day}: sending warnings by SMTP") as bar:
            waiting = queries.messages_by_state()["queued"]

            def never() -> bool:
                bar.at(waiting - queries.messages_by_state()["queued"], waiting)
                return False

            work("notification", stopped=never)

    def answers(self) -> None:
        """What recipients say, some hours later."""
        from misthoorn.constituency import queries as constituency
        from misthoorn.notification import queries as notification
        from misthoorn.triage import queries as triage

        with self.steps.step("replies", "Recipients answer"):
            answering = _Answering()
            for campaign in sorted(one.id for one in triage.campaigns(state="approved")):
                notices = sorted(notification.notices_of_campaign(campaign, limit=_MANY), key=lambda one: one.id)
                told = [one for one in notices if one.messages.get("handed_over")]
                owners = constituency.organisations([one.organisation for one in told])
                for one in told:
                    answering.of(one.id, self.country.organisations[int(owners[one.organisation].register_number) - 1])

    def other_ways(self) -> None:
        """The desk looks for another way to some whose mail came back: the next day they are told by it."""
        from misthoorn.cli.demo.desk import find_other_ways

        find_other_ways()

    def let_all_go(self) -> None:
        """What waits to be told with others goes out by itself, so that all that is written is due now."""
        from misthoorn.notification.digests import queue
        from misthoorn.notification.notices.follow_ups import patience
        from misthoorn.work.clock import database_now

        due = database_now()
        far = clock.now() + timedelta(days=30)
        kinds = [queue.due_groups(kind=kind, now=far, contacts=_MANY) for kind in ("digest", "bundle")]
        waiting = [one.message for groups in kinds for _, messages in groups for one in messages]
        queue.let_go(waiting, now=due, not_after=due + patience("mail"))

    def overviews(self) -> None:
        """What waited since the first day is told together, or by itself where nothing came with it."""
        from misthoorn.triage.services.bundles import make_bundle
        from misthoorn.triage.services.digests import tell_gathered

        while make_bundle(now=clock.now()):
            pass

        while tell_gathered(now=clock.now()):
            pass

    def second_day(self) -> None:
        """Today: some have repaired or updated, the feeds show it, and what is new is approved and queued."""
        clock.set_offset(timedelta())
        with self.steps.step("updates", "Day 2: some installed updates"):
            self._import({"updates.csv": product_rows(updated(self.country))})
            from misthoorn.triage.services import match_assets

            match_assets(now=clock.now())
        with self.steps.step("feeds_2", "Day 2: taking in feeds, seeing what is gone") as bar:
            self._take_in(day_files(self.country, day=2, now=clock.now()), bar)
        with self.steps.step("decisions_2", "Day 2: approving what is new") as bar:
            self._decide(bar, day=2)
            hand_over_to_teams()

    def _make_people(self) -> None:
        from misthoorn.accounts.services import create_person, give_second_factor
        from misthoorn.intake.services.sources import Definition, define_source
        from misthoorn.intake.work import make_drop_folders

        cast, now = read_data("cast.yaml"), clock.now()
        for role, one in (*(("analyst", one) for one in cast["people"]), ("administrator", cast["administrator"])):
            create_person(username=one["username"], name=one["name"], password=cast["password"], role=role, at=now)
            give_second_factor(username=one["username"], secret=one["secret"])
        for one in cast["sources"]:
            define_source(Definition(**one), at=now)
        make_drop_folders(self.folder / "drop")

    def _import(self, files: dict[str, bytes], bar: Bar | None = None) -> None:
        from misthoorn.constituency.imports import read_table
        from misthoorn.constituency.services import import_table

        folder = self.folder / "country"
        folder.mkdir(exist_ok=True)
        for number, (name, content) in enumerate(files.items(), start=1):
            (folder / name).write_bytes(content)
            with (folder / name).open(encoding="utf-8-sig", newline="") as stream:
                result = import_table(read_table(stream), at=clock.now())
            if result.failed:
                first = result.failed[0]
                raise AssertionError(f"{name} line {first.line}: {first.reason}")
            if bar:
                bar.at(number, len(files))

    def _take_in(self, files: list[File], bar: Bar) -> None:
        for number, file in enumerate(files, start=1):
            self._receive(file)
            work("intake", "triage")
            bar.at(number, len(files))

    def _receive(self, file: File) -> None:
        from misthoorn.intake.services import receive

        folder = self.folder / "feeds"
        folder.mkdir(exist_ok=True)
        (folder / file.name).write_bytes(file.content)
        with (folder / file.name).open("rb") as stream:
            receive(stream, source=file.source, name=file.name, at=clock.now())

    def _decide(self, bar: Bar, *, day: int) -> None:
        from misthoorn.triage import queries

        campaigns = sorted(queries.campaigns(state="proposed"), key=lambda one: one.id)
        desk = _Desk(numbers=self.numbers, day=day)
        for number, campaign in enumerate(campaigns, start=1):
            desk.decide(campaign.id, campaign.subject)
            bar.at(number, len(campaigns))


class _Desk:
    """Two analysts, and what they make of a campaign."""

    def __init__(self, *, numbers: Callable[[int], int], day: int) -> None:
        from misthoorn.accounts.queries import person_at_desk

        cast: dict[str, Any] = read_data("cast.yaml")
        self._cast, self._numbers, self._day = cast, numbers, day
        self._analyst, self._colleague = (person_at_desk(one["username"]) or 0 for one in cast["people"])

    def decide(self, campaign: int, subject: str) -> None:
        """Approve and release, unless the cast says otherwise."""
        from misthoorn.triage import services

        now = clock.now()
        if subject in self._cast["rejected"]:
            note = self._cast["rejected"][subject]
            services.reject_campaign(campaign=campaign, person=self._analyst, note=note, now=now)
        elif subject in self._cast["held"]:
            services.hold_campaign(campaign=campaign, person=self._analyst, note=self._cast["held"][subject], now=now)
        elif subject != self._cast["left"]:
            self._release(campaign, now)
        elif self._day == 2:  # noqa: PLR2004  the second day
            self._leave(campaign, now)

    def _release(self, campaign: int, now: datetime) -> None:
        """Approve it, by two persons where one is not enough, and write its warnings."""
        from misthoorn.triage import queries, services

        reach = queries.funnel(campaign, now=now).reached
        for person in (self._analyst, self._colleague):
            step = services.approve_campaign(campaign=campaign, person=person, seen_reach=reach, now=now)
            if step.state == "approved":
                break
        services.release_campaign(campaign=campaign, now=now, randbelow=self._numbers)

    def _leave(self, campaign: int, now: datetime) -> None:
        """The colleague says yes where one yes is not enough, so that the visitor may say the second."""
        from misthoorn.triage import queries, services

        facts = queries.campaign(campaign)
        reach = queries.funnel(campaign, now=now).reached
        if facts and reach > facts.reach_limit:
            services.approve_campaign(campaign=campaign, person=self._colleague, seen_reach=reach, now=now)


class _Answering:
    """Recipients who answer, and what they say."""

    def __init__(self) -> None:
        self._draw = chance("replies")
        self._texts = read_data("cast.yaml")["replies"]
        self._answers = {repairs: Weighted(weights) for repairs, weights in _ANSWERS.items()}

    def of(self, notice: int, one: Organisation) -> None:
        """Let this organisation answer this notice, or not."""
        from misthoorn.notification.services import record_reply

        draw = self._draw
        if draw.random() >= _REPLIES[one.registered]:
            return
        answer = self._answers[one.repairs].draw(draw)
        contact = one.contacts[0]
        record_reply(
            notice=notice,
            answer=answer,
            text=draw.choice(self._texts[contact.language][answer]),
            passed_on_to="helpdesk@kantoornet.example" if answer == "passed_on" and draw.random() < 0.5 else "",  # noqa: PLR2004
            stop=draw.random() < _STOPS,
            now=clock.now(),
        )
