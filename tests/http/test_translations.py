"""No sentence without its translation, and no translation without its sentence."""

import pytest

from misthoorn.web import translations

PO = r"""
msgid ""
msgstr ""
"Language: nl\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"
"""


@pytest.fixture
def source(tmp_path):
    """A package with one page and one program, and an empty catalogue."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(
        '{% load i18n %}{% translate "Hello" %}'
        "{% blocktranslate count n=n trimmed %}{{ n }} thing{% plural %}{{ n }} things{% endblocktranslate %}",
        encoding="utf-8",
    )
    (tmp_path / "program.py").write_text(
        'from x import gettext as _, pgettext\n_("Bye %(who)s")\npgettext("noun", "Answer")\n_(variable)\n',
        encoding="utf-8",
    )
    (tmp_path / "locale" / "nl" / "LC_MESSAGES").mkdir(parents=True)
    (tmp_path / "locale" / "nl" / "LC_MESSAGES" / "django.po").write_text(PO, encoding="utf-8")
    return tmp_path


def said(source):
    return translations.problems(translations.catalogues(source)[0], known=translations.texts(source))


def write(source, entries):
    (source / "locale" / "nl" / "LC_MESSAGES" / "django.po").write_text(PO + entries, encoding="utf-8")


WHOLE = r"""
msgid "Hello"
msgstr "Hallo"

msgid "%(n)s thing"
msgid_plural "%(n)s things"
msgstr[0] "%(n)s ding"
msgstr[1] "%(n)s dingen"

msgid "Bye %(who)s"
msgstr "Dag %(who)s"

msgctxt "noun"
msgid "Answer"
msgstr "Antwoord"
"""


def test_our_own_pages_are_all_translated():
    known = translations.texts()

    assert [problem for path in translations.catalogues() for problem in translations.problems(path, known=known)] == []


def test_strings_of_pages_and_programs_are_found(source):
    found = translations.texts(source)

    assert set(found) == {("", "Hello"), ("", "%(n)s thing"), ("", "Bye %(who)s"), ("noun", "Answer")}
    assert found["", "%(n)s thing"].plural == "%(n)s things"


def test_what_is_missing_is_named_with_its_place(source):
    assert "nl: no entry for 'Hello' (templates/page.html)" in said(source)


def test_a_whole_catalogue_has_no_problems(source):
    write(source, WHOLE)

    assert said(source) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (('msgstr "Hallo"', 'msgstr ""'), "nl: no translation of 'Hello' (templates/page.html)"),
        (('msgid "Hello"', '#, fuzzy\nmsgid "Hello"'), "nl: a person must look at 'Hello' (templates/page.html)"),
        (("Dag %(who)s", "Dag"), "nl: missing slot %(who)s in 'Bye %(who)s' (program.py)"),
        (("Dag %(who)s", "Dag %(wie)s"), "nl: unknown slot %(wie)s in 'Bye %(who)s' (program.py)"),
        (('msgid "Hello"', 'msgid "Old"\nmsgstr "Oud"\n\nmsgid "Hello"'), "nl: no page or program uses 'Old'"),
    ],
)
def test_each_fault_has_its_sentence(source, change, problem):
    write(source, WHOLE.replace(*change))

    assert problem in said(source)


def test_updating_adds_what_is_new_keeps_what_is_there_and_drops_what_is_not_used(source):
    write(source, WHOLE.replace('msgid "Hello"', 'msgid "Old"').replace("Hallo", "Oud"))
    catalogue = translations.catalogues(source)[0]

    translations.update(catalogue, known=translations.texts(source))

    assert said(source) == ["nl: no translation of 'Hello' (templates/page.html)"]
    assert "Dag %(who)s" in catalogue.read_text(encoding="utf-8")


def test_compiling_leaves_a_catalogue_that_python_reads(source):
    import gettext  # noqa: PLC0415  only here

    write(source, WHOLE)
    translations.compile_all(source)

    with (source / "locale" / "nl" / "LC_MESSAGES" / "django.mo").open("rb") as file:
        read = gettext.GNUTranslations(file)
    assert read.gettext("Hello") == "Hallo"
    assert read.ngettext("%(n)s thing", "%(n)s things", 2) == "%(n)s dingen"
    assert read.pgettext("noun", "Answer") == "Antwoord"


def test_a_verb_that_does_not_exist_is_wrong_use(capsys):
    assert translations.main(["burn"]) == 2
    assert "There is no verb 'burn'." in capsys.readouterr().err
