"""The form in which a person judges an answer."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from misthoorn.web.forms import PlainForm, offer, until_field, why_field
from misthoorn.web.labels import WORDS


class JudgeForm(PlainForm):
    """What a person judges of an answer. `assets`: id → name of those that the notice is about."""

    judgement = forms.ChoiceField(
        label=_("What do you judge?"),
        choices=list(WORDS["judgement"].items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the three.")},
    )
    assets = forms.MultipleChoiceField(
        label=_("On which of these does it hold?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose from those that stand here.")},
    )
    holder = forms.CharField(
        label=_("Register number of whose it is"),
        help_text=_("Only when it is not theirs and you know it. The organisation has to be known to us."),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    until = until_field(_("For a false positive. After that we warn about it again, by itself."))
    note = why_field(longest=300)

    def __init__(self, *args: Any, assets: Mapping[int, str], **kwargs: Any) -> None:  # noqa: ANN401  as Django gives them
        super().__init__(*args, **kwargs)
        offer(self, "assets", [(str(pk), name) for pk, name in assets.items()])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("judgement") in {"false_positive", "not_theirs"} and not data.get("assets"):
            self.add_error("assets", _("Choose at least one of those that the warning was about."))
        return data
