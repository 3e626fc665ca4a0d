"""One owner of networks with so many open findings, all told in notices that wait; and the bundle of them."""

import json
import os
import resource
import sys
import time
from datetime import timedelta
from itertools import batched

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "misthoorn.config.settings")
django.setup()

from misthoorn.common import clock  # noqa: E402  only now, with the settings, here and below
from misthoorn.common.tlp import Tlp  # noqa: E402
from misthoorn.constituency.models import Asset, Contact, Organisation  # noqa: E402
from misthoorn.intake.models import Source  # noqa: E402
from misthoorn.notification.models import Message, MessageFile, Notice, NoticeFinding  # noqa: E402
from misthoorn.triage.models import Campaign, Finding  # noqa: E402
from misthoorn.triage.services.bundles import make_bundle  # noqa: E402

SUBJECTS = ("open-rdp", "open-telnet", "open-ntp", "open-snmp")
PIECE = 2_000


def fill(count: str) -> None:
    """Findings as the feeds make them: a banner, a certificate, a place."""
    now = clock.now()
    owner = Organisation.objects.create(
        name="Kabelnet", register_number="1", kind="general", sector="ict", network_owner=True, created_at=now
    )
    asset = Asset.objects.create(organisation=owner, kind="network", value="198.18.0.0/15", changed_at=now)
    contact = Contact.objects.create(organisation=owner, role="abuse", address="abuse@kabelnet.example", created_at=now)
    source = Source.objects.create(slug="scan", name="Scan", format="events", tlp=Tlp.GREEN, created_at=now)
    rows = [_finding(number, owner.pk, asset.pk, source.pk) for number in range(int(count))]
    for piece in batched(rows, PIECE):
        Finding.objects.bulk_create(piece)
    for subject in SUBJECTS:
        _notice(subject, owner.pk, contact)


def _finding(number: int, owner: int, asset: int, source: int) -> Finding:
    now = clock.now()
    return Finding(
        organisation_id=owner,
        asset_id=asset,
        source_id=source,
        subject_kind="event",
        subject=SUBJECTS[number % len(SUBJECTS)],
        observed=f"198.{18 + (number >> 16)}.{number >> 8 & 255}.{number & 255}",
        port=3389,
        protocol="tcp",
        hostname=f"host-{number * 7919 % 1_000_003}.klant.example",
        rsit="vulnerable/potentially-unwanted-accessible",
        severity="normal",
        certainty="exact",
        tlp=Tlp.GREEN,
        evidence={
            "banner": f"service {number * 104_729 % 1_000_003}",
            "sha256": f"{number * 2_654_435_761 % 2**256:064x}",
            "region": "Utrecht",
            "city": "Utrecht",
            "version": "7.1",
            "sector": "Internet Service Provider",
        },
        first_seen=now - timedelta(days=3),
        last_seen=now - timedelta(hours=3),
    )


def _notice(subject: str, owner: int, contact: Contact) -> None:
    now = clock.now()
    campaign = Campaign.objects.create(
        subject_kind="event", subject=subject, severity="normal", reach_limit=1, state="approved", created_at=now
    )
    number = SUBJECTS.index(subject)
    notice = Notice.objects.create(
        campaign=campaign,
        organisation_id=owner,
        number=f"{number:012d}",
        code=f"AAAA222{number + 2}",
        subject=subject,
        severity="normal",
        tlp=Tlp.GREEN,
        state="queued",
        created_at=now,
    )
    found = Finding.objects.filter(subject=subject).values_list("pk", flat=True)
    for piece in batched(found.iterator(), PIECE):
        NoticeFinding.objects.bulk_create(NoticeFinding(notice=notice, finding_id=pk) for pk in piece)
    Message.objects.create(
        notice=notice,
        contact=contact,
        channel="mail",
        address=contact.address,
        language="en",
        template="exposed/rdp@1",
        subject_line="x",
        body="x",
        message_id=f"<{number}@x.example>",
        state="gathering",
        because="bundle: bench",
        not_before=now,
        not_after=now + timedelta(days=5),
        created_at=now,
    )


def measure() -> None:
    """Make the bundle, and say how long it took and how much memory the process held."""
    before = _memory()
    began, worked = time.perf_counter(), time.process_time()
    assert make_bundle(now=clock.now())
    seconds, worked = time.perf_counter() - began, time.process_time() - worked
    most = _memory()
    assert Message.objects.filter(state="gathered").count() == len(SUBJECTS)
    files = {one.name: len(one.content) for one in MessageFile.objects.order_by("pk")}
    print(json.dumps({"seconds": seconds, "cpu": worked, "memory": most, "before": before, "files": files}))


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


if __name__ == "__main__":
    {"fill": fill, "measure": measure}[sys.argv[1]](*sys.argv[2:])
