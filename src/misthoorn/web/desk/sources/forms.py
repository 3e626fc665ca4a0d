"""Forms about sources. A key is typed and kept, and never shown again."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from misthoorn.common.tlp import Tlp
from misthoorn.intake.catalogue import CatalogueError, Entry, chosen
from misthoorn.intake.sources.schedule import ScheduleError, read_schedule
from misthoorn.web.forms import PLAIN, PlainForm, how_known_field
from misthoorn.web.parameters import spoken

_LONGEST = 100


def schedule_field(*, required: bool) -> forms.CharField:
    """When a source is fetched."""
    return forms.CharField(
        label=_("When is it fetched?"),
        help_text=_("Write every 15m, every 6h, daily 06:30 or weekly mon 06:30. Dutch time."),
        max_length=60,
        required=required,
        error_messages={"required": _("Write when it is fetched, such as every 6h.")},
        widget=forms.TextInput(attrs=PLAIN),
    )


def key_field(*, required: bool) -> forms.CharField:
    """A key: typed, and never shown."""
    return forms.CharField(
        label=_("Key or password"),
        help_text=_("It is kept in a file that only the service reads, and is never shown."),
        max_length=8_192,
        required=required,
        error_messages={"required": _("Fill in the key. You get it from the source.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


def user_field(*, required: bool) -> forms.CharField:
    """The name that goes with a key."""
    return forms.CharField(
        label=_("Name that goes with the key"),
        help_text=_("A user name, or the identifier of the key."),
        max_length=_LONGEST,
        required=required,
        error_messages={"required": _("Fill in the name that goes with the key.")},
        widget=forms.TextInput(attrs=PLAIN),
    )


def read(text: str) -> str:
    """A schedule as people write it, in its tidy form.

    Raises:
        ValidationError: it is none.
    """
    try:
        read_schedule(text)
    except ScheduleError as error:
        raise ValidationError(
            _("This is no schedule. Write every 15m, every 6h, daily 06:30 or weekly mon 06:30."),
        ) from error
    return " ".join(text.lower().split())


class ScheduleForm(PlainForm):
    """When a source is fetched; empty: no more by itself."""

    schedule = schedule_field(required=False)

    def clean_schedule(self) -> str:
        typed: str = self.cleaned_data["schedule"]
        return read(typed) if typed.strip() else ""


class KeyForm(PlainForm):
    """The key of a source."""

    user = user_field(required=False)
    key = key_field(required=True)


class AddForm(PlainForm):
    """A source of the catalogue: what it asks for, its key, its label, its schedule, and a yes to its terms."""

    tlp = forms.ChoiceField(label=_("How far may it be shared?"), choices=[(one, f"TLP:{one}") for one in Tlp])
    terms = forms.BooleanField(
        label=_("I read the terms, and we may use it so."),
        error_messages={"required": _("Read the terms, and tick this.")},
    )

    def __init__(self, data: Any = None, *, entry: Entry) -> None:  # noqa: ANN401  as Django has it
        super().__init__(data, initial={"tlp": entry.tlp, "schedule": entry.schedule})
        self.entry = entry
        for name, asked in entry.fill.items():
            self.fields[f"fill_{name}"] = forms.CharField(
                label=asked[spoken()],
                max_length=_LONGEST,
                error_messages={"required": _("Fill this in: without it there is no address.")},
                widget=forms.TextInput(attrs=PLAIN),
            )
        if entry.key != "none":
            if entry.key == "user":
                self.fields["user"] = user_field(required=True)
            self.fields["key"] = key_field(required=entry.key != "optional")
        self.fields["schedule"] = schedule_field(required=True)
        self.order_fields([*(f"fill_{name}" for name in entry.fill), "user", "key", "schedule", "tlp", "terms"])

    def clean_schedule(self) -> str:
        return read(self.cleaned_data["schedule"])

    def filled(self) -> Entry:
        """The entry with what was typed in it.

        Raises:
            CatalogueError: something typed can't stand in an address.
        """
        return chosen(self.entry.id, values={name: self.cleaned_data[f"fill_{name}"] for name in self.entry.fill})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.entry.fill and not self.errors:
            try:
                self.filled()
            except CatalogueError:
                self.add_error(
                    f"fill_{next(iter(self.entry.fill))}",
                    _("Use letters, digits, dots and dashes only; no https:// and no spaces."),
                )
        return data


class OriginForm(PlainForm):
    """Whether what a source delivers was obtained lawfully."""

    lawful = forms.ChoiceField(
        label=_("Was what it delivers obtained lawfully?"),
        choices=[("yes", pgettext_lazy("lawful", "Yes")), ("no", pgettext_lazy("lawful", "No"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose yes or no.")},
    )
    note = how_known_field()
