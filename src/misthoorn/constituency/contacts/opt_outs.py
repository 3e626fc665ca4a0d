"""What contacts do not want beside their warnings."""

from collections.abc import Collection
from itertools import batched
from typing import Literal

from misthoorn.constituency.models import Preference

PIECE = 5_000  # ids in one statement; SQLite takes 32,766 parameters


def unwanted(what: Literal["reminders", "good_news", "compared"], *, contacts: Collection[int]) -> set[int]:
    """Which of these contacts said that they want none. Who never said anything wants them."""
    return {
        contact
        for piece in batched(contacts, PIECE)
        for contact in Preference.objects.filter(contact__in=piece, **{what: False}).values_list("contact", flat=True)
    }


def not_compared(organisations: Collection[int]) -> set[int]:
    """Which of these organisations have a contact that wants no comparisons of texts."""
    said = Preference.objects.filter(compared=False)
    return {
        owner
        for piece in batched(organisations, PIECE)
        for owner in said.filter(contact__organisation__in=piece).values_list("contact__organisation", flat=True)
    }
