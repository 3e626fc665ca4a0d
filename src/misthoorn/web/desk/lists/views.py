from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from misthoorn.common import clock
from misthoorn.formats.tabular import table
from misthoorn.formats.tabular.refused_rows import is_spreadsheet, write_failed
from misthoorn.formats.tabular.table import Look
from misthoorn.formats.tabular.table_mapping import TableMapping, changes, from_plain, to_plain
from misthoorn.formats.tabular.table_preview import Preview, preview
from misthoorn.formats.values.schema import FormatError
from misthoorn.intake import queries
from misthoorn.intake.drafts import Draft, draft_of, drop_draft, keep_draft
from misthoorn.intake.lists import LISTS, fitting_name
from misthoorn.intake.services import Brought, IntakeError, decide_held, receive, save_mapping
from misthoorn.web.desk.lists.forms import HeldForm, MappingForm, SaidForm, UploadForm, file_level
from misthoorn.web.guards import desk, looks_at, person
from misthoorn.web.parameters import or_404
from misthoorn.web.sentences import said as said_of

SHOWN = 20
MOST_FAILED = 100_000


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def lists(request: HttpRequest) -> HttpResponse:
    """Bring a list; see those that wait for a decision, and the latest."""
    sources = {one.slug: one.name for one in queries.sources() if one.format in LISTS and not one.paused}
    form = UploadForm(request.POST or None, request.FILES or None, sources=sources)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            key = keep_draft(
                file.chunks(),
                person=person(request),
                source=form.cleaned_data["source"],
                name=file.name,
                at=clock.now(),
            )
        except IntakeError:
            form.add_error(
                "file",
                _(
                    "This list is too large for the site: XLSX may have 2 MiB here, CSV 16 MiB. Save an XLSX as CSV, "
                    "or take the list in with `misthoorn take-in`."
                ),
            )
        else:
            return redirect("desk-lists-one", key)
    brought = [one for source in sources for one in queries.batches(source=source, limit=SHOWN)]
    brought.sort(key=lambda one: one.received_at, reverse=True)
    mappings = [
        (sources[slug], name, mapping) for slug in sources for name, mapping in queries.mappings_of(slug).items()
    ]
    context = {"form": form, "sources": sources, "held": queries.held_batches(), "batches": brought[:SHOWN]}
    return render(request, "misthoorn/desk/lists/lists.html", {**context, "mappings": mappings})


@desk
@looks_at("list")
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, draft: UUID) -> HttpResponseBase:
    """How an uploaded list is read: seen, changed, tried and then taken in."""
    found = or_404(draft_of(draft))
    if request.POST.get("act") == "drop":
        drop_draft(found)
        messages.success(request, _("The list was thrown away. Nothing was taken in."))
        return redirect("desk-lists")
    saved = queries.mappings_of(found.source)
    with found.path.open("rb") as stream:
        name = fitting_name(saved, stream)
        known = from_plain(saved[name]) if name else TableMapping()
        context: dict[str, Any] = {"draft": found, "saved": name, "said": SaidForm(initial={"save_as": name})}
        try:
            tried = _tried(request.POST, stream, known)
        except FormatError as error:
            return render(request, "misthoorn/desk/lists/list.html", {**context, "problem": str(error)})
    context |= tried
    return _after(request, found, context)


def _tried(data: Mapping[str, Any], stream: Any, known: TableMapping) -> dict[str, Any]:  # noqa: ANN401  any file
    """The form for a list, what changed since its mapping was made, and what reading it gives, as the template has it.

    Raises:
        FormatError: the list can't be read as a whole.
    """
    look = looked(data, stream, known)
    form = MappingForm(only_there(data, look) if data else None, look=look)
    mapping = form.mapping() if form.is_valid() else look.mapping if not data else None
    changed = changes(known.header, look.names) if known.header else None
    found, problem = None, ""
    if mapping is not None:
        try:
            found = preview(stream, asked=mapping, now=clock.now())
        except FormatError as error:
            problem = str(error)
    return {"form": form, "look": look, "changed": changed, "found": found, "problem": problem, "mapping": mapping}


