"""Addresses of the portal, where somebody of an organisation that is warned signs in, and of the desk's side of it."""

from django.urls import path

from misthoorn.web.views.desk import members
from misthoorn.web.views.mine import about, account, told

MINE = [
    path("mine/", told.start, name="mine"),
    path("mine/told/", told.every, name="mine-told"),
    path("mine/told/<int:notice>/", told.one, name="mine-told-one"),
    path("mine/told/<int:notice>/answer/", told.answer, name="mine-told-answer"),
    path("mine/findings.csv", told.findings_csv, name="mine-findings"),
    path("mine/watched/", about.watched, name="mine-watched"),
    path("mine/watched/<int:organisation>/mistake/", about.mistake, name="mine-watched-mistake"),
    path("mine/contacts/", about.contacts, name="mine-contacts"),
    path("mine/contacts/<int:reader>/", about.preference, name="mine-contacts-one"),
    path("mine/contacts/<int:organisation>/leave/", about.leave, name="mine-contacts-leave"),
    path("mine/password/", account.password, name="mine-password"),
    path("mine/forgotten/", account.forgotten, name="mine-forgotten"),
    path("desk/organisations/<int:organisation>/members/", members.members, name="desk-organisations-members"),
    path(
        "desk/organisations/<int:organisation>/members/<int:member>/remove/",
        members.remove,
        name="desk-organisations-members-remove",
    ),
    path("desk/mistakes/", members.mistakes, name="desk-mistakes"),
    path("desk/mistakes/<int:mistake>/done/", members.settle, name="desk-mistakes-done"),
]
