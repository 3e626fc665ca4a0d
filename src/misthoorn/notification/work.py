"""What a worker does for this package; settings.WORK names `step`."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from misthoorn.common import clock
from misthoorn.constituency.queries import usable_contact
from misthoorn.constituency.services import mark_bounced
from misthoorn.notification import webhooks
from misthoorn.notification.addresses import mail_domain
from misthoorn.notification.channels.mail import MailChannel
from misthoorn.notification.channels.mail.return_path import return_path
from misthoorn.notification.channels.mail.signing import Signer, SigningError, load_signer
from misthoorn.notification.delivery import Delivery, leases
from misthoorn.notification.delivery.rate import Pace
from misthoorn.notification.services import team
from misthoorn.notification.unsubscribe import leave_token
from misthoorn.work.loop import Step


@cache
def _delivery() -> Delivery:
    """Made when the first message is looked for, so that a worker keeps one connection."""
    ours = team()
    mail = MailChannel(
        relay=settings.RELAY,
        name=ours.name,
        sender=ours.mail,
        signer=signer(),
        own_name=mail_domain(ours.site.partition("/")[0]) or "localhost",
    )
    return Delivery(
        channels={"mail": mail, "webhook": webhooks.channel()},
        still_true=import_string(settings.STILL_TRUE),
        label_now=import_string(settings.LABEL_NOW),
        usable_contact=usable_contact,
        mark_bounced=mark_bounced,
        lease=settings.LEASE,
        deadline=settings.DEADLINE,
        return_path=_return_path,
        leaving=lambda message: f"https://{ours.site.rstrip('/')}/leave/{leave_token(message)}/",
        pace=Pace(rate=settings.RATE),
    )


def signer() -> Signer | None:
    """Who signs mails, by the settings.

    Raises:
        SigningError: the key is not there, or can't be used.
    """
    how = settings.SIGN
    return load_signer(how.kind, key=how.key, password=how.password, now=clock.now)


def try_signer() -> None:
    """Sign something, where mails are signed.

    Raises:
        SigningError: it does not go.
    """
    if made := signer():
        made.sign(b"a trial\r\n")


def signing_problems() -> list[str]:
    """What keeps mails from being signed, or soon will; nothing where they are not signed."""
    try:
        made = signer()
    except SigningError as error:
        return [str(error)]
    return made.problems(sender=team().mail) if made else []


def _return_path(message: int) -> str:
    """The signed address for one message; "" where the settings name none."""
    address = settings.RETURN_PATH
    return return_path(address, message=message, key=settings.SECRET_KEY.encode()) if address else ""


step = Step(
    name="deliver",
    run=lambda: _delivery().run(),
    pending=leases.pending,
    close=lambda: _delivery().close(),
)
