"""Forms of the desk. Nothing is sent by a wrong button: a decision needs what it is about."""

from django import forms
from django.utils.translation import gettext_lazy as _

from misthoorn.web.forms import PlainForm
from misthoorn.web.words import WORDS


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


class SetAsideForm(PlainForm):
    """Hold or reject, with the reason."""

    act = forms.ChoiceField(choices=[("hold", ""), ("reject", "")], widget=forms.HiddenInput, required=True)
    note = forms.CharField(
        label=_("Why?"),
        help_text=_("Your colleagues read this later."),
        error_messages={"required": _("Write why, so that your colleagues know later.")},
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class SearchForm(PlainForm):
    """What an analyst looks for; sent by POST, so that it never stands in an address or a log."""

    text = forms.CharField(
        label=_("Name, register number, domain, network or product"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class KindForm(PlainForm):
    """What kind of organisation this is: it decides which team warns."""

    kind = forms.ChoiceField(
        label=_("What kind of organisation is this?"),
        help_text=_("It decides which team warns it."),
        choices=[(value, name) for value, name in WORDS["organisation-kind"].items() if value != "unknown"],
    )
