"""Forms of organisations: searching, their kind, webhooks, keys of feeds, and claims that are refused."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from misthoorn.constituency.contacts.endpoints import ROLES
from misthoorn.constituency.routing.decision import shipped_oktts
from misthoorn.notification.channels.webhook.address import LONGEST, WebhookError, webhook_address
from misthoorn.web.forms import PLAIN, PlainForm, offer, why_field
from misthoorn.web.labels import WORDS
from misthoorn.web.labels.contacts import ROLES as ROLE_WORDS


class SearchForm(PlainForm):
    """What an analyst looks for; sent by POST, so that it never stands in an address or a log."""

    text = forms.CharField(
        label=_("Name, register number, domain, network or product"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs=PLAIN),
    )


class KindForm(PlainForm):
    """What kind of organisation this is: it decides which team warns."""

    kind = forms.ChoiceField(
        label=_("What kind of organisation is this?"),
        help_text=_("It decides which team warns it."),
        choices=[(value, name) for value, name in WORDS["organisation-kind"].items() if value != "unknown"],
    )
    oktt = forms.ChoiceField(
        label=_("Is it a member of a community of organisations?"),
        help_text=_("Until 15 August 2026 some of them warned their own members. Since then it changes nothing."),
        required=False,
    )

    def __init__(self, *args: Any, oktt: str = "", **kwargs: Any) -> None:  # noqa: ANN401  as Django gives them
        super().__init__(*args, **kwargs)
        names = sorted({one.name for one in shipped_oktts().members.values()} | ({oktt} if oktt else set()))
        offer(self, "oktt", [("", _("No")), *((name, name) for name in names)])


class RefuseForm(PlainForm):
    """Why a claim is refused."""

    note = why_field(_("Why do you refuse it?"), longest=300)


class WebhookForm(PlainForm):
    """Where a machine of the organisation listens."""

    address = forms.CharField(
        label=_("Address"),
        help_text=_("It begins with https://. You get it from the organisation."),
        max_length=LONGEST,
        error_messages={"required": _("Fill in the address, such as https://soc.example/misthoorn.")},
        widget=forms.TextInput(attrs={**PLAIN, "inputmode": "url"}),
    )
    name = forms.CharField(label=_("What do people call it?"), max_length=120, required=False)
    role = forms.ChoiceField(
        label=_("Whose machine is it?"),
        choices=[("security", _("the organisation itself")), ("it_provider", _("its IT provider"))],
    )

    def clean_address(self) -> str:
        """The address as it is kept."""
        typed: Any = self.cleaned_data["address"]
        try:
            return webhook_address(typed, inside=settings.WEBHOOK_INSIDE)
        except WebhookError as error:
            raise ValidationError(
                _(
                    "This address cannot be used. It begins with https://, leads to port 443 or 8443, and has no name "
                    "or password in it."
                )
            ) from error


class FeedForm(PlainForm):
    """Whose machine will fetch: it decides what TLP lets it have."""

    role = forms.ChoiceField(
        label=_("Whose machine is it?"),
        help_text=_("An IT provider gets nothing that must stay in the organisation (TLP:AMBER+STRICT)."),
        choices=[(role, ROLE_WORDS[role]) for role in ROLES],
    )
