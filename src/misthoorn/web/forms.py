"""What all forms share: sentences instead of the browser's errors, and fields that more than one has."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

PLAIN = {"autocomplete": "off", "spellcheck": "false"}  # of a line that is no prose


def why_field(label: Any = "", *, longest: int, **error_messages: Any) -> forms.CharField:  # noqa: ANN401  lazy texts
    """Why a person decides something: colleagues read it later, so it is never empty."""
    return forms.CharField(
        label=label or _("Why?"),
        help_text=_("Your colleagues read this later."),
        max_length=longest,
        error_messages={"required": _("Write why, so that your colleagues know later."), **error_messages},
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def how_known_field() -> forms.CharField:
    """On what it rests that something was obtained lawfully, or not."""
    wrong = _("Write how you know, so that your colleagues know later.")
    return why_field(_("How do you know?"), longest=300, required=wrong)


def until_field(help_text: Any, **error_messages: Any) -> forms.DateField:  # noqa: ANN401  lazy texts
    """The last day of something; it may stay empty unless a text says what to do then."""
    return forms.DateField(
        label=_("Until which day?"),
        help_text=help_text,
        required="required" in error_messages,
        error_messages={"invalid": _("This is not a day. Write it as 2027-11-24."), **error_messages},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d-%m-%Y"],
    )


def offer(form: forms.Form, name: str, choices: list[tuple[Any, Any]]) -> None:
    """Let a field offer these choices."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101  each caller declares it so
    field.choices = choices


class PlainForm(forms.Form):
    """A form whose errors come from us, in sentences, and not from the browser."""

    use_required_attribute = False


class NoteForm(PlainForm):
    """Why something is decided so."""

    note = why_field(longest=2000)
