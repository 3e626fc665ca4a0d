from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from misthoorn.common import clock
from misthoorn.notification import text_versions
from misthoorn.notification.compose import ComposeError, Mail
from misthoorn.notification.compose.editing import as_file, problems_of, values_of
from misthoorn.notification.compose.facts import Language
from misthoorn.notification.compose.samples import sample_mail
from misthoorn.notification.compose.templates import library
from misthoorn.notification.compose.templates.files import shipped
from misthoorn.notification.compose.templates.library import Edition, Library
from misthoorn.notification.services import team
from misthoorn.notification.text_versions import EditionError, EditionFacts, TextProblemError
from misthoorn.web.desk.texts.difference import difference
from misthoorn.web.desk.texts.forms import RejectForm, TextForm
from misthoorn.web.guards import desk, person
from misthoorn.web.labels.texts import problem_in_words
from misthoorn.web.parameters import spoken


@dataclass(frozen=True, slots=True)
class _Line:
    kind: str
    name: str
    about: str
    severity: str
    used: EditionFacts | None
    drafts: int


@desk
@require_safe
def texts(request: HttpRequest) -> HttpResponse:
    """All texts by kind, and which of them people changed."""
    text_versions.refresh()
    used: dict[str, EditionFacts] = {}
    drafts: dict[str, int] = defaultdict(int)
    for one in text_versions.editions():
        if one.state == "approved":
            used[one.name] = one
        else:
            drafts[one.name] += 1
    kinds: dict[str, list[_Line]] = defaultdict(list)
    for full in shipped():
        kind, _slash, name = full.partition("/")
        told = library.told(full, spoken())
        line = _Line(kind, name, told["about"], told["severity"], used.get(full), drafts[full])
        kinds[kind].append(line)
    waiting = [one for one in text_versions.editions() if one.state == "draft"]
    context = {"kinds": dict(kinds), "waiting": waiting, "changed": len(used), "count": len(shipped())}
    return render(request, "misthoorn/desk/texts/texts.html", context)


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, kind: str, name: str) -> HttpResponse:
    """One text: its fields in both languages, the mail that it makes, and its history."""
    full = _there(kind, name)
    text_versions.refresh()
    form = TextForm(request.POST or None, name=full, fields=library.in_use().fields(full))
    mails: list[tuple[Language, Mail]] = []
    if request.method == "POST" and "see" in request.POST:
        form.fields["note"].required = False
    if form.is_valid():
        text = as_file(full, form.written())
        if "see" in request.POST:
            form.show(problems_of(full, text))
            mails = _mails(full, text)
        elif (made := _kept(request, form, full, text)) is not None:
            messages.success(request, _("The draft is kept. Nothing is sent with it before a colleague approves it."))
            return redirect("desk-texts-version", made)
    context = {
        "form": form,
        "mails": mails,
        "columns": [("nl", form.of_language("nl")), ("en", form.of_language("en"))],
        **_about(full),
    }
    return render(request, "misthoorn/desk/texts/text.html", context, status=400 if form.errors else 200)


def _there(kind: str, name: str) -> str:
    full = f"{kind}/{name}"
    if full not in shipped():
        raise Http404
    return full


def _about(full: str) -> dict[str, Any]:
    history = text_versions.editions(full)
    kind, _slash, name = full.partition("/")
    return {
        "kind": kind,
        "name": name,
        "full": full,
        "about": library.told(full, spoken())["about"],
        "subjects": library.SHIPPED.fields(full).get("subjects", ()),
        "values": [f"{{{{ {value} }}}}" for value in values_of(full)],
        "history": history,
        "used": next((one for one in history if one.state == "approved"), None),
        "team": team(),
    }


def _kept(request: HttpRequest, form: TextForm, full: str, text: str) -> int | None:
    try:
        note = form.cleaned_data["note"]
        return text_versions.save_draft(name=full, text=text, note=note, person=person(request), now=clock.now())
    except TextProblemError as problem:
        form.show(problem.problems)
        return None


def _mails(full: str, text: str) -> list[tuple[Language, Mail]]:
    """The mail in each language in which one can be made."""
    texts, made = Library({full: Edition(0, text)}), []
    languages: tuple[Language, ...] = ("nl", "en")
    for language in languages:
        try:
            made.append((language, sample_mail(full, language, texts=texts, team=team())))
        except ComposeError:
            continue
    return made


@desk
@require_safe
def version(request: HttpRequest, edition: int) -> HttpResponse:
    """One version of a text: what differs, the mails that it makes, and the buttons to decide with."""
    return _version(request, _edition(edition))


def _edition(edition: int) -> EditionFacts:
    facts = text_versions.edition(edition)
    if facts is None or facts.name not in shipped():
        raise Http404
    return facts


def _version(request: HttpRequest, facts: EditionFacts, *, reject: RejectForm | None = None) -> HttpResponse:
    text_versions.refresh()
    used = library.in_use() if facts.state == "draft" else library.SHIPPED
    fields = Library({facts.name: Edition(facts.id, facts.text)}).fields(facts.name)
    context = {
        "facts": facts,
        "changes": list(difference(facts.name, used.fields(facts.name), fields)),
        "with_used": facts.name in used.editions,
        "problems": [problem_in_words(one) for one in problems_of(facts.name, facts.text)],
        "mails": _mails(facts.name, facts.text),
        "mine": facts.writer == person(request),
        "reject": reject or RejectForm(),
        **_about(facts.name),
    }
    return render(request, "misthoorn/desk/texts/version.html", context, status=400 if reject else 200)


@desk
@require_POST
def approve(request: HttpRequest, edition: int) -> HttpResponse:
    """Use a draft from now on."""
    _edition(edition)
    try:
        text_versions.approve_edition(edition=edition, person=person(request), now=clock.now())
    except EditionError as problem:
        messages.error(request, _refusal(problem.code))
    else:
        messages.success(request, _("In use from now on. Messages that were made already stay as they are."))
    return redirect("desk-texts-version", edition)


def _refusal(code: str) -> str:
    return {
        "own": _("You wrote this text. Ask a colleague to approve it."),
        "problems": _("This text no longer fits what a message needs. Write it anew."),
        "shipped": _("The shipped text is in use already."),
    }.get(code, _("Nothing was changed: this draft was decided already."))


@desk
@require_POST
def reject(request: HttpRequest, edition: int) -> HttpResponse:
    """Decide that a draft is not used."""
    facts, form = _edition(edition), RejectForm(request.POST)
    if not form.is_valid():
        return _version(request, facts, reject=form)
    try:
        note = form.cleaned_data["why"]
        text_versions.reject_edition(edition=edition, person=person(request), note=note, now=clock.now())
    except EditionError as problem:
        messages.error(request, _refusal(problem.code))
    else:
        messages.success(request, _("Rejected. It is not used."))
    return redirect("desk-texts-version", edition)


@desk
@require_POST
def back(request: HttpRequest, kind: str, name: str) -> HttpResponse:
    """Use the shipped text again."""
    full = _there(kind, name)
    try:
        text_versions.go_back(name=full, person=person(request), now=clock.now())
    except EditionError as problem:
        messages.error(request, _refusal(problem.code))
    else:
        messages.success(request, _("The shipped text is in use again."))
    return redirect("desk-texts-one", kind, name)
