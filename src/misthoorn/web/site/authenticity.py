"""Pages on which the number of a warning is looked up: one way for all of them, with a bound on guesses."""

from collections.abc import Callable
from typing import Any, Protocol

from django.forms import Form
from django.http import HttpRequest

from misthoorn.common import clock
from misthoorn.web.limits import Limit


class Looked(Protocol):
    """What came of looking a number up."""

    @property
    def outcome(self) -> str:
        """`genuine`, or why it is not."""


def look_up[Found: Looked](
    request: HttpRequest, form: Form, *, check: Callable[..., Found], limit: Limit
) -> tuple[dict[str, Any], Found | None, int]:
    """What the page shows, what was found, and the status. Whatever is not genuine counts as a guess."""
    if request.method != "POST":
        return {"form": form}, None, 200
    now = clock.now()
    if limit.is_reached(request, now=now.timestamp()):
        return {"form": form, "wait": limit.minutes_left(now=now.timestamp())}, None, 429
    if not form.is_valid():
        return {"form": form}, None, 400
    found = check(**form.cleaned_data, now=now)
    if found.outcome != "genuine":
        limit.count(request, now=now.timestamp())
    return {"form": form, "found": found}, found, 200
