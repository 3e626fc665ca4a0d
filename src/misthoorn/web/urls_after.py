"""Addresses of the pages on what follows on a warning."""

from django.urls import path

from misthoorn.web.desk.campaigns import follow_up

_ONE = "desk/campaigns/<int:campaign>/after/"

AFTER = [
    path(_ONE, follow_up.aftermath, name="desk-campaigns-after"),
    path(f"{_ONE}news/<int:news>/", follow_up.news, name="desk-campaigns-after-news"),
    path(f"{_ONE}correction/", follow_up.propose, name="desk-campaigns-after-propose"),
    path(f"{_ONE}correction/<int:correction>/", follow_up.decide, name="desk-campaigns-after-correction"),
]
