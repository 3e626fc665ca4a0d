"""What was said in English is said again in the language of the reader, and never half."""

import ast
import re
from pathlib import Path

import pytest
from django.template import Context, Template
from django.utils import translation

import misthoorn
from misthoorn.formats.values.refusals import SENTENCES, sentence
from misthoorn.intake.advisories.authenticity import REASONS, WHOLE
from misthoorn.web.labels.files import REFUSALS
from misthoorn.web.labels.sentences import SENTENCES as KNOWN
from misthoorn.web.labels.sentences.phrases import PHRASES
from misthoorn.web.sentences import said

PACKAGE = Path(misthoorn.__file__).parent
RAISED = {"FormatError", "FetchError", "EgressError", "SecretError", "MissingError", "RangeError"}
REFUSED = {"RefusedError", "Problem", "Damage", "PatternError"}
PLACES = ("formats", "work/outside", "intake/sources")
# What stands in the place of a name in a sentence, where that is words of ours too.
FILLED = {"said": "can't answer now", "name": ' "objects"', "why": " The gzip file stops in the middle."}
REPEATED = "The gzip file stops in the middle."
NOT_SHOWN = {"shadowserver_schema.py"}  # files of ours, not what a source delivers
# Lists of software are no source: what is said of them stands on the command line.
SOFTWARE = PACKAGE / "formats" / "software"


@pytest.fixture(autouse=True)
def _in_dutch():
    with translation.override("nl"):
        yield


def texts_raised():
    """What is raised of a whole file or a fetch, with something in each place."""
    for place in PLACES:
        found = PACKAGE / place
        for path in [found] if found.is_file() else sorted(found.rglob("*.py")):
            if path.name in NOT_SHOWN:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in RAISED and node.args:
                    yield from written(node.args[0])


def reasons_of_refusals():
    """What is said of a row, a record or a part that is refused, with something in each place."""
    for path in sorted((PACKAGE / "formats").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())) if path.parent != SOFTWARE else ():
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in REFUSED and len(node.args) > 1:
                yield from written(node.args[1])


def written(node):
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(part.value if isinstance(part, ast.Constant) else filled(part.value) for part in node.values)


def filled(node):
    return REPEATED if getattr(node, "attr", "") == "reason" else FILLED.get(getattr(node, "id", ""), "12")


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_the_reason_of_every_code_is_dutch_with_what_it_names(code):
    told = said(sentence(code, "x<y"))

    assert told is not None
    assert told != sentence(code, "x<y")
    assert ("x<y" in told) == ("{value}" in SENTENCES[code])


def test_what_is_said_of_documents_that_are_nobodys_is_dutch():
    for form in (*REASONS.values(), WHOLE):
        assert said(form.format(name="a.json")) not in {None, form.format(name="a.json")}


def test_whatever_is_raised_of_a_whole_file_or_of_a_fetch_is_known():
    unknown = {text for text in texts_raised() if said(text) is None}

    assert sorted(unknown) == []


def test_whatever_is_said_of_a_row_that_is_refused_is_known():
    unknown = {text for text in reasons_of_refusals() if said(text) is None}

    assert sorted(unknown) == []


@pytest.mark.parametrize("phrase", PHRASES)
def test_words_of_ours_in_the_place_of_a_name_are_dutch(phrase):
    filled_in = re.sub(r"\{\w+\}", "x", phrase)
    told = said(f"The first line of this file {filled_in}, so it can't hold the names of columns.")

    assert told is not None
    assert (filled_in in told) == (phrase == "tabs")


def test_two_sentences_are_two_also_where_the_first_names_something():
    told = said(
        "This file lacks a column timestamp and a column identifier. Its columns are: a, b. "
        "Look whether the source renamed a column, or choose another format."
    )

    assert told == (
        "In dit bestand ontbreekt een kolom timestamp en een kolom identifier. De kolommen zijn: a, b. "
        "Kijk of de bron een kolom anders noemt, of kies een ander formaat."
    )


def codes_of_refusals():
    """What stands as a code where a row, a part or a file is refused."""
    for path in sorted((PACKAGE / "formats").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"RefusedError", "Problem", "Damage"}:
                yield from (one.value for one in node.args[:1] if isinstance(one, ast.Constant))


def test_every_code_of_a_refusal_has_a_word():
    assert {*SENTENCES, *REASONS, *codes_of_refusals()} <= set(REFUSALS)


def test_a_sentence_in_a_sentence_is_said_again_too():
    told = said("maker-2.json: feed.example has nothing at this address (404).")

    assert told == "maker-2.json: feed.example heeft niets op dit adres (404)."


def test_what_is_not_known_stays_as_it_is_and_is_marked_as_english():
    shown = Template("{% load mh %}{% told text %}").render(Context({"text": "Boo <b>.\nThe row has no time."}))

    assert shown == '<span lang="en">Boo &lt;b&gt;.</span><br>De regel heeft geen tijd.'


def test_each_form_names_the_same_in_both_languages():
    for form in (*KNOWN, *PHRASES):
        places = re.findall(r"\{\w+\}", form)
        assert sorted(places) == sorted(re.findall(r"\{\w+\}", translation.gettext(form)))
