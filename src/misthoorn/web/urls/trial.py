"""Addresses of the pages about comparisons of texts."""

from django.urls import path

from misthoorn.web.views import trials as register
from misthoorn.web.views.desk import trials

TRIALS = [
    path("trials/", register.trials, name="trials"),
    path("desk/trials/", trials.trials, name="desk-trials"),
    path("desk/trials/new/", trials.new, name="desk-trials-new"),
    path("desk/trials/<int:trial>/", trials.one, name="desk-trials-one"),
    path("desk/trials/<int:trial>/approve/", trials.approve, name="desk-trials-approve"),
    path("desk/trials/<int:trial>/turn/", trials.turn, name="desk-trials-turn"),
]
