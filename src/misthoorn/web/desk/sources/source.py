from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from misthoorn.common import clock
from misthoorn.intake import source_queries
from misthoorn.intake.catalogue import Entry, entries
from misthoorn.intake.lawfulness import stated
from misthoorn.intake.services import IntakeError, sources, sources_health, sources_trial
from misthoorn.intake.sources.base import TAKE, UNSIGNED
from misthoorn.intake.work import make_drop_folders
from misthoorn.web.desk.sources.chart import chart
from misthoorn.web.desk.sources.forms import AddForm, KeyForm, OriginForm, ScheduleForm
from misthoorn.web.desk.sources.own_form import OwnForm
from misthoorn.web.guards import desk, person
from misthoorn.web.parameters import or_404

SHOWN = 20


@desk
@require_safe
def one(request: HttpRequest, source: str) -> HttpResponse:
    """One source: how it fares, what it brought, when it is asked, and what a person can do."""
    return _page(request, source)


def _page(
    request: HttpRequest,
    slug: str,
    *,
    schedule: ScheduleForm | None = None,
    key: KeyForm | None = None,
    push_key: str = "",
) -> HttpResponse:
    state = or_404(source_queries.state(slug))
    sizes = source_queries.sizes(slug)
    facts = {
        "source": state,
        "held": source_queries.held_for_size(slug),
        "unproven": source_queries.unproven_batches(slug),
        "alarms": [alarm for alarm in state.alarms if alarm.batch is None],
        "trial": source_queries.trial(slug, now=clock.now()),
        "fetches": source_queries.fetches(slug, limit=SHOWN),
        "chart": chart(sizes),
        "sizes": sizes[::-1],
        "schedule_form": schedule or ScheduleForm(initial={"schedule": state.schedule}),
        "key_form": key or KeyForm(),
        "wrong": next((form for form in (schedule, key) if form is not None), None),
        "push_key": push_key,
        "administrator": is_administrator(request),
        "takes_unsigned": state.options.get(UNSIGNED) == TAKE,
        "origin": stated(slug),
        "origin_form": OriginForm(),
    }
    return render(request, "misthoorn/desk/sources/source.html", facts)


def is_administrator(request: HttpRequest) -> bool:
    """Whether who is signed in may change how the service is set up."""
    return getattr(request.user, "role", "") == "administrator"


def only_administrators(request: HttpRequest) -> None:
    """Refuse everybody else."""
    if not is_administrator(request):
        raise PermissionDenied


def _done(request: HttpRequest, act: Callable[[], object], *, said: str, otherwise: str) -> None:
    """Do it, and say that it is done, or that it could not be."""
    try:
        act()
    except IntakeError:
        messages.error(request, otherwise)
    else:
        messages.success(request, said)


@desk
@require_POST
def run(request: HttpRequest, source: str) -> HttpResponse:
    """Let a worker fetch a source now."""
    _done(
        request,
        lambda: sources.run_now(source=source, at=clock.now(), person=person(request)),
        said=_("A worker fetches it now. Look again in a minute."),
        otherwise=_("It is not fetched now: it is paused, is being fetched already, or has no address."),
    )
    return redirect("desk-sources-one", source)


@desk
@require_POST
def try_it(request: HttpRequest, source: str) -> HttpResponse:
    """Let a worker ask a source for a little, and take nothing in."""
    _done(
        request,
        lambda: sources_trial.ask_trial(source=source, at=clock.now(), person=person(request)),
        said=_("A worker tries it now. Look again in a minute."),
        otherwise=_("It is not tried now: it is being tried already, or is not fetched."),
    )
    return redirect("desk-sources-one", source)


@desk
@require_POST
def pause(request: HttpRequest, source: str) -> HttpResponse:
    """Pause a source, or let it go on."""
    paused = request.POST.get("paused") == "yes"
    _done(
        request,
        lambda: sources.pause_source(source=source, paused=paused, at=clock.now(), person=person(request)),
        said=_("Paused. Nothing of this source is taken in.") if paused else _("It goes on."),
        otherwise=_("There is no such source."),
    )
    return redirect("desk-sources-one", source)


@desk
@require_POST
def schedule(request: HttpRequest, source: str) -> HttpResponse:
    """Fetch a source at other times."""
    only_administrators(request)
    form = ScheduleForm(request.POST)
    if not form.is_valid():
        return _page(request, source, schedule=form)
    wanted = form.cleaned_data["schedule"]
    _done(
        request,
        lambda: sources.change_schedule(source=source, schedule=wanted, at=clock.now(), person=person(request)),
        said=_("The schedule is changed."),
        otherwise=_("Nothing was changed: this source is not fetched."),
    )
    return redirect("desk-sources-one", source)


