"""Addresses of the desk: lists."""

from django.urls import path

from misthoorn.web.desk.lists import quarantine, views

urlpatterns = [
    path("desk/lists/", views.lists, name="desk-lists"),
    path("desk/lists/<uuid:draft>/", views.one, name="desk-lists-one"),
    path("desk/lists/held/<int:batch>/", views.held, name="desk-lists-held"),
    path("desk/quarantine/", quarantine.quarantine, name="desk-quarantine"),
    path("desk/quarantine/<int:batch>/", quarantine.release, name="desk-quarantine-release"),
    path("desk/quarantine/<int:batch>/leave/", quarantine.leave, name="desk-quarantine-leave"),
    path("desk/quarantine/<int:batch>/failed/", quarantine.failed, name="desk-quarantine-failed"),
]
