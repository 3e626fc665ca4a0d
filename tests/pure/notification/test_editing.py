"""What may be changed in a text, and what is refused when it is kept, with the place and the reason."""

import mails
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from shipped import file_as_shipped

from misthoorn.notification.compose import compose
from misthoorn.notification.compose.editing import (
    LARGEST,
    SENTENCES,
    Problem,
    as_file,
    editable,
    problems_of,
    values_of,
)
from misthoorn.notification.compose.samples import sample_mail
from misthoorn.notification.compose.templates import library
from misthoorn.notification.compose.templates.files import shipped
from misthoorn.notification.compose.templates.library import Edition, Library

NAME = "exposed/rdp"


def changed(name=NAME, **changes):
    """The file of a shipped text with changes: a key with a language in front of it, or the shared block."""
    fields = yaml.safe_load(file_as_shipped(name))
    for key, value in changes.items():
        language, _, field = key.partition("_")
        if language in mails.LANGUAGES:
            fields[language][field] = value
        else:
            fields[key] = value
    return yaml.safe_dump(fields, allow_unicode=True)


def codes(text, name=NAME):
    return {(one.code, one.where) for one in problems_of(name, text)}


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_text_may_be_kept_as_it_is_and_makes_the_same_mail(name):
    text = file_as_shipped(name)
    assert problems_of(name, text) == ()
    for language in mails.LANGUAGES:
        plain, edited = (
            sample_mail(name, language),
            sample_mail(name, language, texts=Library({name: Edition(7, text)})),
        )
        assert (plain.subject, plain.body) == (edited.subject, edited.body)
        assert (plain.template, edited.template) == (name, name)
        assert edited.version.startswith("1-7+")


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"nl_subject": ""}, ("field-missing", "nl.subject")),
        ({"en_consequence": "  "}, ("field-missing", "en.consequence")),
        ({"nl_consequence": 3}, ("not-words", "nl.consequence")),
        ({"nl_steps": []}, ("steps", "nl.steps")),
        ({"nl_steps": ["Bel."] * 4}, ("steps", "nl.steps")),
        ({"nl_steps": ["Bel."]}, ("steps", "steps")),
        ({"nl_steps": ["Bel.", "", "Vraag het."]}, ("field-missing", "nl.step 2")),
        ({"nl_joke": "Ha"}, ("unknown-field", "nl")),
        ({"colour": "red"}, ("unknown-field", "")),
        ({"it": "RDP is open. Close it."}, ("value-missing", "it")),
        ({"nl_consequence": "Dat ziet u op {{ where.__class__ }}."}, ("tag", "nl.consequence")),
        ({"nl_consequence": "{% for x in y %}a{% endfor %}"}, ("tag", "nl.consequence")),
        ({"nl_consequence": "{% if where %}" * 600}, ("tag", "nl.consequence")),
        ({"nl_consequence": "[[" + "a" * 11_000}, ("tag", "nl.consequence")),
        ({"nl_consequence": "{% include 'x' %}"}, ("tag", "nl.consequence")),
        ({"nl_consequence": "Een {{ secret }}."}, ("unknown-value", "nl.consequence")),
        ({"nl_consequence": "Een {{ where"}, ("tag", "nl.consequence")),
        ({"nl_consequence": "[[ cycler ]]"}, ("tag", "nl.consequence")),
        ({"nl_consequence": "{% if where %}Ja."}, ("no-mail", "nl")),
        ({"nl_consequence": "woord " * 23 + "einde."}, ("long-sentence", "nl")),
        ({"nl_consequence": "U moet dit patchen."}, ("word", "nl")),
        ({"en_consequence": "Act immediately."}, ("word", "en")),
        ({"nl_consequence": "Snel!"}, ("shouting", "nl")),
        ({"nl_consequence": "Kijk op https://evil.example."}, ("link", "nl")),
        ({"nl_subject": "x" * 100}, ("subject-long", "nl.subject")),
    ],
)
def test_what_is_wrong_is_said_with_its_place(changes, found):
    assert found in codes(changed(**changes))


def test_a_language_that_is_missing_is_named():
    fields = yaml.safe_load(file_as_shipped(NAME))
    del fields["en"]
    assert codes(yaml.safe_dump(fields)) == {("language-missing", "en")}


def test_the_sentence_that_is_too_long_is_shown():
    (problem,) = problems_of(NAME, changed(nl_consequence="Dit is een zin " + "met woorden " * 12 + "erin."))
    assert problem.value.startswith("Hoog. Dit is") or problem.value.startswith("Dit is een zin met woorden")
    assert "Make two of it" in str(problem)


