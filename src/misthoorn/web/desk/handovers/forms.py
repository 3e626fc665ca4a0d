"""Forms of hand-overs to other teams."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from misthoorn.constituency.routing.confidentiality import Condition
from misthoorn.web.forms import PlainForm, offer


class HandOverForm(PlainForm):
    """To which team, how, how many findings the person saw, and what is confirmed. By telephone: who was told."""

    team = forms.CharField(max_length=40)
    way = forms.ChoiceField(choices=[("mail", ""), ("telephone", "")])
    seen = forms.IntegerField(min_value=1)
    note = forms.CharField(
        label=_("Whom did you tell it, and when?"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    confirmed = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, conditions: Sequence[Condition], language: str = "nl", **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        offer(self, "confirmed", [(one.name, one.text[language]) for one in conditions])
        self.conditions = {one.name for one in conditions}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("way") == "telephone" and not str(data.get("note", "")).strip():
            self.add_error("note", _("Nothing was handed over: write whom you told it, and when."))
        if self.conditions - {*data.get("confirmed", ())}:
            self.add_error("confirmed", _("Nothing was handed over: tick each condition of the law that is met."))
        return data


class TakeBackForm(PlainForm):
    """Who was told by telephone that what was handed over was wrong."""

    note = forms.CharField(max_length=500)
