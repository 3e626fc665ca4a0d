from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from misthoorn.notification import queries
from misthoorn.notification.attachments import files_of
from misthoorn.notification.facts import MessageFilter
from misthoorn.triage.campaigns.source_terms import sources_of_message
from misthoorn.web.guards import desk, looks_at
from misthoorn.web.parameters import number_of, or_404


@desk
@looks_at("messages")
@require_safe
def messages(request: HttpRequest) -> HttpResponse:
    """The log of messages, newest first, or those in one state."""
    counts = queries.messages_by_state()
    state = request.GET.get("state", "")
    state = state if state in counts else ""
    before, after = (number_of(request.GET.get(name, "")) for name in ("before", "after"))
    log = queries.message_log(filters=MessageFilter(state=state), before=before, after=after)
    return render(request, "misthoorn/desk/messages/messages.html", {"log": log, "state": state, "counts": counts})


@desk
@looks_at("message")
@require_safe
def message(request: HttpRequest, message: int) -> HttpResponse:
    """One message as it was sent, and each try to hand it over."""
    facts = or_404(queries.message(message))
    shown = {"sent": facts, "attached": files_of(message), "told_from": sources_of_message(message)}
    return render(request, "misthoorn/desk/messages/message.html", shown)
