"""The form that makes a key of a feed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from misthoorn.constituency.machines import ROLES
from misthoorn.web.forms.public import PlainForm
from misthoorn.web.words.contact import ROLES as ROLE_WORDS


class FeedForm(PlainForm):
    """Whose machine will fetch: it decides what TLP lets it have."""

    role = forms.ChoiceField(
        label=_("Whose machine is it?"),
        help_text=_("An IT provider gets nothing that must stay in the organisation (TLP:AMBER+STRICT)."),
        choices=[(role, ROLE_WORDS[role]) for role in ROLES],
    )
