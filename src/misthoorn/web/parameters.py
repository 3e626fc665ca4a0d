"""What a request asks for besides its form: the language, numbers that stand in an address, and what has such one."""

from typing import Literal

from django.http import Http404, HttpRequest
from django.utils.translation import get_language

type Language = Literal["nl", "en"]

_DIGITS = 9  # more is no number of ours


def spoken() -> Language:
    """The language of the reader."""
    return "en" if (get_language() or "nl")[:2] == "en" else "nl"


def mail_language(request: HttpRequest) -> Language:
    """The language in which a page shows a mail: what the address asks for, or the reader's own."""
    return "en" if request.GET.get("mail", spoken()) == "en" else "nl"


def number_of(text: str) -> int | None:
    """A number as an address has it; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None


def or_404[T](found: T | None) -> T:
    """What was found; a page that says that nothing is here, where nothing was."""
    if found is None:
        raise Http404
    return found
