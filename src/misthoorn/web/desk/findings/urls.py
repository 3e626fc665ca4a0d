"""Addresses of the desk: findings."""

from django.urls import path

from misthoorn.web.desk.findings import assets, suppressions, views

urlpatterns = [
    path("desk/findings/<int:finding>/", views.finding, name="desk-findings-one"),
    path("desk/findings/<int:finding>/suppress/", views.suppress, name="desk-findings-suppress"),
    path("desk/findings/<int:finding>/remediation/", views.remediation, name="desk-findings-remediation"),
    path("desk/assets/<int:asset>/", assets.asset, name="desk-assets-one"),
    path("desk/assets/<int:asset>/product/", assets.product, name="desk-assets-product"),
    path("desk/assets/<int:asset>/remediation/", assets.remediation, name="desk-assets-remediation"),
    path("desk/suppressions/", suppressions.suppressions, name="desk-suppressions"),
    path("desk/suppressions/<int:suppression>/end/", suppressions.end, name="desk-suppressions-end"),
]
