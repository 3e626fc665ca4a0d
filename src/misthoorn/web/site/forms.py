"""Forms of the public pages. Errors are sentences that say what to do."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from misthoorn.common.numbers import CODE_ALPHABET, CODE_LENGTH, NUMBER_LENGTH, is_number, tidy_code, tidy_number
from misthoorn.constituency.addresses import AddressError, mail_address
from misthoorn.notification.addresses import mail_domain
from misthoorn.notification.answers.authenticity import WAYS, read_proof
from misthoorn.web.forms import PLAIN, PlainForm
from misthoorn.web.labels import WORDS

_LONGEST_INPUT = 320


_TEXT_LENGTH = 2000


def read_number(typed: str) -> str:
    """The 12 digits of a warning number as a person typed it.

    Raises:
        ValidationError: other signs than digits, another count, or check digits that do not fit.
    """
    tidy = tidy_number(typed)
    if len(tidy) == CODE_LENGTH and set(tidy.upper()) <= set(CODE_ALPHABET) and not tidy.isdigit():
        raise ValidationError(_("This looks like the answer code. The number of the warning has 12 digits."))
    if re.search(r"[^0-9]", tidy):
        raise ValidationError(_("A number has only digits. Type the 12 digits; dashes and spaces may stay."))
    if len(tidy) != NUMBER_LENGTH:
        raise ValidationError(
            ngettext("There is %(n)s digit. A number has 12.", "There are %(n)s digits. A number has 12.", len(tidy))
            % {"n": len(tidy)},
        )
    if not is_number(tidy):
        raise ValidationError(
            _(
                "There is almost certainly a typing error in this number. Compare it digit by digit. Does it stand in "
                "your message exactly like this? Then the message is not from us: click on nothing, and call us."
            ),
        )
    return tidy


def read_domain(typed: str) -> str:
    """The mail domain of what a person typed: a domain, a mail address or a web address; A-labels, lower case.

    Raises:
        ValidationError: it is none of these.
    """
    domain = mail_domain(re.sub(r"^\s*[A-Za-z]+://([^/:]*).*$", r"\1", typed, flags=re.DOTALL).strip("<> "))
    if "." not in domain:
        raise ValidationError(
            _("This is not a mail domain. Type the part after the @ of your address, such as yourbusiness.example."),
        )
    return domain


def read_code(typed: str) -> str:
    """The answer code as a person typed it, in capitals, without dash.

    Raises:
        ValidationError: another length, or signs that no code has.
    """
    tidy = tidy_code(typed)
    if is_number(tidy):
        raise ValidationError(_("This is the number of the warning. The code has 8 signs and stands near the end."))
    if len(tidy) != CODE_LENGTH:
        raise ValidationError(
            ngettext("There is %(n)s sign. A code has 8.", "There are %(n)s signs. A code has 8.", len(tidy))
            % {"n": len(tidy)},
        )
    strange = sorted(set(tidy) - set(CODE_ALPHABET))
    if strange:
        raise ValidationError(
            _("A code never has %(signs)s in it. Look at it once more: perhaps it is another sign that looks alike.")
            % {"signs": ", ".join(strange)},
        )
    return tidy


class CheckForm(PlainForm):
    """A warning number and the mail domain that the warning came to."""

    number = forms.CharField(
        label=_("Number of the warning"),
        help_text=_("12 digits. They stand in the subject and at the end of the message. Dashes may stay."),
        error_messages={"required": _("Fill in the number that stands in your message.")},
        max_length=_LONGEST_INPUT,
        widget=forms.TextInput(
            attrs={"class": "mh-groot-veld", "inputmode": "numeric", "autocomplete": "off"},
        ),
    )
    domain = forms.CharField(
        label=_("On which mail domain did you get it?"),
        help_text=_("The part after the @ of your mail address, such as yourbusiness.example."),
        error_messages={"required": _("Fill in the part after the @ of the mail address that got the message.")},
        max_length=_LONGEST_INPUT,
        widget=forms.TextInput(
            attrs={**PLAIN, "autocapitalize": "none"},
        ),
    )

    def clean_number(self) -> str:
        return read_number(self.cleaned_data["number"])

    def clean_domain(self) -> str:
        return read_domain(self.cleaned_data["domain"])


class CodeForm(PlainForm):
    """The code that stands in a warning."""

    code = forms.CharField(
        label=_("Code from the message"),
        help_text=_("8 signs, for example KM7F-2Q9X."),
        error_messages={"required": _("Fill in the code that stands near the end of your message.")},
        max_length=_LONGEST_INPUT,
        widget=forms.TextInput(
            attrs={
                "class": "mh-groot-veld",
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
            },
        ),
    )

    def clean_code(self) -> str:
        return read_code(self.cleaned_data["code"])


class ReplyForm(PlainForm):
    """One of the five answers, with room for words."""

    answer = forms.ChoiceField(
        label=_("Which fits best?"),
        choices=list(WORDS["answer"].items()),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one of the five answers."),
            "invalid_choice": _("Choose one of the five answers."),
        },
    )
    passed_on_to = forms.EmailField(
        label=_("To whom may we pass it on?"),
        help_text=_("The mail address of your IT provider or colleague. We send this warning there, once."),
        error_messages={"invalid": _("This is not a mail address. Change it, or leave it empty.")},
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    text = forms.CharField(
        label=_("Would you like to explain?"),
        help_text=_("Do not put passwords or customers' data here. At most 2,000 signs."),
        error_messages={"max_length": _("This is longer than 2,000 signs. Make it shorter; nothing was sent yet.")},
        required=False,
        max_length=_TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    whose = forms.CharField(
        label=_("Not yours? Whose is it then?"),
        help_text=_("A name, or a number from the trade register, if you know it."),
        error_messages={"max_length": _("This is longer than 200 signs. Make it shorter; nothing was sent yet.")},
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    stop = forms.BooleanField(label=_("I want no more messages on this subject."), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("answer") != "passed_on":
            data["passed_on_to"] = ""
        if data.get("answer") != "not_ours":
            data["whose"] = ""
        return data


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
