"""All URLs: the pages of `web`, and the sign-in pages."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("allauth.urls")),
    path("", include("misthoorn.web.urls")),
]

handler404 = "misthoorn.web.views.errors.not_found"
handler500 = "misthoorn.web.views.errors.server_error"
