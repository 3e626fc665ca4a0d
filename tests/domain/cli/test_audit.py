"""Whatever a command prints about people, the audit trail says who of this machine saw it, what they asked, and why."""

import importlib
import os
import pwd

import cast
import click
import desk
import people
import pytest

from misthoorn.accounts.queries import audit_trail
from misthoorn.cli import VERBS

pytestmark = pytest.mark.django_db

PERSONAL = (cast.BAKERY.address, "192.0.2.", people.NUMBER, cast.ANALYST.name, "203.0.113.9", "10.0.0.2", "Piet")
# What each command is asked; those that are not here take --by (an act, with a line of its own), or need no database.
ASKED = {
    "admin trail": (),
    "advisories show": ("CVE-2021-44228",),
    "broadcasts list": (),
    "broadcasts partner list": (),
    "broadcasts show": ("1",),
    "calls list": (),
    "campaigns list": (),
    "contacts look-ups": (),
    "contacts mandates": (cast.BAKERY.register_number,),
    "contacts preference": ("{contact}",),
    "contacts show": (cast.BAKERY.register_number,),
    "corrections list": (),
    "effect": (),
    "explain": ("{finding}",),
    "feeds list": (cast.BAKERY.register_number,),
    "handovers due": ("{campaign}",),
    "handovers list": (),
    "handovers team list": (),
    "handovers wrong": (),
    "letters list": (),
    "lists held": (),
    "lists mappings": ("shadowserver",),
    "members list": (cast.BAKERY.register_number,),
    "products find": ("log4j",),
    "quarantine list": (),
    "quarantine show": ("{batch}",),
    "sources catalogue": (),
    "sources list": (),
    "status": (),
    "store stats": (),
    "suppress list": (),
    "told": (cast.BAKERY.address,),
    "trials list": (),
    "trials show": ("1",),
    "watch": ("--organisation", cast.BAKERY.register_number),
    "webhooks list": (cast.BAKERY.register_number,),
}
# They print nothing of the database about people: they change something and say how many, or need no database.
OTHERS = {
    "admin code", "admin create", "backup", "bench", "check", "contacts look-up", "contacts ripe", "demo", "incoming",
    "lists save", "lists show", "match", "migrate", "organisations entities", "organisations import",
    "organisations owners", "parse", "purge", "quarantine release", "replay log4shell", "restore", "routes", "serve",
    "sources run", "sources test", "store keep", "suppress add", "take-in", "texts check", "texts list", "texts show",
    "trials size", "versions compare", "versions contains", "versions key", "versions native", "versions vers",
    "webhooks test", "worker",
}  # fmt: skip


def commands(found, name):
    if isinstance(found, click.Group):
        for word, below in found.commands.items():
            yield from commands(below, f"{name} {word}")
    else:
        yield name, found


def of_all():
    for verb, module in VERBS.items():
        yield from commands(importlib.import_module(module).command, verb)


@pytest.fixture
def world():
    """A bakery that was warned of something, with a member and a delivery with refused rows."""
    source = desk.make_source()
    batch = desk.make_batch(source)
    campaign = desk.make_campaign(source)
    sent = desk.make_sent(campaign)
    finding = desk.Finding.objects.first()
    contact = desk.Contact.objects.filter(address=cast.BAKERY.address).first()
    cast.person(cast.ANALYST)
    assert sent
    return {"batch": batch.pk, "campaign": campaign.pk, "finding": finding.pk, "contact": contact.pk}


def test_every_command_is_asked_here_is_an_act_of_a_person_or_prints_nobody():
    acts = {name for name, one in of_all() if any(option.name in {"by", "username"} for option in one.params)}

    assert {name for name, _one in of_all()} - (acts - set(ASKED)) - OTHERS == set(ASKED)


def test_what_shows_a_person_leaves_who_looked_at_what_and_why(misthoorn, world):
    silent, shown = [], []
    for name, asked in ASKED.items():
        before = len(audit_trail(limit=1000))
        why = ("--why", "a question of theirs") if takes_why(name) else ()
        said = misthoorn(*name.split(), *(one.format(**world) for one in asked), *why)
        if any(one in said.out for one in PERSONAL):
            shown.append(name)
            looks = audit_trail(limit=1000)[: len(audit_trail(limit=1000)) - before]
            expected = (pwd.getpwuid(os.getuid()).pw_name, "a question of theirs", "command")
            if [(one.detail.get("user"), one.detail.get("why"), one.detail.get("way")) for one in looks] != [expected]:
                silent.append(name)

    assert silent == []
    assert {"contacts show", "told", "explain", "watch", "quarantine show"} <= set(shown)


def takes_why(name):
    found = dict(of_all())[name]
    return any(option.name == "why" for option in found.params)
