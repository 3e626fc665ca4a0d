"""Addresses of the pages on what follows on a warning."""

from django.urls import path

from misthoorn.web.views.desk import aftermath

_ONE = "desk/campaigns/<int:campaign>/after/"

AFTER = [
    path(_ONE, aftermath.aftermath, name="desk-campaigns-after"),
    path(f"{_ONE}news/<int:news>/", aftermath.news, name="desk-campaigns-after-news"),
    path(f"{_ONE}correction/", aftermath.propose, name="desk-campaigns-after-propose"),
    path(f"{_ONE}correction/<int:correction>/", aftermath.decide, name="desk-campaigns-after-correction"),
]
