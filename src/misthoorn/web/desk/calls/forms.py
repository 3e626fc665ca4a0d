"""The form in which the end of a call is kept."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from misthoorn.common.clock import AMSTERDAM
from misthoorn.notification.channels.telephone.outcomes import outcomes
from misthoorn.web.forms import PlainForm, offer
from misthoorn.web.labels import WORDS
from misthoorn.web.labels.letters_and_calls import TROUBLE
from misthoorn.web.parameters import spoken


class OutcomeForm(PlainForm):
    """How a call ended."""

    outcome = forms.ChoiceField(
        label=_("How did the call end?"),
        widget=forms.RadioSelect,
        error_messages={"required": TROUBLE["outcome"], "invalid_choice": TROUBLE["outcome"]},
    )
    messages = forms.MultipleChoiceField(
        label=_("What did you tell?"),
        help_text=_("Only when you told it."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    answer = forms.ChoiceField(
        label=_("Did they say what they do with it?"),
        choices=[("", _("No, or not yet")), *WORDS["answer"].items()],
        required=False,
    )
    again_at = forms.DateTimeField(
        label=_("When to call back?"),
        help_text=_("Only for an agreed time. Dutch time."),
        required=False,
        error_messages={"invalid": TROUBLE["again"]},
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%d-%m-%Y %H.%M", "%d-%m-%Y %H:%M"],
    )
    note = forms.CharField(
        label=_("Note"),
        help_text=_("For your colleagues: whom you spoke, whom to ask for. No passwords. At most 500 signs."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, told: list[tuple[int, str]], **kwargs: Any) -> None:  # noqa: ANN401  as Django has them
        super().__init__(*args, **kwargs)
        offer(self, "outcome", [(one.code, one.names[spoken()]) for one in outcomes().values()])
        offer(self, "messages", [(str(pk), text) for pk, text in told])
        self.fields["messages"].initial = [str(pk) for pk, _text in told]

    def clean_again_at(self) -> datetime | None:
        """What was typed is Dutch time, whatever the server's zone."""
        typed = self.cleaned_data["again_at"]
        return typed.replace(tzinfo=AMSTERDAM) if typed else None
