"""The web process, for gunicorn: `misthoorn.config.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "misthoorn.config.settings")
application = get_wsgi_application()
