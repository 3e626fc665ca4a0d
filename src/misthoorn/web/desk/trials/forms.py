"""The form of a comparison of texts."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from misthoorn.notification.compose.templates.library import variants
from misthoorn.notification.trials.facts import LONGEST_HYPOTHESIS, LONGEST_NAME, LONGEST_SUBJECT, TrialDraft
from misthoorn.web.forms import PlainForm
from misthoorn.web.labels import WORDS
from misthoorn.web.labels.trials import OUTCOMES, VARIANTS

USUAL = "usual"  # the value of the usual text in the form: an empty one is no value there


def _number(label: Any, *, least: int, most: int, initial: int, help_text: Any = "") -> forms.IntegerField:  # noqa: ANN401  lazy text
    wrong = format_lazy(_("Type a whole number from {least} to {most}."), least=least, most=most)
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        min_value=least,
        max_value=most,
        initial=initial,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), wrong),
    )


class TrialForm(PlainForm):
    """What is compared, for whom, and when it stops."""

    name = forms.CharField(
        label=_("Short name"),
        help_text=_("Small letters, digits and dashes, such as short-or-long. It stands in the public register."),
        max_length=LONGEST_NAME,
        error_messages={"required": _("Give it a name."), "max_length": _("A name has at most 60 signs.")},
    )
    hypothesis = forms.CharField(
        label=_("What do you expect, and why?"),
        help_text=_("Everybody can read this."),
        max_length=LONGEST_HYPOTHESIS,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": _("Write what you expect, and why."),
            "max_length": _("This text is too long. Make it shorter."),
        },
    )
    outcome = forms.ChoiceField(label=_("What counts?"), choices=list(OUTCOMES.items()))
    days = _number(_("Within how many days?"), least=1, most=180, initial=30)
    arms = forms.MultipleChoiceField(
        label=_("Which texts?"),
        choices=lambda: [(USUAL, VARIANTS[""]), *((name, VARIANTS.get(name, name)) for name in variants())],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose two to four different texts.")},
    )
    subject = forms.CharField(
        label=_("Only on this subject"),
        help_text=_("Such as open-rdp. Empty: on all subjects that may be compared."),
        required=False,
        max_length=LONGEST_SUBJECT,
    )
    severity = forms.ChoiceField(
        label=_("Only of this severity"),
        help_text=_("What is urgent, exploited or shows compromise never takes part."),
        required=False,
        choices=lambda: [("", _("All"))] + [pair for pair in WORDS["severity"].items() if pair[0] != "urgent"],
    )
    runs = _number(_("For how many days are organisations taken in?"), least=1, most=730, initial=90)
    baseline = _number(_("How many of 100 come to that now?"), least=1, most=99, initial=40)
    target = _number(_("How many of 100 do you hope for?"), least=1, most=99, initial=50)
    most_harm = _number(
        _("Stop when more than so many organisations of one text are harmed"),
        help_text=_("They say that the warning is wrong or not theirs, or they complain."),
        least=1,
        most=1_000,
        initial=20,
    )
    weak = forms.BooleanField(
        label=_("I know that this is probably too small to show a difference, and want it all the same."),
        required=False,
    )

    def draft(self) -> TrialDraft:
        """What was filled in, as the service takes it."""
        told = dict(self.cleaned_data)
        told["arms"] = tuple("" if one == USUAL else one for one in told["arms"])
        return TrialDraft(**told)
