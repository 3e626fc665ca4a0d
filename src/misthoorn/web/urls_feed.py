"""Addresses of the desk's pages on feeds and on owners of networks."""

from django.urls import path

from misthoorn.web.desk.messages import attachments
from misthoorn.web.desk.organisations import feeds

_OF_ONE = "desk/organisations/<int:organisation>"

FEEDS = [
    path(f"{_OF_ONE}/feed/", feeds.feeds, name="desk-feeds"),
    path(f"{_OF_ONE}/feed/<int:key>/revoke/", feeds.revoke, name="desk-feeds-revoke"),
    path(f"{_OF_ONE}/network-owner/", feeds.network_owner, name="desk-organisations-network-owner"),
    path("desk/messages/<int:message>/files/<int:file>/", attachments.file, name="desk-messages-file"),
]
