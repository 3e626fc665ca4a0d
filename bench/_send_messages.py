"""One side of the comparison, in a process of its own: `prepare COUNT`, `bare PORT` or `queue`; prints seconds."""

import os
import smtplib
import sys
import time
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "misthoorn.config.settings")
django.setup()
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import secrets  # noqa: E402  once Django is set up, here and below

import seed  # noqa: E402

from misthoorn.common import clock  # noqa: E402
from misthoorn.notification.compose import compose  # noqa: E402
from misthoorn.notification.notices.drafts import facts_of, make_names  # noqa: E402
from misthoorn.notification.services import create_notices, team  # noqa: E402


def prepare(count: str) -> float:
    seed.make_organisations(int(count), now=clock.now())
    return 0.0


def bare(port: str) -> float:
    """What anybody would write: compose, make an EmailMessage, send it, over one connection."""
    plans, ours, now = seed.make_plans(now=clock.now()), team(), clock.now()
    began = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", int(port), local_hostname="misthoorn.example") as smtp:
        for plan in plans:
            names, to = make_names(secrets.randbelow), plan.messages[0]
            text = compose(facts_of(plan, message=to, names=names, team=ours))
            mail = EmailMessage(policy=SMTP)
            mail["From"] = f"{ours.name} <{ours.mail}>"
            mail["To"] = to.address
            mail["Subject"] = text.subject
            mail["Date"] = now
            mail["Message-ID"] = f"<{names.number}.{secrets.token_hex(6)}@misthoorn.example>"
            mail["Auto-Submitted"] = "auto-generated"
            mail.set_content(text.body, cte="8bit")
            smtp.send_message(mail)
    return time.perf_counter() - began


def queue() -> float:
    """Compose and write the rows that workers take."""
    plans, campaign = seed.make_plans(now=clock.now()), seed.make_campaign(now=clock.now())
    began = time.perf_counter()
    create_notices(campaign=campaign, plans=plans, now=clock.now())
    return time.perf_counter() - began


if __name__ == "__main__":
    side = {"prepare": prepare, "bare": bare, "queue": queue}[sys.argv[1]]
    print(side(*sys.argv[2:]))
