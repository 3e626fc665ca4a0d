"""The form that makes a key of a feed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from misthoorn.constituency.contacts.endpoints import ROLES
from misthoorn.web.labels.contacts import ROLES as ROLE_WORDS
from misthoorn.web.site.forms import PlainForm


class FeedForm(PlainForm):
    """Whose machine will fetch: it decides what TLP lets it have."""

    role = forms.ChoiceField(
        label=_("Whose machine is it?"),
        help_text=_("An IT provider gets nothing that must stay in the organisation (TLP:AMBER+STRICT)."),
        choices=[(role, ROLE_WORDS[role]) for role in ROLES],
    )
