"""Addresses of the pages about comparisons of texts."""

from django.urls import path

from misthoorn.web.desk.trials import views
from misthoorn.web.site import trials as register

TRIALS = [
    path("trials/", register.trials, name="trials"),
    path("desk/trials/", views.trials, name="desk-trials"),
    path("desk/trials/new/", views.new, name="desk-trials-new"),
    path("desk/trials/<int:trial>/", views.one, name="desk-trials-one"),
    path("desk/trials/<int:trial>/approve/", views.approve, name="desk-trials-approve"),
    path("desk/trials/<int:trial>/turn/", views.turn, name="desk-trials-turn"),
]
