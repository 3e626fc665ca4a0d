"""Addresses of the pages about messages to many, hand-overs and what was ever told."""

from django.urls import path

from misthoorn.web.views import leave
from misthoorn.web.views.desk import broadcasts, handovers, told

TELLING = [
    path("leave/<slug:token>/", leave.leave, name="leave"),
    path("desk/broadcasts/", broadcasts.broadcasts, name="desk-broadcasts"),
    path("desk/broadcasts/new/", broadcasts.new, name="desk-broadcasts-new"),
    path("desk/broadcasts/<int:broadcast>/", broadcasts.one, name="desk-broadcasts-one"),
    path("desk/broadcasts/<int:broadcast>/change/", broadcasts.change, name="desk-broadcasts-change"),
    path("desk/broadcasts/<int:broadcast>/approve/", broadcasts.approve, name="desk-broadcasts-approve"),
    path("desk/broadcasts/<int:broadcast>/turn/", broadcasts.turn, name="desk-broadcasts-turn"),
    path("desk/campaigns/<int:campaign>/handovers/", handovers.campaign, name="desk-campaigns-handovers"),
    path("desk/campaigns/<int:campaign>/handovers/press/", handovers.press, name="desk-campaigns-handovers-press"),
    path("desk/handovers/<int:hand_over>/take-back/", handovers.take_back, name="desk-handovers-take-back"),
    path("desk/handovers/", handovers.handovers, name="desk-handovers"),
    path("desk/told/", told.told, name="desk-told"),
    path("desk/told/csv/", told.told_csv, name="desk-told-csv"),
]