def looked(data: Mapping[str, Any], stream: Any, known: TableMapping) -> Look:  # noqa: ANN401  any file
    """The list as it is written by what the form says of the file; a renamed column is taken for the new one."""
    stream.seek(0)
    asked = file_level(data, known) if data else known
    look = table.look(stream, asked=asked)
    if set(asked.columns.values()) <= set(look.names):
        return replace(look, mapping=replace(look.mapping, header=look.names))
    stream.seek(0)
    renamed = changes(asked.header, look.names).renamed
    columns = {role: renamed.get(column, column) for role, column in asked.columns.items()}
    there = {role: column for role, column in columns.items() if column in look.names}
    return table.look(stream, asked=replace(asked, columns=there, header=()))


def only_there(data: Any, look: Look) -> Any:  # noqa: ANN401  as Django has it
    """The form's data with the proposed column, where one was chosen that is not in this header."""
    tidy = data.copy()
    chosen = {name: value for name, value in tidy.items() if name.startswith("col_") and value}
    if any(value not in look.names for value in chosen.values()) or not chosen:
        for name in [name for name in tidy if name.startswith("col_")]:
            tidy[name] = ""
        for role, column in look.mapping.columns.items():
            tidy[f"col_{role}"] = column
    return tidy


def _after(request: HttpRequest, draft: Draft, context: dict[str, Any]) -> HttpResponseBase:
    """What the button that was pressed asks for; else the page with what was tried."""
    act, found = request.POST.get("act"), context["found"]
    if act == "failed" and found and found.reading.refused:
        return _failed(draft, found)
    if act == "take" and found:
        context["said"] = SaidForm(request.POST)
        if context["said"].is_valid():
            return _take(request, draft, mapping=context["mapping"], said=context["said"].cleaned_data)
    elif request.method == "POST":
        context["said"] = SaidForm(initial={name: request.POST.get(name, "") for name in SaidForm.base_fields})
    return render(request, "misthoorn/desk/lists/list.html", context)


def _failed(draft: Draft, found: Preview) -> FileResponse:
    """The refused rows as a list of the same kind."""
    out = BytesIO()
    with draft.path.open("rb") as stream:
        whole = preview(stream, asked=found.look.mapping, now=clock.now(), most=MOST_FAILED)
        stream.seek(0)
        write_failed(out, received=stream, mapping=found.look.mapping, refused=whole.reading.refused_rows)
        stream.seek(0)
        ending = "xlsx" if is_spreadsheet(stream) else "csv"
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=f"failed-{draft.id.hex[:8]}.{ending}")


def _take(request: HttpRequest, draft: Draft, *, mapping: TableMapping, said: dict[str, Any]) -> HttpResponse:
    plain, who, now = to_plain(mapping), person(request), clock.now()
    try:
        if said["save_as"]:
            with draft.path.open("rb") as stream:
                loose = to_plain(table.loosened(mapping, stream))
            save_mapping(source=draft.source, name=said["save_as"], mapping=loose, person=who, at=now)
        brought = Brought(
            tlp=said["tlp"], origin=said["origin"], lawful=said["lawful"] == "yes", mapping=plain, person=who
        )
        with draft.path.open("rb") as stream:
            delivery = receive(stream, source=draft.source, name=draft.name, at=now, brought=brought)
    except IntakeError as error:
        messages.error(request, said_of(str(error)) or str(error))
        return redirect("desk-lists-one", draft.id)
    drop_draft(draft)
    if delivery.again:
        messages.warning(request, _("This list came before, with the same bytes. Nothing changed. Here it is."))
    elif said["lawful"] != "yes":
        messages.warning(request, _("The list is kept and held: nothing of it is read until a colleague decides."))
    else:
        messages.success(request, _("The list was taken in. A worker reads it now."))
    return redirect("desk-sources-batch", delivery.batch)


@desk
@looks_at("batch")
@require_http_methods(["GET", "HEAD", "POST"])
def held(request: HttpRequest, batch: int) -> HttpResponse:
    """A list that is held, and the decision on it."""
    facts = or_404(queries.batch(batch))
    if not facts.doubtful:
        return redirect("desk-sources-batch", batch)
    form = HeldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        lawful, note = form.cleaned_data["lawful"] == "yes", form.cleaned_data["note"]
        try:
            decide_held(batch=batch, lawful=lawful, note=note, person=person(request), at=clock.now())
        except IntakeError:
            messages.error(request, _("This list is not held any more: somebody decided meanwhile."))
        else:
            messages.success(request, _("Noted. A worker reads it now.") if lawful else _("Noted. It is never used."))
        return redirect("desk-sources-batch", batch)
    return render(request, "misthoorn/desk/lists/held.html", {"batch": facts, "form": form})
