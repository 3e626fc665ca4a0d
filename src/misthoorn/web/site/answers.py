"""Answering a warning with its code: no account, no code in a URL, and nothing changes before a person sends a form."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from misthoorn.common import clock
from misthoorn.constituency.contacts.single_use import UnwantedError
from misthoorn.constituency.organisations import claims
from misthoorn.notification import queries, services, unsubscribe
from misthoorn.notification.answers.referrals import Passed, pass_on
from misthoorn.notification.confirmation import claim_of, mail_code
from misthoorn.notification.invitations import password_code_of
from misthoorn.web.guards import public
from misthoorn.web.limits import CLAIMS, CODES, CODES_A_DAY, PASSED_ON
from misthoorn.web.parameters import spoken
from misthoorn.web.site.forms import ClaimForm, CodeForm, ReplyForm

CODE, PASSWORD_CODE, _ANSWERED = "answer-code", "password-code", "answer-given"


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code; a right one is kept in the visitor's session, and leads to the five answers."""
    template = "misthoorn/site/answer/code.html"
    if request.method != "POST":
        return render(request, template, {"form": CodeForm()})
    form, now = CodeForm(request.POST), clock.now().timestamp()
    if reached := next((limit for limit in (CODES, CODES_A_DAY) if limit.is_reached(request, now=now)), None):
        wait = reached.minutes_left(now=now)
        return render(request, template, {"form": form, "wait": wait}, status=429)
    if form.is_valid() and (password := password_code_of(form.cleaned_data["code"])):
        request.session[PASSWORD_CODE] = password
        return redirect("mine-password")
    if (
        form.is_valid()
        and (claim := claim_of(form.cleaned_data["code"]))
        and claims.confirm_claim(claim=claim, at=clock.now())
    ):
        return render(request, "misthoorn/site/answer/confirmed.html")
    if form.is_valid() and queries.find_by_code(form.cleaned_data["code"]) is None:
        for limit in (CODES, CODES_A_DAY):
            limit.count(request, now=now)
        form.add_error("code", _("We do not know this code. Compare it sign by sign with your message, or call us."))
    if not form.is_valid():
        return render(request, template, {"form": form}, status=400)
    request.session[CODE] = form.cleaned_data["code"]
    return redirect("answer-choose")


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """The five answers for the warning whose code was typed."""
    found = queries.find_by_code(request.session.get(CODE, ""))
    if found is None:
        messages.warning(request, _("Type the code from your message first. Nothing was sent yet."))
        return redirect("answer")
    if token := unsubscribe.token_of(found.notice_id):  # a general message asks for no answer
        return redirect("leave", token)
    form = ReplyForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 400 if form.is_bound else 200
        return render(request, "misthoorn/site/answer/choose.html", {"form": form, "found": found}, status=status)
    try:
        services.record_reply(notice=found.notice_id, **form.cleaned_data, now=clock.now())
    except services.ReplyError:
        form.add_error(None, _("This warning was answered too often, or is no longer kept. Call us instead."))
        return render(request, "misthoorn/site/answer/choose.html", {"form": form, "found": found}, status=400)
    del request.session[CODE]
    request.session[_ANSWERED] = {
        "answer": form.cleaned_data["answer"],
        "number": found.number,
        "organisation": found.organisation,
        "stop": form.cleaned_data["stop"],
        "passed": forward(request, found.notice_id, form.cleaned_data["passed_on_to"]),
    }
    return redirect("answer-thanks")


def forward(request: HttpRequest, notice: int, address: str) -> str:
    """Pass the warning on to this address, and what became of that; "" where none was named."""
    if not address:
        return ""
    now = clock.now()
    if PASSED_ON.is_reached(request, now=now.timestamp()):
        return str(Passed.TOO_MANY)
    PASSED_ON.count(request, now=now.timestamp())
    return str(pass_on(notice=notice, address=address, now=now))


@public
@never_cache
@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    """What was noted, and what happens next."""
    given = request.session.get(_ANSWERED)
    if given is None:
        return redirect("answer")
    return render(request, "misthoorn/site/answer/thanks.html", given)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Who answered a warning may ask to be warned directly from now on; a code goes to the address first."""
    given = request.session.get(_ANSWERED)
    if given is None or "organisation" not in given:
        messages.warning(request, _("Answer your warning first. Then you can register."))
        return redirect("answer")
    form = ClaimForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _claim(request, form, number=given["number"], organisation=given["organisation"]):
        return render(request, "misthoorn/site/answer/registered.html", {"days": claims.CODE_DAYS})
    status = 400 if form.is_bound else 200
    return render(
        request, "misthoorn/site/answer/register.html", {"form": form, "number": given["number"]}, status=status
    )


def _claim(request: HttpRequest, form: ClaimForm, *, number: str, organisation: int) -> bool:
    """Keep what was filled in, and mail the code; whether that was done."""
    now, said = clock.now(), form.cleaned_data
    language = spoken()
    draft = claims.ClaimDraft(
        notice_number=number,
        organisation=organisation,
        name=said["name"],
        register_number=said["register_number"],
        person_name=said["person_name"],
        address=said["address"],
        language=language,
    )
    refused = _("We sent nothing: it was done already, too often, or no mail can go to this address. Call us instead.")
    if CLAIMS.is_reached(request, now=now.timestamp()):
        form.add_error(None, refused)
        return False
    CLAIMS.count(request, now=now.timestamp())
    try:
        claim, contact = claims.make_claim(draft, at=now)
    except (claims.ClaimError, UnwantedError):
        form.add_error(None, refused)
        return False
    days = claims.CODE_DAYS
    mail_code(
        claim=claim,
        organisation=organisation,
        contact=contact,
        address=said["address"],
        language=language,
        days=days,
        now=now,
    )
    return True
