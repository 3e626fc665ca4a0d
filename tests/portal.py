"""The portal in tests: signing in as a member, and mandates."""

from datetime import timedelta

import cast

from misthoorn.accounts.models import Person
from misthoorn.constituency.models import Mandate


def text(response):
    return response.content.decode()


def enter(client, person):
    client.force_login(Person.objects.get(pk=person), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def mandate(client, provider, **values):
    """A mandate that began yesterday."""
    return Mandate.objects.create(
        client_id=client,
        provider_id=provider,
        valid_from=cast.NOW - timedelta(days=1),
        granted_by="the client",
        recorded_at=cast.NOW,
        **values,
    )
