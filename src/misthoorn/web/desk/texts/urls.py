"""Addresses of the desk: texts."""

from django.urls import path

from misthoorn.web.desk.texts import views

urlpatterns = [
    path("desk/texts/", views.texts, name="desk-texts"),
    path("desk/texts/versions/<int:edition>/", views.version, name="desk-texts-version"),
    path("desk/texts/versions/<int:edition>/approve/", views.approve, name="desk-texts-approve"),
    path("desk/texts/versions/<int:edition>/reject/", views.reject, name="desk-texts-reject"),
    path("desk/texts/<slug:kind>/<slug:name>/", views.one, name="desk-texts-one"),
    path("desk/texts/<slug:kind>/<slug:name>/back/", views.back, name="desk-texts-back"),
]
