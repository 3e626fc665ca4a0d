"""What the program says of itself."""

from click.testing import CliRunner

from misthoorn.cli import VERBS, misthoorn
from misthoorn.cli.verbs import GROUPS

NAMED = [verb for lines in GROUPS.values() for verb in lines]


def test_every_verb_stands_in_one_group():
    assert len(NAMED) == len(set(NAMED))
    assert set(VERBS) <= set(NAMED)


def test_every_verb_takes_one_line():
    said = CliRunner().invoke(misthoorn, ["--help"], terminal_width=80).output.splitlines()

    for lines in GROUPS.values():
        for verb in lines.keys() & VERBS.keys():
            assert any(one.split(None, 1) == [verb, lines[verb]] for one in said), verb
