"""What follows when a person judges that an answer is right: we were wrong, it is not theirs, or the warning stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Min

from misthoorn.accounts.services import record
from misthoorn.common.numbers import show_number
from misthoorn.constituency.assets.transfers import EndingError, end_assets, give_assets
from misthoorn.notification.answers.judgements import AnswerFacts, answer, note_judgement
from misthoorn.triage.models import Finding
from misthoorn.triage.services.suppressions import USUAL, Scope, SuppressionError, suppress

FALSE, NOT_THEIRS, STANDS = "false_positive", "not_theirs", "stands"
JUDGEMENTS = (FALSE, NOT_THEIRS, STANDS)
LONGEST_NOTE = 300
MOST = 50  # assets that one judgement is about


class JudgementError(ValueError):
    """A judgement that can't be kept; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a person judged of an answer, and why.

    `assets`: on which of those in the notice it holds, all without any. `until` is for a false positive, a year from
    now without it; `holder` is the register number of whose they are, "" where nobody knows.
    """

    judgement: str
    note: str
    assets: Sequence[int] = ()
    until: datetime | None = None
    holder: str = ""


def assets_in(facts: AnswerFacts) -> dict[int, datetime]:
    """The assets that the notice of an answer is about, each with when something was first seen on it."""
    rows = Finding.objects.filter(pk__in=facts.findings).order_by().values_list("asset")
    return dict(rows.annotate(since=Min("first_seen")))


def judge_answer(*, reply: int, judged: Judgement, person: int, now: datetime) -> None:
    """Keep a judgement, and do what follows from it; nothing goes to the recipient.

    Raises:
        JudgementError: it can't be kept; nothing was changed.
    """
    facts, note = answer(reply), " ".join(judged.note.split())
    if facts is None:
        raise JudgementError("There is no such answer, or none that waits for a judgement.")
    if judged.judgement not in JUDGEMENTS or not note or len(note) > LONGEST_NOTE or not note.isprintable():
        raise JudgementError(f"Choose one of the judgements, and say why in 1 to {LONGEST_NOTE} characters.")
    there = assets_in(facts)
    chosen = sorted(set(judged.assets) & set(there))
    if judged.judgement != STANDS and not 0 < len(chosen) <= MOST:
        raise JudgementError(f"Choose on which assets it holds: 1 to {MOST} of those in the notice.")
    try:
        with transaction.atomic():
            said = judged.judgement
            if not note_judgement(reply=reply, judgement=said, note=note, assets=chosen, person=person, at=now):
                raise JudgementError("Somebody judged this answer already.")
            if said == FALSE:
                _suppress(facts, chosen, judged, note=note, person=person, now=now)
            elif said == NOT_THEIRS:
                end_assets({pk: there[pk] for pk in chosen}, person=person, at=now)
                if judged.holder:
                    give_assets(chosen, register_number=judged.holder, person=person, at=now)
            what = f"reply {reply}"
            record(at=now, person=person, action="answer judged", about=what, judgement=said, assets=chosen)
    except (EndingError, SuppressionError) as error:
        raise JudgementError(str(error)) from error


def _suppress(
    facts: AnswerFacts, assets: Sequence[int], judged: Judgement, *, note: str, person: int, now: datetime
) -> None:
    """What was told of these assets: of a digest that is more than one thing."""
    until, reason = judged.until or now + USUAL, f"{show_number(facts.number)}: {note}"
    wrong = Finding.objects.filter(pk__in=facts.findings, asset__in=assets).order_by("asset", "subject")
    for asset, subject in wrong.values_list("asset", "subject").distinct():
        suppress(scope=Scope(asset=asset, subject=subject), reason=reason, person=person, until=until, now=now)
