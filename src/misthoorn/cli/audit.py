"""Who looked at data of people from the command line: the user of the machine, what they asked for, and why."""

import os
import pwd
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

import click

from misthoorn.cli import set_up_django

LONGEST = 300  # characters of what was asked, and of the reason, that are kept

why_option = click.option("--why", default="", metavar="TEXT", help="Why you look. The audit trail keeps it, with who.")


def looks(about: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a command that prints data of people: it gets `--why`, and a look is kept before anything is printed.

    Stands closest to the function. `about` is what the trail calls it; what was asked for goes into its detail.
    """

    def mark(function: Callable[..., Any]) -> Callable[..., Any]:
        @why_option
        @wraps(function)
        def noted(*arguments: Any, why: str, **options: Any) -> Any:  # noqa: ANN401  those of the command
            note(about, options, why=why)
            return function(*arguments, **options)

        return noted

    return mark


def note(about: str, asked: Mapping[str, object], *, why: str) -> None:
    """Write down that the user of this machine looks at data of people, and what they asked for."""
    set_up_django()
    from misthoorn.accounts.services import note_look
    from misthoorn.common import clock

    named = {name: _text(value) for name, value in asked.items() if value}
    how = {"way": "command", "user": _user(), "why": _text(why), "asked": named}
    note_look(at=clock.now(), person=None, about=about, **how)


def _text(value: object) -> str:
    """Also of bytes that are no text, which Python lets in as surrogates and no database takes."""
    return str(value)[:LONGEST].encode(errors="backslashreplace").decode()


def _user() -> str:
    """The machine's user, and by whose name with sudo."""
    try:
        name = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        name = str(os.getuid())
    behind = _text(os.environ.get("SUDO_USER", ""))
    return f"{behind} as {name}" if behind else name
