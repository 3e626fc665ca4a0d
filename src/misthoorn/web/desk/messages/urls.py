"""Addresses of the desk: messages."""

from django.urls import path

from misthoorn.web.desk.messages import attachments, disclosure_log, views

urlpatterns = [
    path("desk/messages/", views.messages, name="desk-messages"),
    path("desk/messages/<int:message>/", views.message, name="desk-messages-one"),
    path("desk/messages/<int:message>/files/<int:file>/", attachments.file, name="desk-messages-file"),
    path("desk/told/", disclosure_log.told, name="desk-told"),
    path("desk/told/csv/", disclosure_log.told_csv, name="desk-told-csv"),
]
