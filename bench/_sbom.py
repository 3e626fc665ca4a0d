"""Takes files of CVE records in, as a service does that is handed them: `_sbom.py FILE…`."""

import os
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "misthoorn.config.settings")
django.setup()

from misthoorn.common import clock  # noqa: E402  once Django is set up, here and below
from misthoorn.intake.models import Batch  # noqa: E402
from misthoorn.intake.services import add_source, parse_batch, receive  # noqa: E402

if __name__ == "__main__":
    add_source(slug="cve", name="CVE", format="cve5", tlp="CLEAR", coverage={}, absences_to_close=2, at=clock.now())
    for path in map(Path, sys.argv[1:]):
        with path.open("rb") as file:
            batch = receive(file, source="cve", name=path.name, at=clock.now()).batch
        Batch.objects.filter(pk=batch).update(state="leased", attempt=1)
        assert parse_batch(batch=batch, attempt=1, now=clock.now())
