"""The form for a webhook of an organisation."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from misthoorn.notification.channels.webhook.address import LONGEST, WebhookError, webhook_address
from misthoorn.web.forms import PLAIN
from misthoorn.web.site.forms import PlainForm


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
