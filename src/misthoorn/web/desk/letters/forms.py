"""Forms of letters: a batch, and what the post brings back."""

from django import forms
from django.utils.translation import gettext_lazy as _

from misthoorn.notification.letters_and_calls.letters import MOST
from misthoorn.web.forms import PlainForm
from misthoorn.web.labels.letters_and_calls import RETURNED, TROUBLE
from misthoorn.web.site.forms import read_number

_LONGEST_INPUT = 320


class BatchForm(PlainForm):
    """How many letters go into a batch."""

    limit = forms.IntegerField(
        label=_("How many at most?"),
        help_text=_("The most urgent go first. The rest stays in the list."),
        min_value=1,
        max_value=MOST,
        initial=100,
        error_messages={
            "required": TROUBLE["limit"],
            "invalid": TROUBLE["limit"],
            "min_value": TROUBLE["limit"],
            "max_value": TROUBLE["limit"],
        },
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class ReturnedForm(PlainForm):
    """A letter that the post brought back."""

    number = forms.CharField(
        label=_("Number on the letter"),
        help_text=_("12 digits, at the top right."),
        error_messages={"required": TROUBLE["number"]},
        max_length=_LONGEST_INPUT,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    reason = forms.ChoiceField(
        label=_("Why did it come back?"),
        choices=[("", "–"), *RETURNED.items()],
        error_messages={"required": TROUBLE["reason"], "invalid_choice": TROUBLE["reason"]},
    )

    def clean_number(self) -> str:
        return read_number(self.cleaned_data["number"])
