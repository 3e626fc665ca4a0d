"""Which organisation is in which arm of a running trial: drawn by its key, written down before any text is made."""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from misthoorn.accounts.services import record
from misthoorn.constituency.contacts.opt_outs import not_compared, unwanted
from misthoorn.notification.compose.errors import ComposeError
from misthoorn.notification.compose.facts import LANGUAGES
from misthoorn.notification.compose.templates import library
from misthoorn.notification.compose.templates.library import text_of
from misthoorn.notification.digests.timing import is_pressing
from misthoorn.notification.facts import NoticePlan
from misthoorn.notification.models import IncomingMail, Notice, Reply, Trial, TrialArm, TrialAssignment

_State = Trial.State


def draw(trial: int, organisation: int, *, arms: int, secret: str) -> int:
    """The place of an organisation's arm: the same in whatever order it is asked, and not to be guessed."""
    key = hmac.digest(secret.encode(), f"misthoorn.notification.trial {trial}".encode(), "sha256")
    return int.from_bytes(hmac.digest(key, str(organisation).encode(), "sha256")) % arms


def texts_for(subject: str) -> tuple[str, ...]:
    """The texts that warnings on a subject may be made of, "" for all; none where it may never be compared."""
    mild = tuple(name for name in library.names() if not _presses(name))
    if not subject:
        return mild
    own = text_of(subject)
    kind = own.partition("/")[0]
    if kind == "generic":
        return mild
    if kind == "software":
        return tuple(name for name in mild if name.startswith("software/"))
    return () if _presses(own) else (own,)


def _presses(text: str) -> bool:
    return is_pressing(severity="normal", exploited=False, text=text, rsit=())


def versions_of(subject: str, *, variant: str) -> dict[str, str]:
    """Exactly which texts a variant is of now, by name and language.

    Raises:
        ComposeError: one of them can't be made.
    """
    return {
        f"{name}/{language}": library.version_of(name, language, variant)
        for name in texts_for(subject)
        for language in LANGUAGES
    }


def digest_of(versions: Mapping[str, str]) -> str:
    """One word for exactly these texts."""
    said = "\n".join(f"{name} {version}" for name, version in sorted(versions.items()))
    return f"{len(versions)}+{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def has_its_texts(trial: Trial) -> bool:
    """Whether every arm is still made of exactly the texts that it began with."""
    try:
        return all(versions_of(trial.subject, variant=arm.variant) == arm.versions for arm in trial.arms.all())
    except ComposeError:  # a variant that there is no more; warnings go on without it
        return False


@transaction.atomic
def stop(trial: Trial, *, state: str, because: str, now: datetime, person: int | None = None) -> bool:
    """End a running trial; from then on everybody gets the usual text. Whether it was running."""
    running = Trial.objects.filter(pk=trial.pk, state=_State.RUNNING)
    if not running.update(state=state, ended_at=now, ended_because=because[:300]):
        return False
    record(at=now, person=person, action=f"trial {state}", about=trial.name, because=because)
    return True


def is_over(trial: Trial, *, now: datetime) -> bool:
    """Whether no more organisations are taken in, since its time is over."""
    return trial.started_at is None or now >= trial.started_at + timedelta(days=trial.runs)


def take_in(plans: Sequence[NoticePlan], *, now: datetime) -> list[NoticePlan]:
    """The plans, of different organisations; each that takes part in a running trial with the arm of its organisation.

    An arm is written down before this returns, and stays. What presses, what goes to nobody, who wants no comparisons,
    and who is in another trial that is not counted yet takes no part. A trial whose texts were changed stops here.
    """
    chosen: dict[int, tuple[Trial, list[NoticePlan]]] = {}
    running = [one for one in _running() if not is_over(one, now=now)]
    for plan in _willing(plans) if running else ():
        trial = next((one for one in running if takes_part(one, plan)), None)
        if trial is not None:
            chosen.setdefault(trial.pk, (trial, []))[1].append(plan)
    arms: dict[int, TrialArm] = {}
    for trial, some in chosen.values():
        if has_its_texts(trial):
            arms |= _arms(trial, [plan.organisation for plan in some], now=now)
        else:
            stop(trial, state=_State.STOPPED, because="text", now=now)
    return [_in_arm(plan, arms.get(plan.organisation)) for plan in plans]


