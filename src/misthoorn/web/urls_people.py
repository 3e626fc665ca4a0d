"""Addresses of the pages for what people tell: letters, calls, and the telephone desk."""

from django.urls import path

from misthoorn.web.desk.calls import checks, views
from misthoorn.web.desk.contacts import views as contacts
from misthoorn.web.desk.letters import views as letters
from misthoorn.web.site import letters_and_calls

_CONTACT = "desk/organisations/<int:organisation>/contacts/<int:reader>"

PEOPLE = [
    path("check/letter-or-call/", letters_and_calls.check, name="check-way"),
    path("desk/letters/", letters.overview, name="desk-letters"),
    path("desk/letters/make/", letters.make, name="desk-letters-make"),
    path("desk/letters/returned/", letters.returned, name="desk-letters-returned"),
    path("desk/letters/<int:letter_batch>/", letters.one, name="desk-letters-one"),
    path("desk/letters/<int:letter_batch>/print/", letters.print_on, name="desk-letters-print"),
    path("desk/letters/<int:letter_batch>/letters.pdf", letters.pdf, name="desk-letters-pdf"),
    path("desk/letters/<int:letter_batch>/addresses.csv", letters.addresses, name="desk-letters-addresses"),
    path("desk/letters/<int:letter_batch>/posted/", letters.post, name="desk-letters-posted"),
    path("desk/calls/", views.overview, name="desk-calls"),
    path("desk/calls/<int:organisation>/", views.one, name="desk-calls-one"),
    path("desk/calls/<int:organisation>/take/", views.take, name="desk-calls-take"),
    path("desk/calls/<int:organisation>/end/", views.end, name="desk-calls-end"),
    path("desk/calls/<int:organisation>/give-back/", views.give_back, name="desk-calls-back"),
    path("desk/checks/", checks.check, name="desk-checks"),
    path("desk/organisations/<int:organisation>/contacts/new/", contacts.add, name="desk-contacts-new"),
    path(f"{_CONTACT}/", contacts.one, name="desk-contacts-one"),
    path(f"{_CONTACT}/confirm/", contacts.confirm, name="desk-contacts-confirm"),
    path(f"{_CONTACT}/revoke/", contacts.revoke, name="desk-contacts-revoke"),
]
