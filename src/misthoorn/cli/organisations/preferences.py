import json
from dataclasses import asdict, replace
from datetime import time
from typing import TYPE_CHECKING, Any

import click

from misthoorn.cli import Failure, counted, set_up_django
from misthoorn.cli.audit import looks
from misthoorn.cli.options import person_named

if TYPE_CHECKING:
    from misthoorn.constituency.contacts.preferences import Wishes

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NONE = "none"


def _quiet(_: click.Context, __: click.Parameter, value: str | None) -> tuple[time, time] | str | None:
    """22:00-07:00, or none."""
    if value is None or value == _NONE:
        return value
    begin, _dash, end = value.partition("-")
    try:
        return time.fromisoformat(begin.strip()), time.fromisoformat(end.strip())
    except ValueError as error:
        raise click.BadParameter(f"'{value}' are no quiet hours. Write them as 22:00-07:00, or none.") from error


@click.command("preference")
@click.argument("contact", type=int)
@click.option("--preset", type=click.Choice(["at_once", "digest", "severe"]), help="How much: all, together, or less.")
@click.option("--digest", type=click.Choice(["day", "week"]), help="How often the overview comes.")
@click.option("--weekday", type=click.Choice(_DAYS), help="The day of a weekly overview.")
@click.option("--hour", type=click.IntRange(0, 23), help="The hour of an overview (Europe/Amsterdam).")
@click.option(
    "--quiet",
    callback=_quiet,
    metavar="HH:MM-HH:MM",
    help="Hours without messages, or none. What is urgent comes all the same.",
)
@click.option("--floor", type=click.Choice(["urgent", "high", "normal", "information"]), help="The least that is told.")
@click.option("--reminders/--no-reminders", default=None, help="Remind of what is still there.")
@click.option("--good-news/--no-good-news", default=None, help="Tell what is gone.")
@click.option("--alive-every", type=click.IntRange(0, 366), metavar="DAYS", help='Tell "nothing new" then; 0: never.')
@click.option("--comparisons/--no-comparisons", "compared", default=None, help="Take part in comparisons of texts.")
@click.option("--language", type=click.Choice(["nl", "en"]), help="Of the messages.")
@click.option("--stop/--begin", default=None, help="Tell this contact nothing at all, or again.")
@click.option("--by", help="User name of who notes it; needed to change anything.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@looks("contact")
def preference(contact: int, *, by: str | None, as_json: bool, **asked: Any) -> None:  # noqa: ANN401  options by name
    """How much a contact is told, and when; with options, change it as the contact said.

    What is urgent, exploited or shows compromise is always told at once.

    \b
    Examples:
      misthoorn contacts preference 12
      misthoorn contacts preference 12 --preset digest --digest week --weekday tuesday --hour 8 --by ada
    """  # noqa: D301  click reads the \b
    set_up_django()
    from misthoorn.constituency.contacts.preferences import wishes_of

    now = _found(wishes_of(contact), contact)
    wanted = {name: value for name, value in asked.items() if value is not None}
    if wanted:
        if by is None:
            raise click.UsageError("Say with --by who notes this.")
        _change(contact, now, wanted, by=by)
        now = _found(wishes_of(contact), contact)
    click.echo(json.dumps(_plain(now)) if as_json else _words(now))


def _found(wishes: "Wishes | None", contact: int) -> "Wishes":
    if wishes is None:
        raise Failure(f"There is no contact {contact}. `misthoorn contacts show` lists them with their numbers.")
    return wishes


def _change(contact: int, now: "Wishes", wanted: dict[str, Any], *, by: str) -> None:
    from misthoorn.common import clock
    from misthoorn.notification.answers.preferences import take_wishes

    language, stopped = wanted.pop("language", None), wanted.pop("stop", None)
    if "weekday" in wanted:
        wanted["weekday"] = _DAYS.index(wanted["weekday"])
    if "quiet" in wanted:
        quiet = wanted.pop("quiet")
        wanted["quiet_from"], wanted["quiet_to"] = (None, None) if quiet == _NONE else quiet
    take_wishes(
        contact=contact,
        wish=replace(now.wish, **wanted),
        now=clock.now(),
        person=person_named(by),
        language=language,
        stopped=stopped,
    )


def _plain(wishes: "Wishes") -> dict[str, Any]:
    plain = asdict(wishes.wish) | {"language": wishes.language, "stopped": wishes.stopped}
    return {name: f"{value:%H:%M}" if isinstance(value, time) else value for name, value in plain.items()}


def _words(wishes: "Wishes") -> str:
    wish = wishes.wish
    day = f" on {_DAYS[wish.weekday]}" if wish.digest == "week" else ""
    quiet = wish.quiet_from and wish.quiet_to and f"{wish.quiet_from:%H:%M} to {wish.quiet_to:%H:%M}"
    rows = {
        "preset": wish.preset.replace("_", " "),
        "overview": f"every {wish.digest}{day} at {wish.hour}:00",
        "quiet hours": quiet or _NONE,
        "least severity": wish.floor,
        "reminders": "yes" if wish.reminders else "no",
        "good news": "yes" if wish.good_news else "no",
        "nothing new": f"after {counted(wish.alive_every, 'day')}" if wish.alive_every else "never",
        "comparisons": "yes" if wish.compared else "no",
        "language": wishes.language,
        "told at all": "no, it asked us to stop" if wishes.stopped else "yes",
    }
    return "\n".join([f"{wishes.address}:", *(f"  {name:<15} {value}" for name, value in rows.items())])
