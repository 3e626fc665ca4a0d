"""The desk's menu: a few groups, each with its pages. A page belongs to the entry whose name its own begins with."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A page in the menu; `also` is how the names of other pages that lie under it begin."""

    name: str
    text: str | Promise
    also: tuple[str, ...] = ()

    def holds(self, here: str) -> bool:
        """Whether the page with this name is this one, or lies under it; under the desk itself lies nothing."""
        return here == self.name or here.startswith(self.also if self.name == "desk" else (f"{self.name}-", *self.also))


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    text: str | Promise
    entries: tuple[Entry, ...]


MENU = (
    Group(text=gettext_lazy("Today"), entries=(Entry(name="desk", text=gettext_lazy("Today")),)),
    Group(
        text=pgettext_lazy("menu", "Warn"),
        entries=(
            Entry(name="desk-campaigns", text=gettext_lazy("Campaigns")),
            Entry(name="desk-messages", text=gettext_lazy("Messages")),
            Entry(name="desk-calls", text=gettext_lazy("Calls")),
            Entry(name="desk-letters", text=gettext_lazy("Letters")),
            Entry(name="desk-broadcasts", text=gettext_lazy("Messages to many")),
            Entry(name="desk-handovers", text=gettext_lazy("Hand-overs")),
            Entry(name="desk-texts", text=gettext_lazy("Texts")),
            Entry(name="desk-trials", text=gettext_lazy("Comparisons of texts")),
        ),
    ),
    Group(
        text=pgettext_lazy("menu", "What came back"),
        entries=(
            Entry(name="desk-answers", text=gettext_lazy("Answers")),
            Entry(name="desk-incoming", text=gettext_lazy("Incoming mail")),
            Entry(name="desk-claims", text=gettext_lazy("Registrations")),
            Entry(name="desk-checks", text=gettext_lazy("Is it genuine?")),
            Entry(name="desk-told", text=gettext_lazy("What was ever told")),
        ),
    ),
    Group(
        text=gettext_lazy("Organisations"),
        entries=(
            Entry(
                name="desk-organisations",
                text=gettext_lazy("Organisations"),
                also=("desk-findings", "desk-assets", "desk-contacts", "desk-feeds"),
            ),
            Entry(name="desk-mistakes", text=gettext_lazy("Reports of mistakes")),
            Entry(name="desk-suppressions", text=gettext_lazy("Suppressions")),
        ),
    ),
    Group(
        text=gettext_lazy("Sources"),
        entries=(
            Entry(name="desk-sources", text=gettext_lazy("Sources")),
            Entry(name="desk-lists", text=gettext_lazy("Lists")),
            Entry(name="desk-quarantine", text=gettext_lazy("Quarantine")),
            Entry(name="desk-advisories", text=gettext_lazy("Advisories")),
        ),
    ),
    Group(text=gettext_lazy("Effect"), entries=(Entry(name="desk-effect", text=gettext_lazy("Effect")),)),
)


def current(here: str) -> tuple[Group | None, Entry | None]:
    """The group and the entry that lead to the page with this name; none for a page that no entry leads to."""
    for group in MENU:
        for entry in group.entries:
            if entry.holds(here):
                return group, entry
    return None, None
