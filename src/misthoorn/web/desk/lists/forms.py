"""Forms for lists that people bring: the upload, how the columns are read, and what is said of the list."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from misthoorn.common.tlp import Tlp
from misthoorn.formats.tabular.table import Look
from misthoorn.formats.tabular.table_mapping import (
    COLUMN_ROLES,
    DATES,
    DECIMALS,
    DELIMITERS,
    ENCODINGS,
    LOCAL,
    MOST_SKIPPED,
    QUOTES,
    REASON_COLUMN,
    TableMapping,
)
from misthoorn.formats.values.rsit import TYPES
from misthoorn.web.forms import PlainForm, how_known_field, offer
from misthoorn.web.labels import WORDS

ZONES = (LOCAL, "UTC", "Europe/London", "America/New_York", "America/Los_Angeles", "Asia/Tokyo")
LONGEST_SHEET = 31  # what a spreadsheet itself allows


class UploadForm(PlainForm):
    """A list, and the source that it is of. `sources`: short name → name."""

    source = forms.ChoiceField(
        label=_("Of which source?"), error_messages={"required": _("Choose the source that this list is of.")}
    )
    file = forms.FileField(
        label=_("The list"),
        help_text=_(
            "CSV or TSV of at most 16 MiB, XLSX of at most 2 MiB (about 50,000 rows). "
            "Save a larger XLSX as CSV, or take it in with `misthoorn take-in`. "
            "Nothing is taken in yet: first you see how it is read."
        ),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("This file is empty. Choose another."),
        },
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xlsm,.gz"}),
    )

    def __init__(self, *args: Any, sources: dict[str, str], **kwargs: Any) -> None:  # noqa: ANN401  as Django has them
        super().__init__(*args, **kwargs)
        offer(self, "source", list(sources.items()))


class MappingForm(PlainForm):
    """How a list is read. What it proposes comes from a look at the list (`look`)."""

    sheet = forms.ChoiceField(label=_("Sheet"), required=False)
    skip = forms.IntegerField(
        label=_("Lines above the names of the columns"),
        min_value=0,
        max_value=MOST_SKIPPED,
        required=False,
        error_messages={
            "invalid": _("Fill in a whole number, such as 2."),
            "min_value": _("Fill in 0 or more."),
            "max_value": _("Fill in 100 or less."),
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    headed = forms.ChoiceField(label=_("Are there names of columns?"), required=False)
    encoding = forms.ChoiceField(label=_("Encoding"), required=False)
    delimiter = forms.ChoiceField(label=_("Between the columns"), required=False)
    quote = forms.ChoiceField(label=_("Around texts"), required=False)
    dates = forms.ChoiceField(label=_("Order in dates"), required=False)
    zone = forms.ChoiceField(label=_("Time zone"), required=False)
    decimal = forms.ChoiceField(label=_("Sign for decimals"), required=False)
    const_time = forms.CharField(
        label=_("Time"), help_text=_("Such as 23-11-2026 14:05."), required=False, max_length=60
    )
    const_identifier = forms.CharField(
        label=_("What was seen"), help_text=_("Such as open-rdp or CVE-2021-44228."), required=False, max_length=128
    )
    const_type = forms.ChoiceField(label=_("Type (RSIT)"), required=False)
    const_severity = forms.ChoiceField(label=_("Severity"), required=False)
    const_port = forms.CharField(label=_("Port"), required=False, max_length=5)

    def __init__(self, *args: Any, look: Look, **kwargs: Any) -> None:  # noqa: ANN401  as Django has them
        super().__init__(*args, **kwargs)
        self.initial = _initial(look.mapping)
        self.look = look
        for name, words in _WORDED.items():
            offer(self, name, list(WORDS[words].items()))
        zones = ZONES if look.mapping.zone in ZONES else (look.mapping.zone, *ZONES)
        offer(self, "zone", [(zone, zone) for zone in zones])
        types = [(f"{kind}", f"{class_} / {kind}") for class_, kinds in TYPES.items() for kind in kinds]
        offer(self, "const_type", [("", "–"), *types])
        offer(self, "const_severity", [("", "–"), *WORDS["severity"].items()])
        if look.spreadsheet:
            offer(self, "sheet", [(name, f"{name} ({_('hidden')})" if hid else name) for name, hid in look.sheets])
        for name in ("encoding", "delimiter", "quote") if look.spreadsheet else ("sheet",):
            del self.fields[name]
        names = [(name, name) for name in look.names if name != REASON_COLUMN]
        for role in COLUMN_ROLES:
            column = forms.ChoiceField(label=str(WORDS["list-role"][role]), choices=[("", "–"), *names], required=False)
            column.initial = look.mapping.columns.get(role, "")
            self.fields[f"col_{role}"] = column

    @property
    def columns(self) -> list[forms.BoundField]:
        """The fields that say which column means what."""
        return [self[f"col_{role}"] for role in COLUMN_ROLES]

    @property
    def file(self) -> list[forms.BoundField]:
        """The fields that say how the file is written."""
        return [self[name] for name in _FILE if name in self.fields]

    @property
    def constants(self) -> list[forms.BoundField]:
        """The fields that hold for all rows."""
        return [self[f"const_{role}"] for role in _CONSTANTS]

    def mapping(self) -> TableMapping:
        """What was chosen; for a valid form."""
        said = self.cleaned_data
        constants = {role: said[f"const_{role}"].strip() for role in _CONSTANTS}
        chosen = {role: said[f"col_{role}"] for role in COLUMN_ROLES if said[f"col_{role}"]}
        if "host" in chosen:
            chosen = {role: name for role, name in chosen.items() if role not in {"ip", "hostname"}}
        return replace(
            file_level(said, self.look.mapping),
            columns=chosen,
            constants={role: text for role, text in constants.items() if text},
            header=tuple(name for name in self.look.names if name != REASON_COLUMN),
        )


class SaidForm(PlainForm):
    """What its bringer says of a list."""

    lawful = forms.ChoiceField(
        label=_("Was this list obtained lawfully?"),
        choices=list(WORDS["lawful"].items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Answer this: a list of stolen data may not be used.")},
    )
    origin = forms.CharField(
        label=_("From whom is it, and how was it obtained?"),
        max_length=300,
        error_messages={"required": _("Fill in where it comes from: your colleagues look for it later.")},
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    tlp = forms.ChoiceField(
        label=_("Label for sharing (TLP)"),
        help_text=_("The stricter one of this and of the source counts."),
        choices=[("", _("As the source says")), *((label, f"TLP:{label}") for label in Tlp)],
        required=False,
    )
    save_as = forms.CharField(
        label=_("Keep this mapping under a name"),
        help_text=_("It is used again for the next list with the same columns."),
        required=False,
        max_length=60,
    )


class HeldForm(PlainForm):
    """The decision on a list that is held."""

    lawful = forms.ChoiceField(
        label=_("Was this list obtained lawfully?"),
        choices=list(WORDS["lawful-decision"].items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose yes or no.")},
    )
    note = how_known_field()


class QuarantineForm(PlainForm):
    """Which refused rows are shown. `sources` and `codes`: value → words."""

    source = forms.ChoiceField(label=_("Source"), required=False)
    reason = forms.ChoiceField(label=_("Reason"), required=False)
    days = forms.ChoiceField(label=_("Received"), required=False)

    def __init__(self, *args: Any, sources: dict[str, str], codes: dict[str, str], **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        offer(self, "source", [("", _("All")), *sources.items()])
        offer(self, "reason", [("", _("All")), *codes.items()])
        offer(self, "days", list(WORDS["age"].items()))


_WORDED = {
    "encoding": "list-encoding",
    "delimiter": "list-delimiter",
    "quote": "list-quote",
    "dates": "list-dates",
    "decimal": "list-decimal",
    "headed": "list-headed",
}
_FILE = ("sheet", "skip", "headed", "encoding", "delimiter", "quote", "dates", "zone", "decimal")
_CONSTANTS = ("time", "identifier", "type", "severity", "port")


def file_level(said: Mapping[str, Any], known: TableMapping) -> TableMapping:
    """The mapping with what a form says of the file itself, as far as it can be used."""
    chosen: dict[str, Any] = {}
    for name, values in (("encoding", ENCODINGS), ("delimiter", DELIMITERS), ("quote", QUOTES), ("dates", DATES)):
        if said.get(name) in values:
            chosen[name] = said[name]
    if said.get("decimal") in DECIMALS:
        chosen["decimal"] = said["decimal"]
    if said.get("zone") in {*ZONES, known.zone}:
        chosen["zone"] = said["zone"]
    if said.get("headed") in WORDS["list-headed"]:
        chosen["headed"] = said["headed"] == "yes"
    skip = str(said.get("skip", "") if said.get("skip") is not None else "").strip()
    if skip.isascii() and skip.isdigit() and len(skip) <= 3 and int(skip) <= MOST_SKIPPED:  # noqa: PLR2004  digits
        chosen["skip"] = int(skip)
    if isinstance(said.get("sheet"), str) and len(said["sheet"]) <= LONGEST_SHEET:
        chosen["sheet"] = said["sheet"]
    return replace(known, **chosen)


def _initial(mapping: TableMapping) -> dict[str, Any]:
    plain = {name: getattr(mapping, name) for name in _FILE}
    plain["headed"] = "no" if mapping.headed is False else "yes"
    return plain | {f"const_{role}": mapping.constants.get(role, "") for role in _CONSTANTS}
