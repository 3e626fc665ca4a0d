"""Addresses of the desk: organisations."""

from django.urls import path

from misthoorn.web.desk.organisations import claims, feeds, members, views, webhooks

urlpatterns = [
    path("desk/organisations/", views.organisations, name="desk-organisations"),
    path("desk/organisations/<int:organisation>/", views.organisation, name="desk-organisations-one"),
    path("desk/organisations/<int:organisation>/kind/", views.decide_kind, name="desk-organisations-kind"),
    path("desk/organisations/<int:organisation>/allow/", views.allow, name="desk-organisations-allow"),
    path("desk/organisations/<int:organisation>/webhooks/", webhooks.webhooks, name="desk-organisations-webhooks"),
    path(
        "desk/organisations/<int:organisation>/webhooks/<int:webhook>/rotate/",
        webhooks.rotate,
        name="desk-organisations-webhooks-rotate",
    ),
    path(
        "desk/organisations/<int:organisation>/webhooks/<int:webhook>/stop/",
        webhooks.stop,
        name="desk-organisations-webhooks-stop",
    ),
    path(
        "desk/organisations/<int:organisation>/webhooks/<int:webhook>/test/",
        webhooks.ping,
        name="desk-organisations-webhooks-ping",
    ),
    path("desk/claims/", claims.claims, name="desk-claims"),
    path("desk/claims/<int:claim>/", claims.one, name="desk-claims-one"),
    path("desk/claims/<int:claim>/accept/", claims.accept, name="desk-claims-accept"),
    path("desk/claims/<int:claim>/refuse/", claims.refuse, name="desk-claims-refuse"),
    path("desk/organisations/<int:organisation>/feed/", feeds.feeds, name="desk-feeds"),
    path("desk/organisations/<int:organisation>/feed/<int:key>/revoke/", feeds.revoke, name="desk-feeds-revoke"),
    path(
        "desk/organisations/<int:organisation>/network-owner/",
        feeds.network_owner,
        name="desk-organisations-network-owner",
    ),
    path("desk/organisations/<int:organisation>/members/", members.members, name="desk-organisations-members"),
    path(
        "desk/organisations/<int:organisation>/members/<int:member>/remove/",
        members.remove,
        name="desk-organisations-members-remove",
    ),
    path("desk/mistakes/", members.mistakes, name="desk-mistakes"),
    path("desk/mistakes/<int:mistake>/done/", members.settle, name="desk-mistakes-done"),
]