def _willing(plans: Sequence[NoticePlan]) -> list[NoticePlan]:
    """Those of which neither the organisation nor whoever is told for it wants to be left out."""
    owners = not_compared({plan.organisation for plan in plans})
    contacts = unwanted("compared", contacts={one.contact for plan in plans for one in plan.messages})
    return [
        plan
        for plan in plans
        if plan.organisation not in owners and contacts.isdisjoint(one.contact for one in plan.messages)
    ]


def _in_arm(plan: NoticePlan, arm: TrialArm | None) -> NoticePlan:
    return replace(plan, variant=arm.variant, trial=arm.trial_id) if arm else plan


def takes_part(trial: Trial, plan: NoticePlan) -> bool:
    """Whether a warning is one of those that a trial compares."""
    if plan.pressing or plan.severity == "urgent" or plan.withheld_because or not plan.messages:
        return False
    return trial.subject in {"", plan.subject} and trial.severity in {"", plan.severity}


def _running() -> QuerySet[Trial]:
    return Trial.objects.filter(state=_State.RUNNING).prefetch_related("arms").order_by("pk")


def _arms(trial: Trial, organisations: Iterable[int], *, now: datetime) -> dict[int, TrialArm]:
    """The arm of each of these organisations; of those in another trial, none."""
    wanted = sorted(set(organisations))
    arms = {arm.pk: arm for arm in trial.arms.all()}
    order = [*arms]
    elsewhere = set(
        TrialAssignment.objects.filter(organisation__in=wanted, trial__result__isnull=True)
        .exclude(trial=trial)
        .values_list("organisation", flat=True)
    )
    rows = [
        TrialAssignment(
            trial=trial,
            arm_id=order[draw(trial.pk, one, arms=len(order), secret=settings.SECRET_KEY)],
            organisation_id=one,
            at=now,
        )
        for one in wanted
        if one not in elsewhere
    ]
    TrialAssignment.objects.bulk_create(rows, ignore_conflicts=True)  # an arm that was drawn before stays
    there = TrialAssignment.objects.filter(trial=trial, organisation__in=wanted)
    return {organisation: arms[arm] for organisation, arm in there.values_list("organisation", "arm")}


def variant_for(notice: Notice) -> str:
    """The variant that another message of this notice is made in: its own, while nothing speaks against it."""
    if notice.trial is None or notice.trial.state == _State.STOPPED or not has_its_texts(notice.trial):
        return ""
    return "" if not_compared([notice.organisation_id]) else notice.variant


def harmed(trial: int) -> dict[int, set[int]]:
    """By arm, the organisations that said of a warning in a trial that it was wrong or not theirs, or complained.

    Also what they said of a reminder, or of the digest that told it.
    """
    said: set[int] = set()
    replies = Reply.objects.filter(answer__in=[Reply.Answer.NOT_OURS, Reply.Answer.WRONG])
    mails = IncomingMail.objects.filter(kind="complaint")
    for way in ("notice__trial", "notice__about__trial", "notice__messages__gathered__notice__trial"):
        said |= set(replies.filter(**{way: trial}).values_list("notice__organisation", flat=True))
        said |= set(mails.filter(**{f"message__{way}": trial}).values_list("message__notice__organisation", flat=True))
    found: dict[int, set[int]] = defaultdict(set)
    rows = TrialAssignment.objects.filter(trial=trial, organisation__in=said)
    for arm, organisation in rows.values_list("arm", "organisation"):
        found[arm].add(organisation)
    return found
