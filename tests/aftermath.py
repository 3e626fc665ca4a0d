"""What comes after a warning: it arrives, days pass, a source tells of it once more, and the worker looks."""

from datetime import timedelta

from cast import NOW
from deliveries import cve, deliver, events, seen

from misthoorn.notification.models import Attempt, Message, Notice
from misthoorn.triage import services
from misthoorn.triage.follow_up import corrections
from misthoorn.triage.follow_up.corrections import Wrong
from misthoorn.triage.follow_up.sweep import sweep

DAY = timedelta(days=1)
WRONG = Wrong(
    reason_nl="Dat adres hoort sinds 1 oktober niet meer bij u.",
    reason_en="That address has not been yours since 1 October.",
    doing_nl="Wij kijken voortaan naar de datum van de toewijzing.",
    doing_en="From now on we look at the date of the assignment.",
)


def arrive(*, at=NOW, **which):
    """All messages that wait are handed over at this moment."""
    for message in Message.objects.filter(state="queued", **which):
        message.state, message.attempt, message.handed_over_at = "handed_over", message.attempt + 1, at
        message.save()
        Attempt.objects.create(
            message=message, number=message.attempt, claimed_at=at, finished_at=at, outcome="handed_over", reply="250"
        )


def look(at):
    """Look at all that is due at this moment, until nothing is."""
    for _ in range(20):
        if not sweep(now=at):
            return
    raise AssertionError("there is always something to look at")


def see_again(*addresses, at):
    """The source tells of these hosts once more, a moment before."""
    rows = [seen(one, at=at - timedelta(hours=1)) for one in addresses or ("192.0.2.1",)]
    deliver(events(*rows), name=f"{at:%Y%m%d%H}.csv", at=at)


def release(campaign, analyst, *, at=NOW):
    services.approve_campaign(campaign=campaign, person=analyst, seen_reach=99, now=at)
    services.release_campaign(campaign=campaign, now=at)


def later(kind, number="30000001"):
    """What followed, of this kind, at this organisation, the first one first."""
    return list(Notice.objects.filter(kind=kind, organisation__register_number=number).order_by("pk"))


def endless(**how):
    """Log4Shell as it is before anybody knows a version without it."""
    record = cve(score=how.pop("score", 5.0), **how)
    (versions,) = record["containers"]["cna"]["affected"][0]["versions"]
    versions |= {"lessThanOrEqual": "*"}
    del versions["lessThan"]
    return record


def propose(campaign, analyst, *, wrong=WRONG):
    """The first person says that the warnings of a campaign were wrong."""
    return corrections.propose_correction(campaign=campaign, wrong=wrong, person=analyst, now=NOW)


def correct(campaign, analyst, colleague, *, wrong=WRONG):
    """The second one says so too, and all who can be told are."""
    pk = propose(campaign, analyst, wrong=wrong)
    corrections.approve_correction(correction=pk, person=colleague, now=NOW + DAY)
    while corrections.release_corrections(now=NOW + DAY):
        pass
    return pk
