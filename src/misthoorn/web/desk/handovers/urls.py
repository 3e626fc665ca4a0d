"""Addresses of the desk: handovers."""

from django.urls import path

from misthoorn.web.desk.handovers import views

urlpatterns = [
    path("desk/campaigns/<int:campaign>/handovers/", views.campaign, name="desk-campaigns-handovers"),
    path("desk/campaigns/<int:campaign>/handovers/press/", views.press, name="desk-campaigns-handovers-press"),
    path("desk/handovers/<int:hand_over>/take-back/", views.take_back, name="desk-handovers-take-back"),
    path("desk/handovers/", views.handovers, name="desk-handovers"),
]
