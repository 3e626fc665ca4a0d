"""Walks every setting and every command, whatever is there: each is explained to the person who needs it."""

import re
from pathlib import Path

import click
import pytest

from misthoorn.cli import VERBS, misthoorn
from misthoorn.config.environment import SETTINGS

ROOT = Path(__file__).resolve().parents[2]
ONLY_FOR_TESTS = {"MISTHOORN_FAILPOINT"}  # kills the process; nobody sets it in earnest


def commands(command, context):
    """The full name and the command, for each that does something itself."""
    if not isinstance(command, click.Group):
        yield context.command_path, command.get_help(context)
        return
    for name in command.list_commands(context):
        below = command.get_command(context, name)
        yield from commands(below, click.Context(below, info_name=name, parent=context, terminal_width=100))


def helps(verb):
    top = click.Context(misthoorn, info_name="misthoorn")
    command = misthoorn.get_command(top, verb)
    return dict(commands(command, click.Context(command, info_name=verb, parent=top, terminal_width=100)))


def test_every_setting_is_in_the_reference():
    page = (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")

    assert [setting.name for setting in SETTINGS if f"| `{setting.name}` |" not in page] == []


def test_every_setting_that_the_program_reads_is_listed():
    known = {setting.name for setting in SETTINGS} | ONLY_FOR_TESTS
    read = {
        name
        for path in (ROOT / "src").rglob("*.py")
        for name in re.findall(r"\bMISTHOORN_[A-Z_]*[A-Z]\b", path.read_text(encoding="utf-8"))
    }

    assert read - known == set()


@pytest.mark.parametrize("verb", VERBS)
def test_every_command_has_help_with_an_example(verb):
    for name, text in helps(verb).items():
        usage, _, rest = text.partition("\n\n")
        assert usage.startswith(f"Usage: {name}")
        assert f"{name} " in " ".join(rest.split()) + " ", f"{name} --help shows no example"


@pytest.mark.parametrize("verb", VERBS)
def test_every_option_of_every_command_says_what_it_does(verb):
    for name, text in helps(verb).items():
        for option, meaning in re.findall(r"^  (-\S.*?)(?:  +(\S.*))?$", text, re.MULTILINE):
            following = text.split(option, 1)[1].lstrip("\n")
            assert meaning or following.startswith("   "), f"{name} {option} is not explained"


def test_the_list_of_commands_has_a_line_for_each():
    top = click.Context(misthoorn, info_name="misthoorn", terminal_width=100)
    listed = misthoorn.get_help(top)

    assert [verb for verb in VERBS if not re.search(rf"^  {verb}  +\S", listed, re.MULTILINE)] == []


def test_run_names_every_verb_that_it_knows():
    text = (ROOT / "run").read_text(encoding="utf-8")
    told = set(re.findall(r"^  ([a-z]+)  +\S", text, re.MULTILINE))
    known = set(re.findall(r"^([a-z]+)\)$", text, re.MULTILINE)) | set(
        re.findall(r"^([a-z]+)\) for_use", text, re.MULTILINE)
    )

    assert known
    assert told == known
