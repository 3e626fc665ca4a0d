"""Addresses of the desk: replies."""

from django.urls import path

from misthoorn.web.desk.replies import incoming, views

urlpatterns = [
    path("desk/incoming/", incoming.incoming, name="desk-incoming"),
    path("desk/incoming/<int:incoming>/", incoming.one, name="desk-incoming-one"),
    path("desk/incoming/<int:incoming>/read/", incoming.read, name="desk-incoming-read"),
    path("desk/answers/", views.answers, name="desk-answers"),
    path("desk/answers/<int:reply>/", views.one, name="desk-answers-one"),
]
