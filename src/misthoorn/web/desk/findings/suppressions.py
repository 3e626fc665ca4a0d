from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from misthoorn.common import clock
from misthoorn.constituency import queries as constituency
from misthoorn.triage import services
from misthoorn.triage import suppression as silence
from misthoorn.web.guards import desk, person

SHOWN = 500


@desk
@require_safe
def suppressions(request: HttpRequest) -> HttpResponse:
    """What nobody is warned about now, or was not, with what each names and how many findings it silences."""
    now = clock.now()
    over = request.GET.get("state") == "over"
    found = silence.suppressions(now=now, ended=over, limit=SHOWN)
    owners = constituency.organisations({one.organisation for one in found if one.organisation})
    assets = constituency.assets({one.asset for one in found if one.asset})
    counted = silence.counts(now=now)
    rows = [
        (one, owners.get(one.organisation or 0), assets.get(one.asset or 0), counted.get(one.id, 0)) for one in found
    ]
    return render(request, "misthoorn/desk/findings/suppressions.html", {"rows": rows, "over": over})


@desk
@require_POST
def end(request: HttpRequest, suppression: int) -> HttpResponse:
    """End a suppression before its day."""
    try:
        reference = services.end_suppression(suppression=suppression, person=person(request), now=clock.now())
    except services.SuppressionError:
        messages.error(request, _("Nothing was changed: this suppression is over already, or never was."))
    else:
        text = _("%(reference)s is over. What it silenced is proposed again.")
        messages.success(request, text % {"reference": reference})
    return redirect("desk-suppressions")
