"""Forms about answers: registering after one, and what people at the desk judge."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from misthoorn.constituency.addresses import AddressError, mail_address
from misthoorn.web.forms import offer, until_field, why_field
from misthoorn.web.labels import WORDS
from misthoorn.web.site.forms import PlainForm


class ClaimForm(PlainForm):
    """Who wants to be warned directly from now on."""

    name = forms.CharField(
        label=_("Name of your business"),
        max_length=200,
        error_messages={"required": _("Fill in the name of your business.")},
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    register_number = forms.CharField(
        label=_("Number in the trade register"),
        max_length=40,
        error_messages={"required": _("Fill in the number under which your business is registered.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    person_name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        error_messages={"required": _("Fill in your name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    address = forms.CharField(
        label=_("Mail address to warn"),
        help_text=_("Preferably at your own domain. We mail a code to it, which you type here."),
        max_length=254,
        error_messages={"required": _("Fill in the mail address that we may warn.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    consent = forms.BooleanField(
        label=_("Keep this, to warn me. I can have it erased at any time."),
        error_messages={"required": _("Tick this, otherwise we may not keep what you fill in.")},
    )

    def clean_address(self) -> str:
        try:
            return mail_address(self.cleaned_data["address"])
        except AddressError:
            raise forms.ValidationError(
                _("This is not a mail address. Write it as name@yourbusiness.example.")
            ) from None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("name", "register_number", "person_name"):
            data[name] = " ".join("".join(sign for sign in data.get(name, "") if sign.isprintable()).split())
        return data


class RefuseForm(PlainForm):
    """Why a claim is refused."""

    note = why_field(_("Why do you refuse it?"), longest=300)


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
