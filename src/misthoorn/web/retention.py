"""What is kept, why, and for how long: the same rows for the public and for the desk."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from misthoorn.constituency.organisations.claims import CODE_DAYS

UNTIL_GONE = 0  # days of what is kept until somebody says otherwise


@dataclass(frozen=True, slots=True)
class Kept:
    kind: str
    what: Promise
    why: Promise
    days: int

    @property
    def period(self) -> str:
        """The days in words: whole years where they are that."""
        if self.days == UNTIL_GONE:
            return str(_("until you leave, or ask us"))
        years, rest = divmod(self.days, 365)
        if years and not rest:
            return ngettext("%(n)s year", "%(n)s years", years) % {"n": years}
        return ngettext("%(n)s day", "%(n)s days", self.days) % {"n": self.days}


_ROWS: tuple[tuple[str, Promise, Promise], ...] = (
    ("received", _("Deliveries of sources, as received"), _("To look up what a source really said")),
    (
        "events",
        _("Observations: address, time, what was seen"),
        _("To see whether something is gone, and for how long"),
    ),
    ("refused", _("Rows that we could not read"), _("To mend our reading, or to tell the source")),
    ("findings", _("What concerns your business, after it is closed"), _("To recognise it when it comes back")),
    ("messages", _("Messages: mail address and text"), _("To let you check a warning, and to see what was said")),
    ("replies", _("What you answered"), _("To stop in time, and to correct mistakes")),
    (
        "messages",
        _("An address to which you passed a warning on"),
        _("To send it there, once, and to take it back when it was wrong"),
    ),
    ("unconfirmed", _("A registration whose code was not typed"), _("To let you type the code")),
    ("replies", _("A registration that was decided on"), _("To know why we warn this address, or not")),
    ("account", _("An account on the portal: name and mail address"), _("To let you sign in")),
    ("audit", _("Who of our team did what"), _("To be able to account for it")),
)


def kept() -> list[Kept]:
    """One row for each kind of data, with the days of the settings."""
    days = settings.KEEP | {"unconfirmed": CODE_DAYS, "account": UNTIL_GONE}
    return [Kept(kind, what, why, days[kind]) for kind, what, why in _ROWS]
