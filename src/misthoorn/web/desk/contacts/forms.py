"""Forms of contacts: adding, confirming, revoking."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from misthoorn.constituency.addresses import AddressError, address_for
from misthoorn.constituency.contacts.register import LONGEST_NOTE
from misthoorn.web.forms import PLAIN, PlainForm, why_field
from misthoorn.web.labels import WORDS


class ContactForm(PlainForm):
    """A contact that a person found."""

    channel = forms.ChoiceField(
        label=_("What is it?"),
        choices=[
            ("mail", _("A mail address")),
            ("telephone", _("A telephone number")),
            ("letter", _("An address on paper")),
        ],
        initial="telephone",
    )
    address = forms.CharField(
        label=_("The address or the number"),
        help_text=_("On paper one part a line: street, then post code and town. Without the firm's name."),
        error_messages={"required": _("Fill in the address or the number.")},
        max_length=400,
        widget=forms.Textarea(attrs={**PLAIN, "rows": 3}),
    )
    role = forms.ChoiceField(label=_("Whose is it?"), choices=list(WORDS["role"].items()), initial="general")
    language = forms.ChoiceField(label=_("Language"), choices=[("nl", "Nederlands"), ("en", "English")], initial="nl")
    evidence = forms.CharField(
        label=_("Where did you find it?"),
        help_text=_("Such as the trade register, or its web site."),
        error_messages={"required": _("Say where you found it, so that others can look again.")},
        max_length=300,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        channel, typed = data.get("channel"), data.get("address")
        if channel and typed:
            try:
                address_for(channel, typed)
            except AddressError:
                wrong = {
                    "mail": _("This is not a mail address that can be used."),
                    "telephone": _("This is not a telephone number that can be called. Write it as 020 123 4567."),
                    "letter": _("This does not fit: two to six lines of at most 45 signs, with a number in it."),
                }
                self.add_error("address", wrong[channel])
        return data


class ConfirmForm(PlainForm):
    """How a person has it from the organisation itself that a contact is right."""

    way = forms.ChoiceField(
        label=_("How did the organisation say so?"),
        choices=list(WORDS["confirmed-by"].items()),
        initial="telephone",
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how they said so."), "invalid_choice": _("Choose how they said so.")},
    )
    note = forms.CharField(
        label=_("What did you do?"),
        help_text=_("Such as: called the number in the trade register, and they read the address to me."),
        error_messages={"required": _("Write what you did, so that your colleagues know how sure it is.")},
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class RevokeForm(PlainForm):
    """Why it is not sure any more that a contact is right."""

    why = why_field(_("Why is it not sure any more?"), longest=LONGEST_NOTE)
