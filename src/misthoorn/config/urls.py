"""All URLs: the pages of `web`, and those of signing in. Nobody signs up or resets a password by mail here."""

from allauth.account import views as account
from django.urls import include, path

_sign_in = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("2fa/", include("allauth.mfa.urls")),
]

urlpatterns = [
    path("account/", include(_sign_in)),
    path("", include("misthoorn.web.urls")),
]

handler400 = "misthoorn.web.site.errors.bad_request"
handler403 = "misthoorn.web.site.errors.not_allowed"
handler404 = "misthoorn.web.site.errors.not_found"
handler500 = "misthoorn.web.site.errors.server_error"
