"""Messages that wait in the queue: `queue_messages(COUNT)` in a test, or `seed.py COUNT` on the service's own database.

`gather_messages(COUNT)` and `seed.py COUNT together`: two a contact, which wait for one digest. `seed.py COUNT listed`:
two for each owner of networks, which wait for one bundle. `seed.py COUNT URL`: one for a webhook of each organisation.

The way in is the packages' own services, but for campaign and findings, which are written as they would be.
"""

import io
import os
import sys

from misthoorn.common import clock
from misthoorn.common.tlp import Tlp
from misthoorn.notification.compose import Evidence

SUBJECT = "open-rdp"


def address(number):
    """An address of the range for benchmarks, 198.18.0.0/15."""
    return f"198.{18 + (number >> 16)}.{number >> 8 & 255}.{number & 255}"


def domain(number):
    return f"bedrijf{number:08d}.example"


def make_organisations(count, *, now):
    """Organisations with one network and one contact each, taken in by the import."""
    from misthoorn.constituency.imports import read_table  # noqa: PLC0415  once Django is set up, here and below
    from misthoorn.constituency.services import import_table  # noqa: PLC0415

    tables = {
        "organisations": ["register_number,name,kind,sector,size,province,registered"],
        "assets": ["register_number,kind,value,version"],
        "contacts": ["register_number,role,address,language,confirmed_at"],
    }
    for number in range(count):
        key = f"{number:08d}"
        tables["organisations"].append(f"{key},Bedrijf {key},general,trade,2-9,Utrecht,yes")
        tables["assets"].append(f"{key},network,{address(number)}/32,")
        tables["contacts"].append(f"{key},security,it@{domain(number)},{'en' if number % 2 else 'nl'},2026-10-01")
    for lines in tables.values():
        result = import_table(read_table(io.StringIO("\n".join([*lines, ""]))), at=now)
        assert not result.failed, result.failed[:3]


def make_findings(*, now):
    """One finding on each network, made the first time."""
    from misthoorn.constituency.models import Asset  # noqa: PLC0415
    from misthoorn.intake.models import Source  # noqa: PLC0415
    from misthoorn.triage.models import Finding  # noqa: PLC0415

    if Finding.objects.exists():
        return list(Finding.objects.order_by("organisation"))
    source, _ = Source.objects.get_or_create(
        slug="scan", defaults={"name": "Scan", "format": "events", "tlp": Tlp.GREEN, "created_at": now}
    )
    return Finding.objects.bulk_create(
        Finding(
            organisation_id=asset.organisation_id,
            asset=asset,
            source=source,
            subject_kind="event",
            subject=SUBJECT,
            observed=asset.value.partition("/")[0],
            port=3389,
            protocol="tcp",
            severity="high",
            certainty="exact",
            tlp=Tlp.GREEN,
            first_seen=now,
            last_seen=now,
        )
        for asset in Asset.objects.order_by("organisation")
    )


def make_campaign(*, now):
    """An approved campaign whose notices are made by somebody else; its id."""
    from misthoorn.triage.models import Campaign  # noqa: PLC0415

    state = Campaign.State.APPROVED
    kinds = {"subject_kind": "event", "subject": SUBJECT, "severity": "high"}
    row = Campaign.objects.create(**kinds, reach_limit=10**6, state=state, created_at=now, released_at=now)
    return row.pk


def make_plans(*, now, **changes):
    """A plan for each organisation; `changes` are other values for the plans."""
    from misthoorn.constituency.models import Contact  # noqa: PLC0415
    from misthoorn.notification.services import NoticePlan  # noqa: PLC0415

    contacts = {contact.organisation_id: contact for contact in Contact.objects.all()}
    return [
        NoticePlan(
            **{
                "organisation": finding.organisation_id,
                "subject": SUBJECT,
                "severity": "high",
                "tlp": Tlp.GREEN,
                "findings": (finding.pk,),
                "messages": (make_message(contacts[finding.organisation_id], finding, now=now),),
            }
            | changes
        )
        for finding in make_findings(now=now)
    ]


def make_message(contact, finding, *, now):
    from misthoorn.notification.services import MessagePlan  # noqa: PLC0415

    return MessagePlan(
        contact=contact.pk,
        role=contact.role,
        channel=contact.channel,
        address=contact.address,
        language=contact.language,
        certainty="exact",
        source="Scan",
        known_through="registered",
        evidence=(Evidence(address=finding.observed, port=3389, protocol="tcp", seen=now),),
        matched="network",
    )


def queue_messages(count, **changes):
    """So many messages, each to an address of its own, all due at once."""
    from misthoorn.notification.services import create_notices  # noqa: PLC0415

    now = clock.now()
    make_organisations(count, now=now)
    made = create_notices(campaign=make_campaign(now=now), plans=make_plans(now=now, **changes), now=now)
    assert made.messages == count, made


def gather_messages(count):
    """Two messages for each of so many contacts, which wait for one digest that is due now."""
    from misthoorn.notification.models import Message  # noqa: PLC0415
    from misthoorn.notification.services import create_notices  # noqa: PLC0415

    queue_messages(count)
    now = clock.now()
    create_notices(campaign=make_campaign(now=now), plans=make_plans(now=now), now=now)
    Message.objects.update(state="gathering", because="digest: calm-2026, digest, preference", not_before=now)


def list_messages(count):
    """Two messages for each of so many owners of networks, which wait for one bundle that is due now."""
    from misthoorn.constituency.models import Organisation  # noqa: PLC0415
    from misthoorn.notification.models import Message  # noqa: PLC0415

    gather_messages(count)
    Organisation.objects.update(network_owner=True)
    Message.objects.update(because="bundle: calm-2026, network_owner, day")


def post_messages(count, url):
    """A message for each of so many webhooks, which are all at this address."""
    from misthoorn.constituency.models import Organisation  # noqa: PLC0415
    from misthoorn.notification.services import create_notices  # noqa: PLC0415
    from misthoorn.notification.webhooks import add_webhook  # noqa: PLC0415

    now = clock.now()
    make_organisations(count, now=now)
    for organisation in Organisation.objects.values_list("pk", flat=True):
        add_webhook(organisation=organisation, address=url, at=now, person=None)
    made = create_notices(campaign=make_campaign(now=now), plans=make_plans(now=now), now=now)
    assert made.messages == count, made


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "misthoorn.config.settings")
    import django

    django.setup()
    number, how = int(sys.argv[1]), (sys.argv[2:] or [""])[0]
    if how.startswith("http"):
        post_messages(number, how)
    else:
        {"together": gather_messages, "listed": list_messages, "": queue_messages}[how](number)
