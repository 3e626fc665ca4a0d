"""The form that searches what was ever told."""

from django import forms
from django.utils.translation import gettext_lazy as _

from misthoorn.web.forms import PLAIN, PlainForm


class ToldForm(PlainForm):
    """What is looked for in everything that was told; sent by POST, so that it stands in no address and no log."""

    text = forms.CharField(
        label=_("What are you looking for?"),
        help_text=_(
            "A mail address or mail domain, a name or register number, an address, network or host, "
            "the number of a warning, or a subject such as a CVE number."
        ),
        error_messages={"required": _("Type what you are looking for.")},
        max_length=300,
        widget=forms.TextInput(attrs=PLAIN),
    )
    before = forms.IntegerField(min_value=1, max_value=2**62, required=False, widget=forms.HiddenInput)
