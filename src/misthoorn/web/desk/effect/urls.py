"""Addresses of the desk: effect."""

from django.urls import path

from misthoorn.web.desk.effect import views

urlpatterns = [
    path("desk/effect/", views.effect, name="desk-effect"),
    path("desk/effect/curves.csv", views.curves, name="desk-effect-curves"),
    path("desk/effect/<slug:figure>/csv/", views.figure, name="desk-effect-figure"),
]
