"""Forms of what follows on a warning: taking it back, and a yes or no to what became known."""

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from misthoorn.triage.follow_up.corrections import LONGEST
from misthoorn.web.site.forms import PlainForm

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_WRONG = {
    "required": _("Write this in one or two sentences: every reader gets it."),
    "max_length": _("Make it shorter: one or two sentences are enough."),
}


def _sentences(label: "StrOrPromise", help_text: "StrOrPromise", *, language: str) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 2, "lang": language})
    return forms.CharField(label=label, help_text=help_text, error_messages=_WRONG, max_length=LONGEST, widget=area)


class CorrectionForm(PlainForm):
    """What was wrong and what we change, in both languages."""

    reason_nl = _sentences(
        _("What was wrong? In Dutch"), _("One or two sentences, for somebody who knows nothing of IT."), language="nl"
    )
    reason_en = _sentences(_("What was wrong? In English"), _("The same in English."), language="en")
    doing_nl = _sentences(_("What do we change? In Dutch"), _("So that it does not happen again."), language="nl")
    doing_en = _sentences(_("What do we change? In English"), _("The same in English."), language="en")
    suppress = forms.BooleanField(label=_("Do not warn these organisations of this again for a year."), required=False)


class YesNoForm(PlainForm):
    """A yes or a no of a person who looked."""

    act = forms.ChoiceField(choices=[("yes", ""), ("no", "")], widget=forms.HiddenInput)
