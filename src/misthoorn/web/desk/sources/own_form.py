"""The form with which a source of one's own is added."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from misthoorn.common.tlp import Tlp
from misthoorn.formats.registry import FORMATS
from misthoorn.intake.services.sources import Definition
from misthoorn.intake.sources.registry import TRANSPORTS
from misthoorn.web.desk.sources.forms import key_field, read, schedule_field, user_field
from misthoorn.web.forms import PLAIN, PlainForm
from misthoorn.web.labels import WORDS

_DELIVERED = ("events", "advisories", "lifts")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]++)*")


def _formats() -> list[tuple[str, Any]]:
    return [(one, WORDS["format"].get(one, one)) for one in FORMATS if FORMATS[one].kind in _DELIVERED]


def _ways() -> list[tuple[str, Any]]:
    return [("", WORDS["transport"]["brought"]), *((one, WORDS["transport"].get(one, one)) for one in TRANSPORTS)]


class OwnForm(PlainForm):
    """A source that the catalogue does not have: what it is, and how it comes."""

    name = forms.CharField(
        label=_("Name"),
        help_text=_("Warnings mention it. Choose one that recipients may read."),
        max_length=80,
        error_messages={"required": _("Fill in how this source is called.")},
        widget=forms.TextInput(attrs=PLAIN),
    )
    slug = forms.CharField(
        label=_("Short name"),
        help_text=_("Small letters, digits and dashes. Folders and addresses get it."),
        max_length=40,
        error_messages={"required": _("Fill in a short name.")},
        widget=forms.TextInput(attrs=PLAIN),
    )
    format = forms.ChoiceField(label=_("What does it deliver?"), choices=_formats)
    transport = forms.ChoiceField(label=_("How does it come?"), choices=_ways, required=False)
    address = forms.CharField(
        label=_("Address"),
        help_text=_("Only where it is fetched: https://…, or imaps://host/INBOX. Put no key in it."),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs=PLAIN),
    )
    schedule = schedule_field(required=False)
    user = user_field(required=False)
    key = key_field(required=False)
    silent_after = forms.IntegerField(
        label=_("After how many hours without a delivery is it silent?"),
        help_text=_("Then we raise an alarm. Leave it empty for no alarm."),
        min_value=1,
        max_value=8784,
        required=False,
        error_messages={"invalid": _("Write a number of hours."), "min_value": _("Write a number of hours.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    tlp = forms.ChoiceField(
        label=_("How far may it be shared?"), choices=[(one, f"TLP:{one}") for one in Tlp], initial=Tlp.AMBER
    )
    terms = forms.CharField(
        label=_("Terms of use"), max_length=200, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def clean_slug(self) -> str:
        typed: str = self.cleaned_data["slug"].strip()
        if not _SLUG.fullmatch(typed):
            raise ValidationError(_("Use small letters, digits and dashes only."))
        return typed

    def clean_schedule(self) -> str:
        typed: str = self.cleaned_data["schedule"]
        return read(typed) if typed.strip() else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        way, address = data.get("transport", ""), data.get("address", "")
        if way and not address:
            self.add_error("address", _("Fill in where it is fetched."))
        if not way and (address or data.get("schedule")):
            self.add_error("transport", _("Choose how it is fetched, or leave address and time empty."))
        return data

    def definition(self) -> Definition:
        """What was typed."""
        taken = ("slug", "name", "format", "transport", "address", "schedule", "silent_after", "tlp", "terms")
        return Definition(**{field: self.cleaned_data[field] for field in taken}, origin="desk")
