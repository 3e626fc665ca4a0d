"""Forms of the portal, and the form with which the desk invites somebody to it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from misthoorn.constituency.addresses import AddressError, mail_address
from misthoorn.constituency.assets.reported_errors import LONGEST
from misthoorn.constituency.facts import AssetFacts
from misthoorn.web.forms import PlainForm, offer
from misthoorn.web.labels import WORDS
from misthoorn.web.templatetags.mh import named

_NOT_AN_ADDRESS = _("This is not a mail address. Type it as name@yourbusiness.example.")


def _address(label: Any, *, help_text: Any = "") -> forms.CharField:  # noqa: ANN401  a text that is translated later
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=320,
        error_messages={"required": _NOT_AN_ADDRESS},
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )


def _read_address(typed: str) -> str:
    try:
        return mail_address(typed)
    except AddressError as error:
        raise ValidationError(_NOT_AN_ADDRESS) from error


class PasswordForm(PlainForm):
    """A new password, twice."""

    password = forms.CharField(
        label=_("Your new password"),
        help_text=_("At least 12 signs. A sentence of your own is easy to remember and hard to guess."),
        strip=False,
        error_messages={"required": _("Choose a password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The same once more"),
        strip=False,
        error_messages={"required": _("Type the password once more.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and data.get("password") != data.get("again"):
            self.add_error("again", _("This is not the same as above."))
        return data


class ForgottenForm(PlainForm):
    """The address with which somebody signs in."""

    address = _address(_("Your mail address"))

    def clean_address(self) -> str:
        return _read_address(self.cleaned_data["address"])


class InviteForm(PlainForm):
    """Who is invited to see what an organisation was told."""

    name = forms.CharField(
        label=_("Name"), max_length=120, error_messages={"required": _("Fill in the name of the person.")}
    )
    address = _address(
        _("Mail address of this person"), help_text=_("Of one person: the password will be that person's own.")
    )
    language = forms.ChoiceField(label=_("Language of the mail"), choices=list(WORDS["language"].items()))

    def clean_address(self) -> str:
        return _read_address(self.cleaned_data["address"])


class MistakeForm(PlainForm):
    """What is wrong with what we watch."""

    asset = forms.ChoiceField(label=_("What is it about?"), required=False)
    text = forms.CharField(
        label=_("What is wrong?"),
        help_text=_("For example: this network is not ours any more, or a domain is missing."),
        error_messages={
            "required": _("Say in your own words what is wrong."),
            "max_length": _("This is longer than 1,000 signs. Make it shorter; nothing was sent yet."),
        },
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, assets: list[AssetFacts], data: Any = None, *, prefix: str = "") -> None:  # noqa: ANN401  as Django has it
        super().__init__(data, prefix=prefix or None)
        named_assets = ((str(one.id), named(one)) for one in assets)
        offer(self, "asset", [("", _("Something is missing, or something else")), *named_assets])

    def clean_asset(self) -> int | None:
        return int(self.cleaned_data["asset"]) if self.cleaned_data["asset"] else None
