from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from misthoorn.common import clock
from misthoorn.intake.lawfulness import state_origin
from misthoorn.intake.services import IntakeError
from misthoorn.triage.services.origins import ask_again, keep_back
from misthoorn.web.desk.sources.forms import OriginForm
from misthoorn.web.desk.sources.source import only_administrators
from misthoorn.web.guards import desk, person


@desk
@require_POST
def state(request: HttpRequest, source: str) -> HttpResponse:
    """An administrator says whether what a source delivers was obtained lawfully; what waited is asked about again."""
    only_administrators(request)
    form = OriginForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Nothing was kept: choose yes or no, and write how you know."))
        return redirect("desk-sources-one", source)
    lawful, note = form.cleaned_data["lawful"] == "yes", form.cleaned_data["note"]
    try:
        pk = state_origin(source=source, lawful=lawful, note=note, person=person(request), at=clock.now())
    except IntakeError:
        messages.error(request, _("Nothing was kept: there is no such source."))
        return redirect("desk-sources")
    if not lawful:
        keep_back(source=pk)
    ask_again(source=pk, now=clock.now())
    messages.success(request, _("Your answer is kept."))
    return redirect("desk-sources-one", source)
