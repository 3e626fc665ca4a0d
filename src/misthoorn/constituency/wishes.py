"""What contacts do not want to be told beside warnings."""

from collections.abc import Collection
from itertools import batched
from typing import Literal

from misthoorn.constituency.models import Preference

PIECE = 5_000  # ids in one statement; SQLite takes 32,766 parameters


def unwanted(what: Literal["reminders", "good_news"], *, contacts: Collection[int]) -> set[int]:
    """Which of these contacts said that they want none. Who never said anything wants them."""
    return {
        contact
        for piece in batched(contacts, PIECE)
        for contact in Preference.objects.filter(contact__in=piece, **{what: False}).values_list("contact", flat=True)
    }
