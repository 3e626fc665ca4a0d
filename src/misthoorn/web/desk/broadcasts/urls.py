"""Addresses of the desk: broadcasts."""

from django.urls import path

from misthoorn.web.desk.broadcasts import views

urlpatterns = [
    path("desk/broadcasts/", views.broadcasts, name="desk-broadcasts"),
    path("desk/broadcasts/new/", views.new, name="desk-broadcasts-new"),
    path("desk/broadcasts/<int:broadcast>/", views.one, name="desk-broadcasts-one"),
    path("desk/broadcasts/<int:broadcast>/change/", views.change, name="desk-broadcasts-change"),
    path("desk/broadcasts/<int:broadcast>/approve/", views.approve, name="desk-broadcasts-approve"),
    path("desk/broadcasts/<int:broadcast>/turn/", views.turn, name="desk-broadcasts-turn"),
]
