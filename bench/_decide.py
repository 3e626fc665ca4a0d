"""Both halves of the measurement, each in a process of its own: `fill FINDINGS` and `measure`."""

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from itertools import batched

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "misthoorn.config.settings")
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402  once Django is set up, here and below
from django.db import connection  # noqa: E402
from django.db.models import Model  # noqa: E402

from misthoorn.common import clock  # noqa: E402
from misthoorn.common.tlp import Tlp  # noqa: E402
from misthoorn.constituency.models import Asset, Contact, Organisation  # noqa: E402
from misthoorn.intake.models import Source  # noqa: E402
from misthoorn.notification.models import Message, Notice  # noqa: E402
from misthoorn.triage.models import Campaign, Decision, Finding  # noqa: E402
from misthoorn.triage.services import approve_campaign, propose_campaigns, release_campaign  # noqa: E402

EACH = 5  # findings of an organisation
PIECE = 5_000
SUBJECT = "open-rdp"
# One organisation in ten is another team's, one in twenty has no contact, and one finding in twenty is old.
OTHERS, SILENT, OLD = 10, 20, 20


def fill(count: str) -> None:
    """So many findings that no campaign holds yet, straight into the tables, as a match leaves them."""
    findings = int(count)
    owners = range(1, findings // EACH + 1)
    now = clock.now()
    source = Source.objects.create(slug="scan", name="Scan", format="events", tlp=Tlp.GREEN, created_at=now)
    person = get_user_model().objects.create(username="ada")
    assert (source.pk, person.pk) == (1, 1)
    _insert(Organisation, (_organisation(one) for one in owners))
    _insert(Asset, (_asset(one) for one in owners))
    _insert(Contact, (_contact(one) for one in owners if one % SILENT))
    _insert(Finding, (_finding(number) for number in range(findings)))


def _organisation(one: int) -> Organisation:
    kind = "vital" if one % OTHERS == 0 else "general"
    return Organisation(
        pk=one, name=f"Bedrijf {one}", register_number=f"{one:08d}", kind=kind, sector="trade", created_at=clock.now()
    )


def _asset(one: int) -> Asset:
    return Asset(pk=one, organisation_id=one, kind="network", value=f"{_address(8 * one)}/29", changed_at=clock.now())


def _contact(one: int) -> Contact:
    return Contact(
        pk=one,
        organisation_id=one,
        role="security",
        address=f"it@bedrijf{one:08d}.example",
        language="en" if one % 2 else "nl",
        created_at=clock.now(),
        confirmed_at=clock.now(),
    )


def _finding(number: int) -> Finding:
    owner = number // EACH + 1
    seen = clock.now() - timedelta(days=60 if number % OLD == 0 else 1)
    return Finding(
        pk=number + 1,
        organisation_id=owner,
        asset_id=owner,
        source_id=1,
        subject_kind="event",
        subject=SUBJECT,
        observed=_address(8 * owner + number % EACH),
        port=3389,
        protocol="tcp",
        rsit="vulnerable/potentially-unwanted-accessible",
        severity="normal",
        certainty="exact",
        tlp=Tlp.GREEN,
        evidence={"banner": f"service {number * 104_729 % 1_000_003}", "city": "Utrecht", "version": "7.1"},
        first_seen=seen,
        last_seen=seen,
    )


def _address(number: int) -> str:
    return f"{11 + (number >> 24)}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def _insert(model: type[Model], rows: Iterable[Model]) -> None:
    for piece in batched(rows, PIECE):
        model.objects.bulk_create(piece)
    if connection.vendor == "postgresql":
        table = model._meta.db_table  # noqa: SLF001  Django's documented name
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
            cursor.execute(f"ANALYZE {table}")


def measure() -> None:
    """Campaign, approval, release; what each took, and the most that the process held until its end."""
    told: dict[str, object] = {"before": _memory()}

    def step(name: str, act: Callable[[], object]) -> None:
        began, worked = time.perf_counter(), time.process_time()
        act()
        told[name] = [time.perf_counter() - began, time.process_time() - worked, _memory()]

    now = clock.now()
    step("propose", lambda: propose_campaigns(now=now))
    campaign = Campaign.objects.get()
    campaign.reach_limit = 10**9
    campaign.save()
    step("approve", lambda: approve_campaign(campaign=campaign.pk, person=1, seen_reach=10**9, now=now))
    step("release", lambda: release_campaign(campaign=campaign.pk, now=now))
    told["organisations"] = Organisation.objects.count()
    told["notices"] = Notice.objects.count()
    told["messages"] = Message.objects.count()
    told["undecided"] = Decision.objects.filter(outcome="undecided").count()
    print(json.dumps(told))


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


if __name__ == "__main__":
    {"fill": fill, "measure": measure}[sys.argv[1]](*sys.argv[2:])
