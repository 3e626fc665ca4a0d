"""Messages to many as tests make them: a draft, its yes, and written for whom it is for."""

from dataclasses import replace

import cast

from misthoorn.notification.models import Message
from misthoorn.triage import services

DRAFT = services.BroadcastDraft(
    kind="target_group",
    severity="urgent",
    tlp="GREEN",
    subject="CVE-2021-44228",
    title_nl="Ernstig lek in Apache Log4j 2",
    title_en="Serious flaw in Apache Log4j 2",
    text_nl="Er is een ernstig lek in Log4j.\n\nWAT U NU DOET\nWerk bij naar 2.15.0.",
    text_en="There is a serious flaw in Log4j.\n\nWHAT YOU DO NOW\nUpdate to 2.15.0.",
)
PARTNERS = replace(DRAFT, kind="partner", tlp="CLEAR")


def draft(draft=DRAFT, **more):
    return services.draft_broadcast(draft, person=cast.person(cast.ANALYST), now=cast.NOW, **more)


def approve(broadcast, part=cast.ANALYST, seen=1_000):
    person = cast.person(part)
    return services.approve_broadcast(broadcast=broadcast, person=person, seen_reach=seen, now=cast.NOW)


def write(now=cast.NOW):
    while services.write_broadcast_piece(now=now):
        pass


def send(broadcast):
    approve(broadcast)
    write()


def told():
    """Whom a message was written for: (register number, occasion)."""
    found = Message.objects.order_by("pk").values_list("notice__organisation__register_number", "notice__occasion")
    return list(found)
