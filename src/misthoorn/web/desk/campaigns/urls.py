"""Addresses of the desk: campaigns."""

from django.urls import path

from misthoorn.web.desk.campaigns import follow_up, views

urlpatterns = [
    path("desk/campaigns/", views.campaigns, name="desk-campaigns"),
    path("desk/campaigns/<int:campaign>/", views.campaign, name="desk-campaigns-one"),
    path("desk/campaigns/<int:campaign>/approve/", views.approve, name="desk-campaigns-approve"),
    path("desk/campaigns/<int:campaign>/set-aside/", views.set_aside, name="desk-campaigns-aside"),
    path("desk/campaigns/<int:campaign>/turn/", views.turn, name="desk-campaigns-turn"),
    path("desk/campaigns/<int:campaign>/notices/", views.notices, name="desk-campaigns-notices"),
    path(
        "desk/campaigns/<int:campaign>/organisations/<slug:outcome>/",
        views.organisations,
        name="desk-campaigns-organisations",
    ),
    path("desk/campaigns/<int:campaign>/after/", follow_up.aftermath, name="desk-campaigns-after"),
    path("desk/campaigns/<int:campaign>/after/news/<int:news>/", follow_up.news, name="desk-campaigns-after-news"),
    path("desk/campaigns/<int:campaign>/after/correction/", follow_up.propose, name="desk-campaigns-after-propose"),
    path(
        "desk/campaigns/<int:campaign>/after/correction/<int:correction>/",
        follow_up.decide,
        name="desk-campaigns-after-correction",
    ),
]
