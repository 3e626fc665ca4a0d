"""Prints which conservation laws are broken in the service's own database, one a line; nothing when all hold."""

# ruff: noqa: T201

import os

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "misthoorn.config.settings")
    import django

    django.setup()
    from misthoorn.notification.queries import broken_laws

    for law in broken_laws():
        print(law)
