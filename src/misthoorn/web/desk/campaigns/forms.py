"""Forms of campaigns and of what follows on them. No wrong button sends: a decision needs what it is about."""

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from misthoorn.triage.follow_up.corrections import LONGEST
from misthoorn.web.forms import NoteForm, PlainForm

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class ApproveForm(PlainForm):
    """A yes, with the number of organisations that the person saw."""

    seen_reach = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    saw_whom = forms.BooleanField(
        label=_("I saw who gets a message and who does not."),
        error_messages={"required": _("Look who gets a message, and tick this.")},
    )
    read_text = forms.BooleanField(
        label=_("I read the text."),
        error_messages={"required": _("Read the text, and tick this.")},
    )


class SetAsideForm(NoteForm):
    """Hold or reject, with the reason."""

    act = forms.ChoiceField(choices=[("hold", ""), ("reject", "")], widget=forms.HiddenInput)


class TurnForm(NoteForm):
    """Stop what is on its way, or let it go on, with the reason."""

    act = forms.ChoiceField(choices=[("stop", ""), ("resume", "")], widget=forms.HiddenInput)


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
