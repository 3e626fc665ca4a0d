from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from misthoorn.common import clock
from misthoorn.notification.letters_and_calls import letter_files, letters
from misthoorn.web.desk.letters.forms import BatchForm, ReturnedForm
from misthoorn.web.guards import desk, looks_at, person
from misthoorn.web.labels.letters_and_calls import TROUBLE
from misthoorn.web.parameters import or_404

SHOWN = 50


def _overview(request: HttpRequest, *, form: BatchForm, returned: ReturnedForm, status: int = 200) -> HttpResponse:
    now = clock.now()
    context = {
        "waiting": letters.waiting(now=now, limit=SHOWN),
        "count": letters.count_waiting(now=now),
        "batches": letters.batches(),
        "form": form,
        "returned": returned,
    }
    return render(request, "misthoorn/desk/letters/letters.html", context, status=status)


@desk
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Letters that wait, the batches that were made of them, and what the post brought back."""
    return _overview(request, form=BatchForm(), returned=ReturnedForm())


@desk
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """Put letters in a batch; the first of them are printed at once."""
    form = BatchForm(request.POST)
    if not form.is_valid():
        return _overview(request, form=form, returned=ReturnedForm(), status=400)
    batch = letters.make_batch(limit=form.cleaned_data["limit"], person=person(request), now=clock.now())
    if batch is None:
        messages.info(request, _("No letter is left to print. What no longer held was withheld."))
        return redirect("desk-letters")
    _print_more(request, batch)
    return redirect("desk-letters-one", batch)


def _print_more(request: HttpRequest, batch: int) -> None:
    """One piece, and the whole when that was all of it."""
    try:
        far = letter_files.print_more(batch)
        if far.done == far.total and not far.ready:
            letter_files.print_more(batch)
    except letter_files.LetterError as error:
        messages.error(request, str(TROUBLE[error.code]))


@desk
@looks_at("letters")
@require_safe
def one(request: HttpRequest, letter_batch: int) -> HttpResponse:
    """One batch: how far its file is, its letters, and what to take out of the pile."""
    found = or_404(letters.batch(letter_batch))
    rows, pages = letters.letters_of(letter_batch), letter_files.pages_of(letter_batch)
    context = {
        "batch": found,
        "progress": letter_files.progress(letter_batch),
        "rows": [(row, pages.get(row.number)) for row in rows],
        "pages": sum(pages.values()),
        "out": [row for row in rows if row.state in {"withheld", "expired"}],
    }
    return render(request, "misthoorn/desk/letters/batch.html", context)


@desk
@require_POST
def print_on(request: HttpRequest, letter_batch: int) -> HttpResponse:
    """Make the next piece of the file now, beside the workers."""
    _print_more(request, letter_batch)
    return redirect("desk-letters-one", letter_batch)


@desk
@looks_at("letters")
@require_safe
def pdf(request: HttpRequest, letter_batch: int) -> HttpResponseBase:
    """All letters of a batch as one file."""
    file = letter_files.pdf_of(letter_batch)
    if not file.is_file():
        messages.info(request, _("This file is not ready, or the batch was posted."))
        return redirect("desk-letters-one", letter_batch)
    return FileResponse(file.open("rb"), content_type="application/pdf", as_attachment=True, filename=file.name)


@desk
@looks_at("letters")
@require_safe
def addresses(request: HttpRequest, letter_batch: int) -> HttpResponse:  # noqa: ARG001  as every view
    """The addresses of a batch as CSV."""
    or_404(letters.batch(letter_batch))
    name = letter_files.pdf_of(letter_batch).with_suffix(".csv").name
    answer = HttpResponse(letter_files.address_sheet(letter_batch), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@desk
@require_POST
def post(request: HttpRequest, letter_batch: int) -> HttpResponse:
    """The pile goes to the post: hand the letters over, and say which to take out."""
    try:
        posted = letters.post_batch(letter_batch, person=person(request), now=clock.now())
    except letters.LetterError as error:
        messages.error(request, str(TROUBLE[error.code]))
        return redirect("desk-letters")
    text = ngettext("%(n)s letter is handed over.", "%(n)s letters are handed over.", posted.letters)
    messages.success(request, text % {"n": posted.letters})
    if posted.taken_out:
        messages.warning(request, _("Some letters may no longer go. Take them out of the pile: they stand below."))
    return redirect("desk-letters-one", letter_batch)


@desk
@require_POST
def returned(request: HttpRequest) -> HttpResponse:
    """Note a letter that came back; the next way is taken by itself."""
    form = ReturnedForm(request.POST)
    if form.is_valid():
        try:
            line = letters.note_returned(**form.cleaned_data, person=person(request), now=clock.now())
        except letters.LetterError as error:
            form.add_error("number", str(TROUBLE[error.code]))
        else:
            text = _("Noted: the letter to %(name)s came back. The next way to reach it is taken by itself.")
            messages.success(request, text % {"name": line.organisation_name})
            return redirect("desk-letters")
    return _overview(request, form=BatchForm(), returned=form, status=400)
