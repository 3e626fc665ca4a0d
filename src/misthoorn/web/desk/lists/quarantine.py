from io import BytesIO
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from misthoorn.common import clock
from misthoorn.formats.tabular.refused_rows import write_failed
from misthoorn.formats.tabular.table_mapping import TableMapping, from_plain, to_plain
from misthoorn.formats.values.schema import FormatError
from misthoorn.intake import quarantine as kept
from misthoorn.intake import queries
from misthoorn.intake.facts import BatchFacts
from misthoorn.intake.lists import LISTS, fitting
from misthoorn.intake.services import IntakeError, leave_unread, preview_release, release_batch
from misthoorn.web.desk.lists.forms import MappingForm, QuarantineForm
from misthoorn.web.desk.lists.views import MOST_FAILED, looked, only_there
from misthoorn.web.guards import desk, looks_at, person
from misthoorn.web.labels import word
from misthoorn.web.parameters import or_404

LARGEST = 64 * 1024 * 1024  # bytes of a delivery that is read again to look at it; larger ones by command
SHOWN = 200


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def quarantine(request: HttpRequest) -> HttpResponse:
    """All refused rows, in groups; filtered by POST, as every search of the desk is."""
    now = clock.now()
    whole = kept.sums(now=now)
    names = {one.slug: one.name for one in queries.sources()}
    form = QuarantineForm(
        request.POST if request.method == "POST" else None,
        sources={slug: names[slug] for slug in whole.sources},
        codes={code: word(kind="refusal", value=code) for code in whole.codes},
    )
    said = form.cleaned_data if form.is_valid() else {}
    which: dict[str, Any] = {"source": said.get("source", ""), "code": said.get("reason", ""), "now": now}
    which["days"] = int(said["days"]) if said.get("days") else None
    found = kept.groups(**which, limit=SHOWN + 1)
    shown = {"form": form, "whole": whole, "part": kept.sums(**which), "groups": found[:SHOWN]}
    return render(request, "misthoorn/desk/lists/quarantine.html", {**shown, "more": len(found) > SHOWN})


@desk
@looks_at("batch")
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: HttpRequest, batch: int) -> HttpResponse:
    """What reading a delivery again would change, of a list with another mapping too; and doing it."""
    facts = or_404(queries.batch(batch))
    context: dict[str, Any] = {"batch": facts, "is_list": facts.source.format in LISTS}
    if facts.size > LARGEST:
        context["problem"] = _("This delivery is too large to look at here. Use `misthoorn quarantine release`.")
        return render(request, "misthoorn/desk/lists/quarantine_release.html", context)
    try:
        mapping = _mapping(request, facts, context)
        if not context.get("problem"):
            context["found"] = preview_release(batch=batch, now=clock.now(), mapping=mapping)
            if request.POST.get("act") == "release":
                release_batch(batch=batch, person=person(request), at=clock.now(), mapping=mapping)
                messages.success(request, _("The delivery is read again. Its findings are matched after that."))
                return redirect("desk-sources-batch", batch)
    except (IntakeError, FormatError) as error:
        context["problem"] = str(error)
    return render(request, "misthoorn/desk/lists/quarantine_release.html", context)


@desk
@require_POST
def leave(request: HttpRequest, batch: int) -> HttpResponse:
    """Leave unread what is not shown to be its maker's."""
    try:
        leave_unread(batch=batch, person=person(request), at=clock.now())
        messages.success(request, _("It stays unread, and is no longer told on the page of today. Its bytes are kept."))
    except IntakeError:
        messages.error(request, _("Nothing was changed: this delivery does not wait for that, or no longer."))
    return redirect("desk-sources-batch", batch)


def _mapping(request: HttpRequest, facts: BatchFacts, context: dict[str, Any]) -> dict[str, Any] | None:
    """Of a list, the mapping that the form says; it goes into the context with the form."""
    path = queries.received_path(facts)
    if not context["is_list"] or not path.exists():
        return None
    with path.open("rb") as stream:
        plain = facts.mapping or fitting(queries.mappings_of(facts.source.slug), stream)
        look = looked(request.POST, stream, from_plain(plain) if plain else TableMapping())
    form = context["form"] = MappingForm(only_there(request.POST, look) if request.POST else None, look=look)
    if not request.POST:
        return facts.mapping or None
    if not form.is_valid():
        context["problem"] = _("Something in the form is not right yet.")
        return None
    return to_plain(form.mapping())


@desk
@looks_at("batch")
@require_safe
def failed(request: HttpRequest, batch: int) -> HttpResponse | FileResponse:  # noqa: ARG001  the guard has it
    """The refused rows of a list as a list of the same kind, to be corrected and brought again."""
    facts = or_404(queries.batch(batch))
    if facts.source.format not in LISTS or not queries.received_path(facts).exists():
        return redirect("desk-quarantine-release", batch)
    out = BytesIO()
    with queries.received_path(facts).open("rb") as stream:
        plain = facts.mapping or fitting(queries.mappings_of(facts.source.slug), stream)
        rows = queries.refused_rows(batch=batch, limit=MOST_FAILED)
        try:
            write_failed(out, received=stream, mapping=from_plain(plain), refused=rows)
        except FormatError as error:
            raise Http404 from error
    out.seek(0)
    ending = "xlsx" if out.getvalue().startswith(b"PK") else "csv"
    return FileResponse(out, as_attachment=True, filename=f"failed-{batch}.{ending}")
