"""Forms for messages to many."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from misthoorn.constituency.vocabulary import PROVINCES, SECTORS, SIZES
from misthoorn.triage.services import BroadcastDraft
from misthoorn.web.forms import PLAIN, offer
from misthoorn.web.labels import WORDS
from misthoorn.web.labels.broadcasts import BROADCAST_KINDS
from misthoorn.web.site.forms import PlainForm

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LONGEST_TITLE, LONGEST_TEXT = 100, 20_000
_REQUIRED_TEXT = _("Write the text; it is sent in both languages.")


def _title(label: "_StrPromise") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=LONGEST_TITLE,
        error_messages={
            "required": _("Write the title; it is sent in both languages."),
            "max_length": _("A title has at most 100 signs. Make it shorter."),
        },
    )


def _text(label: "_StrPromise", help_text: "_StrPromise | str") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=LONGEST_TEXT,
        error_messages={"required": _REQUIRED_TEXT, "max_length": _("This text is too long. Make it shorter.")},
        widget=forms.Textarea(attrs={"rows": 14}),
    )


def _ticks(label: "_StrPromise", words: tuple[str, ...], kind: str) -> forms.MultipleChoiceField:
    names = WORDS.get(kind, {})
    return forms.MultipleChoiceField(
        label=label,
        choices=[(word, names.get(word, word)) for word in words],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class BroadcastForm(PlainForm):
    """What is told to many, how bad it is, who may know it and whom it is for."""

    kind = forms.ChoiceField(label=_("To whom?"), choices=list(BROADCAST_KINDS.items()))
    severity = forms.ChoiceField(label=_("How bad is it?"), choices=list(WORDS["severity"].items()))
    tlp = forms.ChoiceField(
        label=_("Who may know this?"),
        help_text=_("Nothing stricter than TLP:GREEN goes to many."),
        choices=[
            ("GREEN", _("TLP:GREEN, within the community")),
            ("CLEAR", _("TLP:CLEAR, everybody")),
        ],
    )
    subject = forms.CharField(
        label=_("What is it about?"),
        help_text=_("A CVE number, if there is one. What was told is found by it later."),
        required=False,
        max_length=128,
    )
    title_nl = _title(_("Title in Dutch"))
    text_nl = _text(
        _("Text in Dutch"), _("Paragraphs with an empty line between them; a heading in capitals on its own line.")
    )
    title_en = _title(_("Title in English"))
    text_en = _text(_("Text in English"), "")
    sectors = _ticks(_("Only these sectors"), SECTORS, "sector")
    sizes = _ticks(_("Only these sizes"), SIZES, "size")
    provinces = _ticks(_("Only these provinces"), PROVINCES, "")

    def __init__(self, *args: Any, kind: str = "", **kwargs: Any) -> None:  # noqa: ANN401  as Django has them
        super().__init__(*args, **kwargs)
        if kind:  # a draft and an update stay what they are
            offer(self, "kind", [(kind, BROADCAST_KINDS[kind])])

    def draft(self) -> BroadcastDraft:
        """What was filled in, as the service takes it."""
        told = dict(self.cleaned_data)
        for name in ("sectors", "sizes", "provinces"):
            told[name] = tuple(told[name])
        return BroadcastDraft(**told)


class HandOverForm(PlainForm):
    """To which team, how, and how many findings the person saw. By telephone: who was told."""

    team = forms.CharField(max_length=40)
    way = forms.ChoiceField(choices=[("mail", ""), ("telephone", "")])
    seen = forms.IntegerField(min_value=1)
    note = forms.CharField(
        label=_("Whom did you tell it, and when?"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("way") == "telephone" and not str(data.get("note", "")).strip():
            self.add_error("note", _("Write whom you told it, and when."))
        return data


class TakeBackForm(PlainForm):
    """Who was told by telephone that what was handed over was wrong."""

    note = forms.CharField(max_length=500)


class ToldForm(PlainForm):
    """What is looked for in everything that was told; sent by POST, so that it stands in no address and no log."""

    text = forms.CharField(
        label=_("What are you looking for?"),
        help_text=_(
            "A mail address or mail domain, a name or register number, an address, network or host, "
            "the number of a warning, or a subject such as a CVE number."
        ),
        error_messages={"required": _("Type what you are looking for.")},
        max_length=300,
        widget=forms.TextInput(attrs=PLAIN),
    )
    before = forms.IntegerField(min_value=1, max_value=2**62, required=False, widget=forms.HiddenInput)
