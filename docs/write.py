"""Write docs/reference from the program itself, and take the pictures: `./run docs`.

With --check nothing is written, and exit 1 tells of a page that is out of date.
"""

# A command of its own, in no package, that speaks on stdout.
# ruff: noqa: INP001, T201

import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import click
import pictures

from misthoorn.cli import misthoorn
from misthoorn.config.environment import SETTINGS

REFERENCE = Path(__file__).parent / "reference"
WIDTH = 100
NOTE = "<!-- Written by ./run docs from the program itself. Changes made here are lost. -->\n"


def settings_page() -> str:
    """Every setting with its default and its meaning, in tables by group."""
    parts = [
        "# Settings\n",
        NOTE,
        "Settings are environment variables. Each has a default that is fit for trying out; an empty one counts as its",
        "default. `misthoorn check` tells whether they can be used together.\n",
    ]
    for group, settings in groupby(SETTINGS, key=lambda setting: setting.group):
        parts += [f"## {group}\n", "| setting | default | meaning |", "| --- | --- | --- |"]
        for setting in settings:
            default = f"`{setting.default}`" if setting.default else "(empty)"
            parts.append(f"| `{setting.name}` | {default} | {setting.meaning.replace('|', '\\|')} |")
        parts.append("")
    return "\n".join(parts)


def commands_page() -> str:
    """The help of every command, as `--help` prints it."""
    parts = [
        "# Commands\n",
        NOTE,
        "Run from the project's folder as `./run misthoorn …`, or as `misthoorn …` where the package is installed.",
        "Exit codes: 0 done, 1 it could not be done, 2 wrong use, 130 stopped by the user.\n",
    ]
    for name, text in helps(misthoorn, "misthoorn"):
        parts += [f"{'##' if name.count(' ') < 2 else '###'} {name}\n", "```text", text, "```\n"]  # noqa: PLR2004  verb, then part of a verb
    return "\n".join(parts)


def helps(command: click.Command, name: str, parent: click.Context | None = None) -> Iterator[tuple[str, str]]:
    """The full name and the help text of this command and of all commands under it."""
    context = click.Context(command, info_name=name.rpartition(" ")[2], parent=parent, terminal_width=WIDTH)
    yield name, command.get_help(context)
    if isinstance(command, click.Group):
        for part in command.list_commands(context):
            below = command.get_command(context, part)
            if below is not None and not below.hidden:
                yield from helps(below, f"{name} {part}", context)


PAGES = {"settings.md": settings_page, "commands.md": commands_page}


def main(arguments: list[str]) -> int:
    """Writes the pages, or with --check compares them; the exit code."""
    if arguments not in ([], ["--check"]):
        print("Type ./run docs, or ./run docs --check.", file=sys.stderr)
        return 2
    stale = []
    for name, page in PAGES.items():
        path, text = REFERENCE / name, page()
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not arguments:
            REFERENCE.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"written: docs/reference/{name}")
    if arguments and stale:
        print(f"out of date: {', '.join(stale)}")
        return 1
    if not arguments:
        pictures.take()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
