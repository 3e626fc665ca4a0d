"""What is said to somebody who calls to ask whether a warning is genuine. Pure; the sentences are data."""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import yaml

from misthoorn.common.clock import AMSTERDAM
from misthoorn.notification.compose import about
from misthoorn.notification.compose.facts import Team
from misthoorn.notification.compose.mails.letter import long_day
from misthoorn.notification.facts import Check


def answer_of(check: Check, *, language: str, team: Team) -> list[str]:
    """The sentences for one outcome of a check, in the language that the caller speaks."""
    told = _texts(language)
    names = {
        "team": team.name,
        "day": long_day(check.sent_on.astimezone(AMSTERDAM), language) if check.sent_on else "",
        "way": told["ways"].get(check.channel, ""),
        "about": about(check.subject, language) if check.subject else "",
    }
    outcome = "withdrawn" if check.taken_back else check.outcome
    return [line.format(**names) for line in told[outcome]]


@cache
def _texts(language: str) -> Mapping[str, Any]:
    file = resources.files("misthoorn.notification.channels.telephone") / f"answers.{language}.yaml"
    return dict(yaml.safe_load(file.read_text("utf-8")))
