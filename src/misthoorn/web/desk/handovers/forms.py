"""Forms of hand-overs to other teams."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from misthoorn.web.forms import PlainForm


class HandOverForm(PlainForm):
    """To which team, how, and how many findings the person saw. By telephone: who was told."""

    team = forms.CharField(max_length=40)
    way = forms.ChoiceField(choices=[("mail", ""), ("telephone", "")])
    seen = forms.IntegerField(min_value=1)
    note = forms.CharField(
        label=_("Whom did you tell it, and when?"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("way") == "telephone" and not str(data.get("note", "")).strip():
            self.add_error("note", _("Write whom you told it, and when."))
        return data


class TakeBackForm(PlainForm):
    """Who was told by telephone that what was handed over was wrong."""

    note = forms.CharField(max_length=500)
