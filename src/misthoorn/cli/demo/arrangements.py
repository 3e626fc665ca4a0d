"""What the invented team arranged before its first warning: teams, an owner of networks, a member, a comparison."""

from datetime import datetime

from misthoorn.cli.demo.country import FIXED
from misthoorn.cli.demo.decisions import know_teams
from misthoorn.cli.demo.population import FIRST_PROVIDER, read_data


def arrange(*, now: datetime) -> None:
    """Arrange it."""
    from misthoorn.accounts.queries import person_at_desk
    from misthoorn.constituency import queries
    from misthoorn.constituency.organisations.network_owners import decide_network_owner

    analyst, colleague = (person_at_desk(one["username"]) or 0 for one in read_data("cast.yaml")["people"])
    owner = queries.search(text=FIRST_PROVIDER)[0]
    decide_network_owner(organisation=owner.id, is_owner=True, person=analyst, at=now)
    know_teams(person=analyst, now=now)
    _invite(queries.search(text=FIXED[1].number)[0].id, by=analyst, now=now)
    _compare(analyst, colleague, now=now)


def _invite(organisation: int, *, by: int, now: datetime) -> None:
    from misthoorn.accounts.recipients import set_password
    from misthoorn.constituency.organisations.members import invite

    cast = read_data("cast.yaml")
    made = invite(organisation=organisation, language="nl", by=by, at=now, **cast["member"])
    set_password(code=made.code, password=cast["password"], at=now)


def _compare(analyst: int, colleague: int, *, now: datetime) -> None:
    from misthoorn.notification.trials.facts import TrialDraft
    from misthoorn.notification.trials.services import approve_trial, draft_trial

    words = dict(read_data("cast.yaml")["trial"])
    draft = TrialDraft(arms=tuple(words.pop("arms")), weak=True, **words)
    approve_trial(trial=draft_trial(draft, person=analyst, now=now), person=colleague, now=now)
