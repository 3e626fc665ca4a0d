"""Forms of findings: suppressing one, and how far its remediation is."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from misthoorn.web.forms import PlainForm, offer, until_field, why_field
from misthoorn.web.labels import WORDS

_PRODUCT_SCOPES = frozenset(("version-subject", "product-subject"))


class SuppressForm(PlainForm):
    """What is not warned about from now on, why and until when. `product`: whether the finding is about a product."""

    scope = forms.ChoiceField(
        label=_("What do we no longer warn about?"),
        choices=[(value, name) for value, name in WORDS["suppression-scope"].items()],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what we no longer warn about.")},
    )
    reason = why_field(longest=1000)
    until = until_field(
        _("After that we warn about it again, by itself."), required=_("Choose the last day; after it we warn again.")
    )

    def __init__(self, *args: Any, product: bool, **kwargs: Any) -> None:  # noqa: ANN401  as Django has them
        super().__init__(*args, **kwargs)
        if not product:
            scopes = WORDS["suppression-scope"]
            offer(self, "scope", [(value, name) for value, name in scopes.items() if value not in _PRODUCT_SCOPES])


class RemediationForm(PlainForm):
    """What is being done about a match."""

    state = forms.ChoiceField(choices=[(value, "") for value in WORDS["remediation"]])
