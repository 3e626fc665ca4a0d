"""Addresses of the desk: advisories."""

from django.urls import path

from misthoorn.web.desk.advisories import views

urlpatterns = [
    path("desk/advisories/", views.advisories, name="desk-advisories"),
    path("desk/advisories/<int:advisory>/", views.advisory, name="desk-advisories-one"),
    path("desk/advisories/<int:advisory>/remediation/", views.remediation, name="desk-advisories-remediation"),
]
