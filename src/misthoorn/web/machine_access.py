"""What all addresses for machines have in common: keys, problems (RFC 9457), the version, and how often one may ask."""

from functools import wraps
from http import HTTPStatus
from typing import cast

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from misthoorn.web.guards import View

VERSION = "1.0.0"


def problem(status: HTTPStatus, detail: str, **headers: str) -> HttpResponse:
    """What went wrong, for programs and people."""
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    return JsonResponse(body, status=status, content_type="application/problem+json", headers=headers)


def versioned(view: View) -> View:
    """Every answer says which version of the interface gave it."""

    @wraps(view)
    def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response["API-Version"] = VERSION
        return response

    return cast("View", answered)


def bearer(request: HttpRequest) -> str:
    """The key that came with a request (RFC 6750); "" without one."""
    kind, _, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if kind.lower() == "bearer" else ""


def is_too_often(who: str, *, most: int, now: float) -> bool:
    """Count one more; whether this one asked more than so often in the present minute."""
    key = f"{who}-{int(now // 60)}"
    cache.add(key, 0, timeout=120)
    try:
        return cache.incr(key) > most
    except ValueError:  # it went between the two lines
        return False
