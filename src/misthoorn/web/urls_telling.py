"""Addresses of the pages about messages to many, hand-overs and what was ever told."""

from django.urls import path

from misthoorn.web.desk.broadcasts import views
from misthoorn.web.desk.handovers import views as handovers
from misthoorn.web.desk.messages import disclosure_log
from misthoorn.web.site import unsubscribe

TELLING = [
    path("leave/<slug:token>/", unsubscribe.leave, name="leave"),
    path("desk/broadcasts/", views.broadcasts, name="desk-broadcasts"),
    path("desk/broadcasts/new/", views.new, name="desk-broadcasts-new"),
    path("desk/broadcasts/<int:broadcast>/", views.one, name="desk-broadcasts-one"),
    path("desk/broadcasts/<int:broadcast>/change/", views.change, name="desk-broadcasts-change"),
    path("desk/broadcasts/<int:broadcast>/approve/", views.approve, name="desk-broadcasts-approve"),
    path("desk/broadcasts/<int:broadcast>/turn/", views.turn, name="desk-broadcasts-turn"),
    path("desk/campaigns/<int:campaign>/handovers/", handovers.campaign, name="desk-campaigns-handovers"),
    path("desk/campaigns/<int:campaign>/handovers/press/", handovers.press, name="desk-campaigns-handovers-press"),
    path("desk/handovers/<int:hand_over>/take-back/", handovers.take_back, name="desk-handovers-take-back"),
    path("desk/handovers/", handovers.handovers, name="desk-handovers"),
    path("desk/told/", disclosure_log.told, name="desk-told"),
    path("desk/told/csv/", disclosure_log.told_csv, name="desk-told-csv"),
]
