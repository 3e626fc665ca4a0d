"""Forms for letters, calls, and for who is asked by telephone whether a warning is genuine."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from misthoorn.common.clock import AMSTERDAM
from misthoorn.constituency.addresses import AddressError, address_for
from misthoorn.constituency.contacts.register import LONGEST_NOTE
from misthoorn.notification.answers.authenticity import WAYS, read_proof
from misthoorn.notification.channels.telephone.outcomes import outcomes
from misthoorn.notification.letters_and_calls.letters import MOST
from misthoorn.web.forms import PLAIN, offer, why_field
from misthoorn.web.labels import WORDS
from misthoorn.web.labels.letters_and_calls import RETURNED, TROUBLE
from misthoorn.web.parameters import spoken
from misthoorn.web.site.forms import PlainForm, read_domain, read_number

_LONGEST_INPUT = 320


class BatchForm(PlainForm):
    """How many letters go into a batch."""

    limit = forms.IntegerField(
        label=_("How many at most?"),
        help_text=_("The most urgent go first. The rest stays in the list."),
        min_value=1,
        max_value=MOST,
        initial=100,
        error_messages={
            "required": TROUBLE["limit"],
            "invalid": TROUBLE["limit"],
            "min_value": TROUBLE["limit"],
            "max_value": TROUBLE["limit"],
        },
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class ReturnedForm(PlainForm):
    """A letter that the post brought back."""

    number = forms.CharField(
        label=_("Number on the letter"),
        help_text=_("12 digits, at the top right."),
        error_messages={"required": TROUBLE["number"]},
        max_length=_LONGEST_INPUT,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    reason = forms.ChoiceField(
        label=_("Why did it come back?"),
        choices=[("", "–"), *RETURNED.items()],
        error_messages={"required": TROUBLE["reason"], "invalid_choice": TROUBLE["reason"]},
    )

    def clean_number(self) -> str:
        return read_number(self.cleaned_data["number"])


class OutcomeForm(PlainForm):
    """How a call ended."""

    outcome = forms.ChoiceField(
        label=_("How did the call end?"),
        widget=forms.RadioSelect,
        error_messages={"required": TROUBLE["outcome"], "invalid_choice": TROUBLE["outcome"]},
    )
    messages = forms.MultipleChoiceField(
        label=_("What did you tell?"),
        help_text=_("Only when you told it."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    answer = forms.ChoiceField(
        label=_("Did they say what they do with it?"),
        choices=[("", _("No, or not yet")), *WORDS["answer"].items()],
        required=False,
    )
    again_at = forms.DateTimeField(
        label=_("When to call back?"),
        help_text=_("Only for an agreed time. Dutch time."),
        required=False,
        error_messages={"invalid": TROUBLE["again"]},
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%d-%m-%Y %H.%M", "%d-%m-%Y %H:%M"],
    )
    note = forms.CharField(
        label=_("Note"),
        help_text=_("For your colleagues: whom you spoke, whom to ask for. No passwords. At most 500 signs."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, told: list[tuple[int, str]], **kwargs: Any) -> None:  # noqa: ANN401  as Django has them
        super().__init__(*args, **kwargs)
        offer(self, "outcome", [(one.code, one.names[spoken()]) for one in outcomes().values()])
        offer(self, "messages", [(str(pk), text) for pk, text in told])
        self.fields["messages"].initial = [str(pk) for pk, _text in told]

    def clean_again_at(self) -> datetime | None:
        """What was typed is Dutch time, whatever the server's zone."""
        typed = self.cleaned_data["again_at"]
        return typed.replace(tzinfo=AMSTERDAM) if typed else None


class WayForm(PlainForm):
    """A number, the way in which somebody was told, and what proves that it was them."""

    number = forms.CharField(
        label=_("Number of the warning"),
        help_text=_("12 digits, as the caller reads them."),
        error_messages={"required": _("Fill in the number that the caller reads.")},
        max_length=_LONGEST_INPUT,
        widget=forms.TextInput(
            attrs={"class": "mh-groot-veld", "inputmode": "numeric", "autocomplete": "off"},
        ),
    )
    way = forms.ChoiceField(
        label=_("How did they get it?"),
        choices=[
            ("mail", _("By mail: ask for the mail domain")),
            ("letter", _("By letter: ask for the post code")),
            ("telephone", _("By telephone: ask which number was called")),
        ],
        initial="mail",
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how they got it."), "invalid_choice": _("Choose how they got it.")},
    )
    proof = forms.CharField(
        label=_("Mail domain, post code or telephone number"),
        help_text=_("A real number alone proves nothing."),
        error_messages={"required": _("Ask for the mail domain, the post code or the telephone number.")},
        max_length=_LONGEST_INPUT,
        widget=forms.TextInput(attrs={**PLAIN, "autocapitalize": "none"}),
    )

    def clean_number(self) -> str:
        return read_number(self.cleaned_data["number"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        way, proof = data.get("way"), data.get("proof", "")
        if way == "mail" and proof:
            try:
                data["proof"] = read_domain(proof)
            except forms.ValidationError as error:
                self.add_error("proof", error)
        elif way in WAYS and proof and not read_proof(way, proof):
            wrong = {
                "letter": _("This is not a post code. Write it as 1234 AB."),
                "telephone": _("This is not a telephone number. Write it as 020 123 4567."),
            }
            self.add_error("proof", wrong[way])
        return data


class PublicWayForm(WayForm):
    """The same, as a recipient fills it in."""

    way = forms.ChoiceField(
        label=_("How did we tell you?"),
        choices=[("letter", _("With a letter")), ("telephone", _("With a telephone call"))],
        initial="letter",
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose: a letter or a call."),
            "invalid_choice": _("Choose: a letter or a call."),
        },
    )
    proof = forms.CharField(
        label=_("Your post code, or the telephone number on which we called"),
        help_text=_("A real number in a letter to somebody else proves nothing."),
        error_messages={"required": _("Fill in the post code of the letter, or the number on which we called.")},
        max_length=_LONGEST_INPUT,
        widget=forms.TextInput(attrs=PLAIN),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  as Django has them
        super().__init__(*args, **kwargs)
        self.fields["number"].help_text = _("12 digits. They stand at the top of a letter; in a call we say them.")
        self.fields["number"].error_messages["required"] = _("Fill in the number from the letter or the call.")


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
