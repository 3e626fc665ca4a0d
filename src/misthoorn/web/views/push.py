"""Where sources deliver by themselves: POST with a key of their own. Errors are problem+json (RFC 9457)."""

import re
from functools import wraps
from http import HTTPStatus
from typing import BinaryIO, cast

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from misthoorn.common import clock
from misthoorn.intake import source_queries
from misthoorn.intake.services import Brought, IntakeError, receive
from misthoorn.web.guards import View, public
from misthoorn.web.limits import Limit

VERSION = "1.0.0"
WRONG_KEYS = Limit("push-key", tries=20, seconds=600)
_NAME = re.compile(r'filename="?([^";]{1,255})')


def problem(status: HTTPStatus, detail: str, **headers: str) -> HttpResponse:
    """What went wrong, for programs and people."""
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    return JsonResponse(body, status=status, content_type="application/problem+json", headers=headers)


def _versioned(view: View) -> View:
    @wraps(view)
    def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response["API-Version"] = VERSION
        return response

    return cast("View", answered)


@public
@csrf_exempt
@_versioned
def deliver(request: HttpRequest) -> HttpResponse:
    """Keep a delivery and answer with its number; a worker reads it."""
    if request.method != "POST":
        return problem(HTTPStatus.METHOD_NOT_ALLOWED, "Deliveries are sent with POST.", Allow="POST")
    now = clock.now().timestamp()
    if WRONG_KEYS.is_reached(request, now=now):
        wait = str(WRONG_KEYS.minutes_left(now=now) * 60)
        return problem(HTTPStatus.TOO_MANY_REQUESTS, "Too many wrong keys. Wait a while.", **{"Retry-After": wait})
    source = source_queries.source_of_push(_key(request))
    if source is None:
        WRONG_KEYS.count(request, now=now)
        detail = "Send the key of the source in the header Authorization: Bearer KEY."
        return problem(HTTPStatus.UNAUTHORIZED, detail, **{"WWW-Authenticate": "Bearer"})
    return _refused(request, source, now=now) or _kept(request, source)


def _refused(request: HttpRequest, source: str, *, now: float) -> HttpResponse | None:
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdigit():
        return problem(HTTPStatus.LENGTH_REQUIRED, "Say how long the delivery is, in the header Content-Length.")
    if not int(length):
        return problem(HTTPStatus.BAD_REQUEST, "The delivery is empty. Send the file as the body.")
    if int(length) > settings.PUSH_BYTES:
        most = settings.PUSH_BYTES >> 20
        return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A delivery has at most {most} MiB. Send it in parts.")
    if _is_too_often(source, minute=int(now // 60)):
        detail = f"At most {settings.PUSH_RATE} deliveries a minute. Wait, and send it again."
        return problem(HTTPStatus.TOO_MANY_REQUESTS, detail, **{"Retry-After": "60"})
    return None


def _is_too_often(source: str, *, minute: int) -> bool:
    key = f"push-{source}-{minute}"
    cache.add(key, 0, timeout=120)
    try:
        return cache.incr(key) > settings.PUSH_RATE
    except ValueError:  # it went between the two lines
        return False


def _kept(request: HttpRequest, source: str) -> HttpResponse:
    name = _NAME.search(request.headers.get("Content-Disposition", ""))
    shown = name[1] if name else f"push-{clock.now():%Y%m%dT%H%M%S}"
    try:
        delivery = receive(
            cast("BinaryIO", request),
            source=source,
            name=shown,
            at=clock.now(),
            brought=Brought(origin="pushed by the source"),
        )
    except IntakeError as error:
        return problem(HTTPStatus.CONFLICT, str(error))
    except OSError:
        return problem(HTTPStatus.BAD_REQUEST, "The delivery broke off. Nothing was kept; send it again.")
    return JsonResponse({"batch": delivery.batch, "again": delivery.again}, status=HTTPStatus.ACCEPTED)


def _key(request: HttpRequest) -> str:
    kind, _, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if kind.lower() == "bearer" else ""
