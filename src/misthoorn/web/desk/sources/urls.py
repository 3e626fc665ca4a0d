"""Addresses of the desk: sources."""

from django.urls import path

from misthoorn.web.desk.sources import lawfulness, source, views

urlpatterns = [
    path("desk/sources/", views.sources, name="desk-sources"),
    path("desk/sources/new/", source.catalogue, name="desk-sources-catalogue"),
    path("desk/sources/new/own/", source.add_own, name="desk-sources-own"),
    path("desk/sources/new/<slug:entry>/", source.add, name="desk-sources-add"),
    path("desk/sources/one/<slug:source>/", source.one, name="desk-sources-one"),
    path("desk/sources/one/<slug:source>/run/", source.run, name="desk-sources-run"),
    path("desk/sources/one/<slug:source>/try/", source.try_it, name="desk-sources-try"),
    path("desk/sources/one/<slug:source>/unsigned/", source.unsigned, name="desk-sources-unsigned"),
    path("desk/sources/one/<slug:source>/pause/", source.pause, name="desk-sources-pause"),
    path("desk/sources/one/<slug:source>/schedule/", source.schedule, name="desk-sources-schedule"),
    path("desk/sources/one/<slug:source>/key/", source.key, name="desk-sources-key"),
    path("desk/sources/one/<slug:source>/origin/", lawfulness.state, name="desk-sources-origin"),
    path("desk/sources/one/<slug:source>/push-key/", source.push_key, name="desk-sources-push-key"),
    path("desk/sources/batches/<int:batch>/decide/", source.decide, name="desk-sources-decide"),
    path("desk/sources/batches/<int:batch>/", views.batch, name="desk-sources-batch"),
    path("desk/sources/batches/<int:batch>/refused/<slug:reason>/", views.refused, name="desk-sources-refused"),
]
