"""Addresses of the desk: calls."""

from django.urls import path

from misthoorn.web.desk.calls import checks, views

urlpatterns = [
    path("desk/calls/", views.overview, name="desk-calls"),
    path("desk/calls/<int:organisation>/", views.one, name="desk-calls-one"),
    path("desk/calls/<int:organisation>/take/", views.take, name="desk-calls-take"),
    path("desk/calls/<int:organisation>/end/", views.end, name="desk-calls-end"),
    path("desk/calls/<int:organisation>/give-back/", views.give_back, name="desk-calls-back"),
    path("desk/checks/", checks.check, name="desk-checks"),
]