@desk
@require_POST
def unsigned(request: HttpRequest, source: str) -> HttpResponse:
    """Take what a trusted provider of CSAF did not sign, or refuse it."""
    only_administrators(request)
    take = request.POST.get("unsigned") == TAKE
    _done(
        request,
        lambda: sources.accept_unsigned(source=source, take=take, at=clock.now(), person=person(request)),
        said=_("Documents without a signature are taken from now on.")
        if take
        else _("Documents without a signature are refused from now on."),
        otherwise=_("Nothing was changed: this source is not fetched from a provider of CSAF."),
    )
    return redirect("desk-sources-one", source)


@desk
@require_POST
def key(request: HttpRequest, source: str) -> HttpResponse:
    """Put in the key of a source."""
    only_administrators(request)
    form = KeyForm(request.POST)
    if not form.is_valid():
        return _page(request, source, key=form)
    typed, user = form.cleaned_data["key"], form.cleaned_data["user"]
    _done(
        request,
        lambda: sources.set_key(source=source, key=typed, user=user, at=clock.now(), person=person(request)),
        said=_("The key is kept. It is not shown anywhere."),
        otherwise=_("The key was not kept: it must be one line of signs that can be printed."),
    )
    return redirect("desk-sources-one", source)


@desk
@require_POST
def push_key(request: HttpRequest, source: str) -> HttpResponse:
    """Make a key with which the source delivers by itself; this answer is the only one that shows it."""
    only_administrators(request)
    try:
        made = sources.new_push_key(source=source, at=clock.now(), person=person(request))
    except IntakeError as error:
        raise Http404 from error
    return _page(request, source, push_key=made)


@desk
@require_POST
def decide(request: HttpRequest, batch: int) -> HttpResponse:
    """Read a delivery that was held for its size after all, or refuse it."""
    release = request.POST.get("act") == "release"
    _done(
        request,
        lambda: sources_health.decide_unusual(batch=batch, release=release, at=clock.now(), person=person(request)),
        said=_("Released. A worker reads it now.") if release else _("Refused. Its bytes are kept."),
        otherwise=_("Nothing was changed: this delivery is not held for its size, or no longer."),
    )
    return redirect("desk-sources-batch", batch)


@desk
@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """Sources that are ready to use."""
    there = {one.origin for one in source_queries.states()}
    facts = {"entries": [(one, f"catalogue: {one.id}" in there) for one in entries().values()]}
    return render(request, "misthoorn/desk/sources/catalogue.html", facts)


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def add_own(request: HttpRequest) -> HttpResponse:
    """Add a source that the catalogue does not have."""
    if request.method == "POST":
        only_administrators(request)
    form = OwnForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        key, user = form.cleaned_data["key"], form.cleaned_data["user"]
        try:
            sources.add_with_key(form.definition(), key=key, user=user, at=clock.now(), person=person(request))
            make_drop_folders(Path(settings.HOME) / "drop")
            return redirect("desk-sources-one", form.cleaned_data["slug"])
        except IntakeError:
            form.add_error(
                None,
                _(
                    "Nothing was added. The short name may be taken, or the address can't be used for this way: it "
                    "begins with https:// or imaps://, holds no key, and leads to the public internet."
                ),
            )
    facts = {"form": form, "administrator": is_administrator(request)}
    return render(request, "misthoorn/desk/sources/own.html", facts)


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, entry: str) -> HttpResponse:
    """Add a source of the catalogue: fill in a key, done."""
    found = or_404(entries().get(entry))
    if request.method == "POST":
        only_administrators(request)
    form = AddForm(request.POST if request.method == "POST" else None, entry=found)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("desk-sources-one", _add(form, form.filled(), person=person(request)))
        except IntakeError:
            form.add_error(None, _("This source is there already, or its key can't be kept. Nothing was added."))
    facts = {"entry": found, "form": form, "administrator": is_administrator(request)}
    return render(request, "misthoorn/desk/sources/add.html", facts)


def _add(form: AddForm, entry: Entry, *, person: int) -> str:
    fields = ("slug", "name", "format", "transport", "address", "options", "silent_after", "terms")
    definition = sources.Definition(
        **{field: getattr(entry, field) for field in fields},
        tlp=form.cleaned_data["tlp"],
        schedule=form.cleaned_data["schedule"],
        origin=f"catalogue: {entry.id}",
    )
    sources.add_with_key(
        definition,
        key=form.cleaned_data.get("key", ""),
        user=form.cleaned_data.get("user", ""),
        at=clock.now(),
        person=person,
    )
    return entry.slug
