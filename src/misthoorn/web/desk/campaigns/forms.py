"""Forms of the desk. Nothing is sent by a wrong button: a decision needs what it is about."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from misthoorn.constituency.routing.decision import shipped_oktts
from misthoorn.web.forms import PLAIN, offer, until_field, why_field
from misthoorn.web.labels import WORDS
from misthoorn.web.site.forms import PlainForm

_PRODUCT_SCOPES = frozenset(("version-subject", "product-subject"))


class ApproveForm(PlainForm):
    """A yes, with the number of organisations that the person saw."""

    seen_reach = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    saw_whom = forms.BooleanField(
        label=_("I saw who gets a message and who does not."),
        error_messages={"required": _("Look who gets a message, and tick this.")},
    )
    read_text = forms.BooleanField(
        label=_("I read the text."),
        error_messages={"required": _("Read the text, and tick this.")},
    )


class NoteForm(PlainForm):
    """Why something is decided so."""

    note = why_field(longest=2000)


class SetAsideForm(NoteForm):
    """Hold or reject, with the reason."""

    act = forms.ChoiceField(choices=[("hold", ""), ("reject", "")], widget=forms.HiddenInput)


class TurnForm(NoteForm):
    """Stop what is on its way, or let it go on, with the reason."""

    act = forms.ChoiceField(choices=[("stop", ""), ("resume", "")], widget=forms.HiddenInput)


class BroadcastTurnForm(NoteForm):
    """Reject a message to many, stop it, or let it go on, with the reason."""

    act = forms.ChoiceField(choices=[("reject", ""), ("stop", ""), ("resume", "")], widget=forms.HiddenInput)


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


class MeaningForm(PlainForm):
    """Other words for a product that is registered in words."""

    text = forms.CharField(
        label=_("Search by other words"), required=False, max_length=200, widget=forms.TextInput(attrs=PLAIN)
    )


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
        label=_("Is it a member of an organisation that warns its own members?"),
        help_text=_("Only for a general organisation. Others have a team of their own."),
        required=False,
    )

    def __init__(self, *args: Any, oktt: str = "", **kwargs: Any) -> None:  # noqa: ANN401  as Django gives them
        super().__init__(*args, **kwargs)
        names = sorted({one.name for one in shipped_oktts().members.values()} | ({oktt} if oktt else set()))
        offer(self, "oktt", [("", _("No")), *((name, name) for name in names)])