@pytest.mark.parametrize(
    "text", ["", "- a", "a: [", "\x00", "a: &x [*x, *x]", "!!python/object:os.system {}", "[" * 9_000]
)
def test_what_is_no_file_of_a_text_is_refused_with_a_sentence(text):
    (problem, *_) = problems_of(NAME, text)
    assert problem.code in {"unreadable", "unknown-field", "language-missing"}
    assert str(problem).endswith(".")


def test_a_file_that_is_too_large_or_about_no_text_is_refused():
    assert problems_of(NAME, "x" * (LARGEST + 1))[0].code == "too-large"
    assert problems_of("exposed/nothing", "nl: {}")[0].code == "no-text"


@settings(max_examples=40)
@given(st.text(max_size=300))
def test_no_field_breaks_the_checker(value):
    for problem in problems_of(NAME, changed(nl_consequence=value)):
        assert str(problem)


@settings(max_examples=40)
@given(st.text(alphabet="{}[]%# ifendlswhr_", max_size=60))
def test_no_tag_breaks_the_checker_and_what_it_lets_pass_can_be_composed(value):
    text = changed(nl_consequence=f"Let op. {value}")
    if not problems_of(NAME, text):
        assert compose(mails.warning(), texts=Library({NAME: Edition(1, text)})).body


def test_the_parts_of_a_message_that_make_it_checkable_can_not_be_left_out():
    fields = yaml.safe_load(file_as_shipped("other/alive"))
    fields["nl"]["body"] = fields["nl"]["body"].replace("[[ check ]]\n", "").replace("[[ stop ]]\n", "")
    assert {(one.code, one.value) for one in problems_of("other/alive", yaml.safe_dump(fields))} >= {
        ("value-missing", "[[ check ]]"),
        ("value-missing", "[[ stop ]]"),
    }


def test_what_leads_to_a_text_stays_as_it_is_shipped():
    text = changed(subjects=["everything"], nl_about="iets anders")
    texts = Library({NAME: Edition(3, text)})
    assert texts.fields(NAME)["subjects"] == library.SHIPPED.fields(NAME)["subjects"]
    assert texts.told(NAME, "nl")["about"] == "iets anders"


def test_a_changed_text_is_used_and_its_version_says_so():
    texts = Library({NAME: Edition(12, changed(nl_consequence="Dit is anders."))})
    mail = compose(mails.warning(), texts=texts)
    assert "Dit is anders." in mail.body
    assert mail.version.startswith("1-12+")
    assert mail.version != compose(mails.warning()).version
    assert compose(mails.warning("open-smb"), texts=texts) == compose(mails.warning("open-smb"))


def test_texts_in_use_are_those_that_were_handed_over_last():
    try:
        library.use(Library({NAME: Edition(5, changed(nl_about="een deur"))}))
        assert library.about("open-rdp", "nl") == "een deur"
        assert library.version_of(NAME, "nl").startswith("1-5+")
    finally:
        library.use(library.SHIPPED)
    assert library.about("open-rdp", "nl") == "een open ingang (RDP)"


def test_an_edition_of_a_text_that_is_gone_is_left_alone():
    assert Library({"exposed/removed": Edition(1, "nl: {}")}).editions == {}


def test_a_note_that_was_emptied_stays_empty():
    assert "note" in editable("infected/device")
    fields = yaml.safe_load(file_as_shipped("infected/device"))
    fields["nl"]["note"] = fields["en"]["note"] = ""
    text = as_file("infected/device", fields)
    assert problems_of("infected/device", text) == ()
    assert Library({"infected/device": Edition(1, text)}).told("infected/device", "nl")["note"] == ""


def test_the_values_that_may_be_named_are_those_that_texts_of_that_kind_name():
    assert {"where", "seen_utc"} <= set(values_of(NAME))
    assert "fixed_version" not in values_of(NAME)
    assert "fixed_version" in values_of("software/known")


def test_each_problem_has_a_sentence_that_says_what_to_do():
    for code, sentence in SENTENCES.items():
        assert str(Problem(code, "nl", "x")).endswith((".", "x"))
        assert sentence


def test_each_variant_says_why_and_makes_another_text():
    for name, variant in library.variants().items():
        assert set(variant.reason) == set(mails.LANGUAGES)
        assert library.version_of(NAME, "nl", name) != library.version_of(NAME, "nl")
        assert f".{name}+" in library.version_of(NAME, "nl", name)


@pytest.mark.parametrize("variant", library.variants())
@pytest.mark.parametrize("name", library.names())
def test_each_variant_of_each_text_fits(name, variant):
    for language in mails.LANGUAGES:
        facts = mails.of_text(name, language, variant=variant)
        severity = facts.severity if facts.severity != "urgent" else "high"
        mail = compose(mails.of_text(name, language, variant=variant, severity=severity))
        assert mail.template == name


def test_a_variant_that_there_is_not_is_refused():
    with pytest.raises(library.ComposeError, match="short, name-first"):
        compose(mails.warning(variant="loud"))
