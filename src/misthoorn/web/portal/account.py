"""Setting a password with a code that was mailed: the code is typed where all codes are, and lies in no address."""

from contextlib import suppress
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from misthoorn.accounts.recipients import opened_by, set_password
from misthoorn.accounts.services import AccountError
from misthoorn.common import clock
from misthoorn.constituency.contacts.single_use import UnwantedError
from misthoorn.notification.invitations import mail_forgotten
from misthoorn.web.guards import public
from misthoorn.web.limits import FORGOTTEN
from misthoorn.web.parameters import spoken
from misthoorn.web.portal.forms import ForgottenForm, PasswordForm
from misthoorn.web.site.answers import PASSWORD_CODE


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """A password for whoever typed the code; then they sign in with it."""
    code = int(request.session.get(PASSWORD_CODE, 0))
    who = opened_by(code, at=clock.now())
    if who is None:
        messages.warning(request, _("Type the code from your mail first. A code works once, for 15 days."))
        return redirect("answer")
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            set_password(code=code, password=form.cleaned_data["password"], at=clock.now())
        except AccountError as error:
            form.add_error("password", str(error))
    if not form.is_valid():
        status = HTTPStatus.BAD_REQUEST if form.is_bound else HTTPStatus.OK
        return render(request, "misthoorn/portal/password.html", {"form": form, "who": who}, status=status)
    del request.session[PASSWORD_CODE]
    messages.success(request, _("Your password is set. Sign in with your mail address."))
    return redirect("account_login")


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """A new code by mail, if the address is a member's. The answer is the same for every address."""
    form, now = ForgottenForm(request.POST if request.method == "POST" else None), clock.now()
    if form.is_bound and FORGOTTEN.is_reached(request, now=now.timestamp()):
        form.add_error(None, _("That was asked too often today. Call us instead."))
    if not form.is_valid():
        status = HTTPStatus.BAD_REQUEST if form.is_bound else HTTPStatus.OK
        return render(request, "misthoorn/portal/forgotten.html", {"form": form}, status=status)
    FORGOTTEN.count(request, now=now.timestamp())
    language = spoken()
    with suppress(AccountError, UnwantedError):  # nobody learns here which addresses have an account
        mail_forgotten(address=form.cleaned_data["address"], language=language, now=now)
    messages.success(request, _("If this address has an account, a code is on its way. Fill it in here."))
    return redirect("answer")
