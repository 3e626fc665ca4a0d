"""Forms for messages to many."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from misthoorn.constituency.vocabulary import PROVINCES, SECTORS, SIZES
from misthoorn.triage.services import BroadcastDraft
from misthoorn.web.forms import PlainForm, offer
from misthoorn.web.labels import WORDS
from misthoorn.web.labels.broadcasts import BROADCAST_KINDS

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise
from misthoorn.web.forms import NoteForm

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


class BroadcastTurnForm(NoteForm):
    """Reject a message to many, stop it, or let it go on, with the reason."""

    act = forms.ChoiceField(choices=[("reject", ""), ("stop", ""), ("resume", "")], widget=forms.HiddenInput)
