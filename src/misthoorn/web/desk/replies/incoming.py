from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from misthoorn.common import clock
from misthoorn.notification import services
from misthoorn.notification.incoming import queries
from misthoorn.notification.incoming.outcome import mark_read
from misthoorn.web.guards import desk, looks_at, person
from misthoorn.web.labels import WORDS
from misthoorn.web.parameters import or_404

SHOWN = 200


@desk
@looks_at("incoming mails")
@require_safe
def incoming(request: HttpRequest) -> HttpResponse:
    """Mails that came back and wait for a person, or those that are done."""
    done = request.GET.get("state") == "done"
    rows = queries.incoming(waiting=not done, limit=SHOWN)
    return render(
        request, "misthoorn/desk/replies/incoming.html", {"rows": rows, "done": done, "waiting": queries.to_read()}
    )


@desk
@looks_at("incoming mail")
@require_safe
def one(request: HttpRequest, incoming: int) -> HttpResponse:
    """One mail with what it is about, and the answers that a person can read in it."""
    found = or_404(queries.incoming_mail(incoming))
    return render(
        request, "misthoorn/desk/replies/incoming_mail.html", {"mail": found, "answers": WORDS["answer"].items()}
    )


@desk
@require_POST
def read(request: HttpRequest, incoming: int) -> HttpResponse:
    """Note that somebody read it, and the answer that stands in it, if any."""
    found, answer = queries.incoming_mail(incoming), request.POST.get("answer", "")
    if found is None:
        raise Http404
    try:
        with transaction.atomic():
            if answer and found.notice is not None:
                services.record_reply(notice=found.notice, answer=answer, text=found.text, now=clock.now())
            noted = mark_read(incoming=incoming, person=person(request), at=clock.now())
    except services.ReplyError:
        messages.error(request, _("The answer was not noted: choose one of the five, or none."))
        return redirect("desk-incoming-one", incoming)
    if noted:
        messages.success(request, _("Noted. It no longer waits for anybody."))
    return redirect("desk-incoming")
