"""What the desk decides beside warning: what other teams tell, what nobody is told, and which answers are right."""

from datetime import datetime
from typing import Any

from misthoorn.cli.demo.country import FIXED
from misthoorn.cli.demo.population import read_data
from misthoorn.common import clock


def know_teams(*, person: int, now: datetime) -> None:
    """Give two of the other teams an address; of the rest nobody told it yet."""
    from misthoorn.constituency.organisations.teams import add_team
    from misthoorn.triage.handovers import known_teams

    for one in read_data("cast.yaml")["teams"]:
        add_team(known=known_teams(), person=person, at=now, **one)


def hand_over_to_teams() -> None:
    """Hand over what is for teams whose address is known, of some campaigns: by mail, or by telephone where it must."""
    from misthoorn.constituency.routing.confidentiality import conditions_on
    from misthoorn.triage import queries, services
    from misthoorn.triage.handovers import shares

    now, cast, person = clock.now(), read_data("cast.yaml"), _analyst()
    approved = sorted(queries.campaigns(state="approved"), key=lambda one: one.id)
    chosen = {one.subject: one.id for one in reversed(approved) if one.subject in cast["handed_over"]}
    for campaign in chosen.values():
        for share in shares(campaign, now=now):
            asked: dict[str, Any] = {"campaign": campaign, "team": share.team, "person": person, "now": now}
            asked |= {"confirmed": [one.name for one in conditions_on(now.date())]}
            if share.to is None:
                continue
            if share.by_mail:
                services.hand_over(seen=len(share.by_mail), **asked)
            if share.by_telephone:
                services.note_told(seen=len(share.by_telephone), note=cast["told_by_telephone"], **asked)


def keep_silent() -> None:
    """Suppress two things, of which one is over already."""
    from misthoorn.constituency import queries as constituency
    from misthoorn.triage import queries, services

    now, words, person = clock.now(), read_data("cast.yaml")["suppressed"], _analyst()
    school = constituency.search(text=FIXED[1].number)[0].id
    found = [one for one in queries.findings_of(school, limit=1000) if one.subject == words["subject"]]
    open_ones = sorted((one for one in found if one.state == "open"), key=lambda one: one.id)
    for one in open_ones[:1]:
        scope = services.Scope(asset=one.asset, subject=one.subject)
        services.suppress(scope=scope, reason=words["reason"], person=person, until=None, now=now)
    drill = services.Scope(organisation=school, subject=words["drill"])
    made = services.suppress(scope=drill, reason=words["drill_reason"], person=person, until=None, now=now)
    services.end_suppression(suppression=made.suppression, person=person, now=now)


def judge_answers() -> None:
    """Judge the oldest answers that say that we are wrong, or that it is not theirs: one each way."""
    from misthoorn.notification.answers.judgements import answer, answers
    from misthoorn.triage.services.judgement import Judgement, assets_in, judge_answer

    now, person = clock.now(), _analyst()
    waiting = answers(judged=False, limit=200)
    for words in read_data("cast.yaml")["judged"]:
        one = next((reply for reply in waiting if reply.answer == words["answer"]), None)
        facts = answer(one.id) if one else None
        if one is None or facts is None:
            continue
        waiting.remove(one)
        judged = Judgement(judgement=words["judgement"], note=words["note"], assets=sorted(assets_in(facts)))
        judge_answer(reply=one.id, judged=judged, person=person, now=now)


def _analyst() -> int:
    from misthoorn.accounts.queries import person_at_desk

    return person_at_desk(read_data("cast.yaml")["people"][0]["username"]) or 0
