"""Addresses of the pages about messages to many, hand-overs and what was ever told."""

from django.urls import path

from misthoorn.web.views.desk import broadcasts

TELLING = [
    path("desk/broadcasts/", broadcasts.broadcasts, name="desk-broadcasts"),
    path("desk/broadcasts/new/", broadcasts.new, name="desk-broadcasts-new"),
    path("desk/broadcasts/<int:broadcast>/", broadcasts.one, name="desk-broadcasts-one"),
    path("desk/broadcasts/<int:broadcast>/change/", broadcasts.change, name="desk-broadcasts-change"),
    path("desk/broadcasts/<int:broadcast>/approve/", broadcasts.approve, name="desk-broadcasts-approve"),
    path("desk/broadcasts/<int:broadcast>/turn/", broadcasts.turn, name="desk-broadcasts-turn"),
]
