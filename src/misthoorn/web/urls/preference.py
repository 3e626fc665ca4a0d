"""Addresses of the pages on how much a contact is told, and when."""

from django.urls import path

from misthoorn.web.views import answer_preferences
from misthoorn.web.views.desk import contact_preferences

PREFERENCES = [
    path("answer/preferences/", answer_preferences.preferences, name="answer-preferences"),
    path(
        "desk/organisations/<int:organisation>/wishes/<int:reader>/",
        contact_preferences.preference,
        name="desk-organisations-wishes",
    ),
]
