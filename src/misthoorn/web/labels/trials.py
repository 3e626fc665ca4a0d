"""What pages say of comparisons of texts."""

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from misthoorn.notification.trials.facts import TrialFacts

OUTCOMES = {
    "fixed": pgettext_lazy("trial", "All of it fixed"),
    "answered": pgettext_lazy("trial", "Answered"),
    "reached": pgettext_lazy("trial", "Looked at by a person"),
}
OUTCOMES_MEAN = {
    "fixed": _("All that the first warning told of is no longer seen."),
    "answered": _("One of the five answers came."),
    "reached": _("Somebody checked the number, or answered."),
}
STATES = {
    "draft": pgettext_lazy("trial", "Wants a second person"),
    "running": pgettext_lazy("trial", "Runs"),
    "stopped": pgettext_lazy("trial", "Stopped"),
    "ended": pgettext_lazy("trial", "Ended"),
    "rejected": pgettext_lazy("trial", "Rejected"),
}
VARIANTS = {
    "": pgettext_lazy("variant", "The usual text"),
    "short": pgettext_lazy("variant", "A short text with one step"),
    "name-first": pgettext_lazy("variant", "The sender's name first in the subject line"),
}
TRIALS = {
    "trial-outcome": OUTCOMES,
    "trial-outcome-means": OUTCOMES_MEAN,
    "trial-state": STATES,
    "trial-variant": VARIANTS,
}


def why_ended(trial: TrialFacts) -> str:
    """Why a trial is over, as a sentence."""
    word, _colon, rest = trial.ended_because.partition(": ")
    arm = str(VARIANTS.get(rest, rest))
    said = {
        "time": gettext("Its time was over."),
        "text": gettext("A text that was compared was changed, so the rest would compare something else."),
        "harm": gettext("Too many said that their warning was wrong or not theirs, or complained. Text: %(arm)s."),
        "more-harm": gettext(
            "Of this text, more said that it was wrong or not theirs, or complained, than of the others: %(arm)s."
        ),
    }
    return said[word] % {"arm": arm} if word in said else rest


def error_for(code: str) -> str:
    """What a person can do about a draft that was refused."""
    return {
        "name": gettext(
            "Another comparison has this name, or it holds other signs than small letters, digits and dashes."
        ),
        "subject": gettext("What shows compromise or is exploited is never compared. Choose another subject."),
        "shares": gettext("Give two different percentages from 1 to 99."),
        "arms": gettext("Choose two to four different texts."),
    }.get(code, gettext("This value can't be used. Look at what stands above the field."))
