"""Addresses of the desk: trials."""

from django.urls import path

from misthoorn.web.desk.trials import views

urlpatterns = [
    path("desk/trials/", views.trials, name="desk-trials"),
    path("desk/trials/new/", views.new, name="desk-trials-new"),
    path("desk/trials/<int:trial>/", views.one, name="desk-trials-one"),
    path("desk/trials/<int:trial>/approve/", views.approve, name="desk-trials-approve"),
    path("desk/trials/<int:trial>/turn/", views.turn, name="desk-trials-turn"),
]
