"""Addresses of the desk: letters."""

from django.urls import path

from misthoorn.web.desk.letters import views

urlpatterns = [
    path("desk/letters/", views.overview, name="desk-letters"),
    path("desk/letters/make/", views.make, name="desk-letters-make"),
    path("desk/letters/returned/", views.returned, name="desk-letters-returned"),
    path("desk/letters/<int:letter_batch>/", views.one, name="desk-letters-one"),
    path("desk/letters/<int:letter_batch>/print/", views.print_on, name="desk-letters-print"),
    path("desk/letters/<int:letter_batch>/letters.pdf", views.pdf, name="desk-letters-pdf"),
    path("desk/letters/<int:letter_batch>/addresses.csv", views.addresses, name="desk-letters-addresses"),
    path("desk/letters/<int:letter_batch>/posted/", views.post, name="desk-letters-posted"),
]
