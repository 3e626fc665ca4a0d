"""Where sources deliver by themselves: POST with a key of their own. Errors are problem+json (RFC 9457)."""

import re
from http import HTTPStatus
from typing import BinaryIO, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from misthoorn.common import clock
from misthoorn.intake import source_queries
from misthoorn.intake.services import Brought, IntakeError, receive
from misthoorn.web.guards import public
from misthoorn.web.limits import Limit
from misthoorn.web.machine_access import bearer, is_too_often, problem, versioned

WRONG_KEYS = Limit("push-key", tries=20, seconds=600)
_NAME = re.compile(r'filename="?([^";]{1,255})')


@public
@csrf_exempt
@versioned
def deliver(request: HttpRequest) -> HttpResponse:
    """Keep a delivery and answer with its number; a worker reads it."""
    if request.method != "POST":
        return problem(HTTPStatus.METHOD_NOT_ALLOWED, "Deliveries are sent with POST.", Allow="POST")
    now = clock.now().timestamp()
    if WRONG_KEYS.is_reached(request, now=now):
        wait = str(WRONG_KEYS.minutes_left(now=now) * 60)
        return problem(HTTPStatus.TOO_MANY_REQUESTS, "Too many wrong keys. Wait a while.", **{"Retry-After": wait})
    source = source_queries.source_of_push(bearer(request))
    if source is None:
        WRONG_KEYS.count(request, now=now)
        detail = "Send the key of the source in the header Authorization: Bearer KEY."
        return problem(HTTPStatus.UNAUTHORIZED, detail, **{"WWW-Authenticate": "Bearer"})
    return _refused(request, source, now=now) or _kept(request, source)


def _refused(request: HttpRequest, source: str, *, now: float) -> HttpResponse | None:
    length = request.META.get("CONTENT_LENGTH") or ""
    if not (length.isascii() and length.isdigit()):
        return problem(HTTPStatus.LENGTH_REQUIRED, "Say how long the delivery is, in the header Content-Length.")
    if not int(length):
        return problem(HTTPStatus.BAD_REQUEST, "The delivery is empty. Send the file as the body.")
    if int(length) > settings.PUSH_BYTES:
        most = settings.PUSH_BYTES >> 20
        return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A delivery has at most {most} MiB. Send it in parts.")
    if is_too_often(f"push-{source}", most=settings.PUSH_RATE, now=now):
        detail = f"At most {settings.PUSH_RATE} deliveries a minute. Wait, and send it again."
        return problem(HTTPStatus.TOO_MANY_REQUESTS, detail, **{"Retry-After": "60"})
    return None


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
