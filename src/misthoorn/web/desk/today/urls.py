"""Addresses of the desk: today."""

from django.urls import path

from misthoorn.web.desk.today import views

urlpatterns = [
    path("desk/", views.today, name="desk"),
    path("desk/privacy/", views.privacy, name="desk-privacy"),
]
