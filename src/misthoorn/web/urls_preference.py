"""Addresses of the pages on how much a contact is told, and when."""

from django.urls import path

from misthoorn.web.desk.contacts import preferences
from misthoorn.web.site import answer_preferences

PREFERENCES = [
    path("answer/preferences/", answer_preferences.preferences, name="answer-preferences"),
    path(
        "desk/organisations/<int:organisation>/wishes/<int:reader>/",
        preferences.preference,
        name="desk-organisations-wishes",
    ),
]
