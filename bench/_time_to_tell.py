"""What the measurement asks of the database: `fill COUNT FILE`, `proposed`, or `told` (seconds after the delivery)."""

import csv
import json
import os
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "misthoorn.config.settings")
django.setup()
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import seed  # noqa: E402  once Django is set up, here and below

from misthoorn.common import clock  # noqa: E402
from misthoorn.constituency.models import Asset  # noqa: E402
from misthoorn.intake.models import Batch  # noqa: E402
from misthoorn.notification.models import Message  # noqa: E402
from misthoorn.triage.models import Campaign, MatchRun  # noqa: E402

COLUMNS = ("time", "ip", "port", "protocol", "hostname", "asn", "class", "type", "identifier", "severity")
KIND = ("vulnerable", "potentially-unwanted-accessible")


def fill(count: str, path: str) -> None:
    """Organisations with one network and one contact each, and a delivery in which something is seen at each."""
    now = clock.now()
    seed.make_organisations(int(count), now=now)
    networks = Asset.objects.order_by("pk").values_list("value", flat=True)
    with Path(path).open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for network in networks:
            address, seen = network.partition("/")[0], f"{now:%Y-%m-%dT%H:%M:%SZ}"
            writer.writerow([seen, address, 3389, "tcp", "", "", *KIND, "open-rdp", "high"])


def proposed() -> None:
    """The campaign, when the delivery is matched whole."""
    if MatchRun.objects.filter(batch__isnull=False, state="done").exists() and (one := Campaign.objects.first()):
        print(one.pk)


def told() -> None:
    """How many messages there are, and after how many seconds each was handed over."""
    began = Batch.objects.get().received_at
    at = Message.objects.exclude(handed_over_at=None).values_list("handed_over_at", flat=True)
    print(json.dumps([Message.objects.count(), sorted((one - began).total_seconds() for one in at)]))


if __name__ == "__main__":
    {"fill": fill, "proposed": proposed, "told": told}[sys.argv[1]](*sys.argv[2:])
