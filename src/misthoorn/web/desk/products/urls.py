"""Addresses of the desk: products."""

from django.urls import path

from misthoorn.web.desk.products import views

urlpatterns = [
    path("desk/assets/<int:asset>/meaning/", views.meaning, name="desk-assets-meaning"),
]
