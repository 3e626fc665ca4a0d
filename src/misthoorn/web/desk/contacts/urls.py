"""Addresses of the desk: contacts."""

from django.urls import path

from misthoorn.web.desk.contacts import preferences, views

urlpatterns = [
    path("desk/organisations/<int:organisation>/contacts/new/", views.add, name="desk-contacts-new"),
    path("desk/organisations/<int:organisation>/contacts/<int:reader>/", views.one, name="desk-contacts-one"),
    path(
        "desk/organisations/<int:organisation>/contacts/<int:reader>/confirm/",
        views.confirm,
        name="desk-contacts-confirm",
    ),
    path(
        "desk/organisations/<int:organisation>/contacts/<int:reader>/revoke/", views.revoke, name="desk-contacts-revoke"
    ),
    path(
        "desk/organisations/<int:organisation>/wishes/<int:reader>/",
        preferences.preference,
        name="desk-organisations-wishes",
    ),
]
