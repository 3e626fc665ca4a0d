"""Addresses of the pages about the texts of messages."""

from django.urls import path

from misthoorn.web.views.desk import texts

TEXTS = [
    path("desk/texts/", texts.texts, name="desk-texts"),
    path("desk/texts/versions/<int:edition>/", texts.version, name="desk-texts-version"),
    path("desk/texts/versions/<int:edition>/approve/", texts.approve, name="desk-texts-approve"),
    path("desk/texts/versions/<int:edition>/reject/", texts.reject, name="desk-texts-reject"),
    path("desk/texts/<slug:kind>/<slug:name>/", texts.one, name="desk-texts-one"),
    path("desk/texts/<slug:kind>/<slug:name>/back/", texts.back, name="desk-texts-back"),
]
