from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from misthoorn.common import clock
from misthoorn.constituency import queries
from misthoorn.notification import webhooks as services
from misthoorn.notification.channels import HandOverError
from misthoorn.notification.channels.webhook.address import WebhookError
from misthoorn.web.desk.organisations.forms import WebhookForm
from misthoorn.web.desk.sources.source import is_administrator, only_administrators
from misthoorn.web.guards import desk, person
from misthoorn.web.parameters import or_404


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def webhooks(request: HttpRequest, organisation: int) -> HttpResponse:
    """The webhooks of an organisation; adding one answers with its secret, and is the only answer that does."""
    if request.method != "POST":
        return _page(request, organisation)
    only_administrators(request)
    form = WebhookForm(request.POST)
    if not form.is_valid():
        return _page(request, organisation, form=form)
    try:
        number, secret = services.add_webhook(
            organisation=organisation, at=clock.now(), person=person(request), **form.cleaned_data
        )
    except WebhookError as error:
        raise Http404 from error
    return _page(request, organisation, new=number, secret=secret)


@desk
@require_POST
def rotate(request: HttpRequest, organisation: int, webhook: int) -> HttpResponse:
    """Make a new secret; this answer is the only one that shows it."""
    only_administrators(request)
    _theirs(organisation, webhook)
    try:
        secret = services.rotate_webhook(contact=webhook, at=clock.now(), person=person(request))
    except WebhookError:
        messages.error(request, _("Nothing was changed: this webhook is stopped."))
        return redirect("desk-organisations-webhooks", organisation)
    return _page(request, organisation, new=webhook, secret=secret)


@desk
@require_POST
def stop(request: HttpRequest, organisation: int, webhook: int) -> HttpResponse:
    """Send nothing to it any more."""
    _theirs(organisation, webhook)
    services.stop_webhook(contact=webhook, at=clock.now(), person=person(request))
    messages.success(request, _("Stopped. Nothing is sent there any more."))
    return redirect("desk-organisations-webhooks", organisation)


@desk
@require_POST
def ping(request: HttpRequest, organisation: int, webhook: int) -> HttpResponse:
    """Post a test now, and say what was answered."""
    _theirs(organisation, webhook)
    try:
        answer = services.ping_webhook(contact=webhook, at=clock.now())
    except HandOverError as error:
        messages.error(request, _("It was not taken. What was said: %(reply)s") % {"reply": error.reply})
    except WebhookError:
        messages.error(request, _("Nothing was sent: this webhook is stopped."))
    else:
        messages.success(request, _("It was taken. What was said: %(reply)s") % {"reply": answer})
    return redirect("desk-organisations-webhooks", organisation)


def _theirs(organisation: int, webhook: int) -> None:
    if not any(one.machine.id == webhook for one in services.webhooks(organisation=organisation)):
        raise Http404


def _page(
    request: HttpRequest, pk: int, *, form: WebhookForm | None = None, new: int = 0, secret: str = ""
) -> HttpResponse:
    facts = or_404(queries.organisation(pk))
    values = {
        "organisation": facts,
        "webhooks": services.webhooks(organisation=pk),
        "form": form or WebhookForm(),
        "wrong": form,
        "new": new,
        "secret": secret,
        "administrator": is_administrator(request),
    }
    return render(request, "misthoorn/desk/organisations/webhooks.html", values)
