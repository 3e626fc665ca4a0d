"""Addresses of the portal, where somebody of an organisation that is warned signs in."""

from django.urls import path

from misthoorn.web.portal import account, organisation, warnings

urlpatterns = [
    path("mine/", warnings.start, name="mine"),
    path("mine/told/", warnings.every, name="mine-told"),
    path("mine/told/<int:notice>/", warnings.one, name="mine-told-one"),
    path("mine/told/<int:notice>/answer/", warnings.answer, name="mine-told-answer"),
    path("mine/findings.csv", warnings.findings_csv, name="mine-findings"),
    path("mine/watched/", organisation.watched, name="mine-watched"),
    path("mine/watched/<int:organisation>/mistake/", organisation.mistake, name="mine-watched-mistake"),
    path("mine/contacts/", organisation.contacts, name="mine-contacts"),
    path("mine/contacts/<int:reader>/", organisation.preference, name="mine-contacts-one"),
    path("mine/contacts/<int:organisation>/leave/", organisation.leave, name="mine-contacts-leave"),
    path("mine/password/", account.password, name="mine-password"),
    path("mine/forgotten/", account.forgotten, name="mine-forgotten"),
]
