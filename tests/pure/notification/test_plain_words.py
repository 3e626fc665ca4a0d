"""Every mail as an editor reads it: plain words, short sentences, fixed headings, a table that fits."""

import re

import mails
import plain
import pytest

from misthoorn.notification.compose import about, compose
from misthoorn.notification.compose.templates import library

EVERY = mails.every_mail()
COLUMNS = re.compile(r"\S {2,}\S")
BY_LANGUAGE = pytest.mark.parametrize("language", mails.LANGUAGES)


@pytest.fixture(params=EVERY)
def facts(request):
    return EVERY[request.param]


def owners_part(body):
    """The mail without the block for the IT provider, which is English and technical."""
    return re.sub(
        r"\n(?:VOOR UW IT|VOOR WIE|FOR YOUR).*?(?=\nIS DIT BERICHT|\nIS THIS MESSAGE)", "", body, flags=re.DOTALL
    )


def test_no_sentence_is_longer_than_a_breath_and_most_are_much_shorter(facts):
    lengths = [plain.word_count(sentence) for sentence in plain.sentences(compose(facts).body)]
    long = [s for s in plain.sentences(compose(facts).body) if plain.word_count(s) > plain.MOST_WORDS]
    assert not long
    real = [length for length in lengths if length > 2]
    assert sum(real) / len(real) <= plain.MEAN_WORDS


def test_no_word_that_people_stumble_over_or_feel_blamed_by(facts):
    mail = compose(facts)
    assert not plain.forbidden_in(f"{mail.subject}\n{owners_part(mail.body)}", facts.language)
    assert not plain.forbidden_in(mail.body, "en")


def test_the_headings_stand_in_the_agreed_order(facts):
    found = [line for line in compose(facts).body.split("\n") if plain.is_heading(line)]
    left_out = (set() if facts.reasons and facts.variant != "short" else plain.WHY) | (
        set() if facts.duty else plain.DUTY
    )
    expected = [heading for heading in plain.HEADINGS[facts.language] if heading not in left_out]
    assert len(found) == len(expected)
    assert all(re.fullmatch(pattern, line) for pattern, line in zip(expected, found, strict=True)), found


def test_no_row_is_wider_than_72_columns_and_the_subject_is_one_line_of_110(facts):
    mail = compose(facts)
    assert max((len(line) for line in mail.body.split("\n") if COLUMNS.search(line)), default=0) <= 72
    assert len(mail.subject) <= 110
    assert mail.subject.isprintable()


def test_nothing_shouts_and_nothing_can_be_clicked(facts):
    mail = compose(facts)
    assert "!" not in mail.subject + mail.body
    assert not re.search(r"https?://|www\.", mail.body.replace("www.bakkerij.example", ""))


def test_no_blank_line_is_doubled_and_no_line_ends_in_a_space(facts):
    body = compose(facts).body
    assert "\n\n\n" not in body
    assert body == "\n".join(line.rstrip() for line in body.split("\n"))
    assert body.endswith("\n")
    assert not body.endswith("\n\n")
    assert not re.search(r"\s[.,](?:\s|$)", body)


def test_number_code_and_telephone_stay_whole_on_one_line(facts):
    body = compose(facts).body
    assert body.count("4821-7730-5264") == body.replace("\n", " ").count("4821-7730-5264") == 3
    assert "KM7F-2Q9X" in body
    assert body.count("088 000 00 00") >= 2


def test_the_five_answers_stand_in_the_same_words_and_order(facts):
    flat = " ".join(compose(facts).body.split())
    places = [flat.index(answer, flat.index(mails.TEAM.site + "/an")) for answer in plain.ANSWERS[facts.language]]
    assert places == sorted(places)


def test_a_usual_mail_fits_on_one_page(facts):
    if len(facts.evidence) == 1:
        assert compose(facts).body.count("\n") <= 60


@BY_LANGUAGE
@pytest.mark.parametrize("text", library.names())
def test_what_a_warning_is_about_is_said_in_general_words(text, language):
    said = about(text, language)
    assert 5 < len(said) <= 70
    assert not re.search(r"[{}]|\d", said)
    assert said[0].islower()
    assert not plain.forbidden_in(said, language)


@pytest.mark.parametrize("text", library.names())
def test_every_text_names_the_sources_of_its_advice_and_a_severity(text):
    values = library.told(text, "en")
    assert values["basis"]
    assert values["severity"] in {"urgent", "high", "normal", "information"}


@pytest.mark.parametrize("text", library.names())
def test_both_languages_of_a_text_say_the_same_number_of_things(text):
    dutch, english = library.told(text, "nl")["nl"], library.told(text, "en")["en"]
    assert set(dutch) == set(english)
    assert len(dutch["steps"]) == len(english["steps"])
    assert 1 <= len(dutch["steps"]) <= 3


def test_the_shared_words_are_the_same_set_in_both_languages():
    def shape(words):
        return {key: shape(value) if isinstance(value, dict) else None for key, value in words.items()}

    assert shape(library.words("nl")) == shape(library.words("en"))


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("Dit lek is reeds gepatcht.", "nl", ["reeds", "gepatcht"]),
        ("U moet dit oplossen", "nl", ["U moet"]),
        ("Victims were notified immediately", "en", ["Victims", "immediately"]),
        ("Bel wie uw IT doet.", "nl", []),
    ],
)
def test_the_reader_of_these_tests_knows_a_bad_word_when_it_sees_one(text, language, found):
    assert sorted(plain.forbidden_in(text, language)) == sorted(found)


def test_the_reader_of_these_tests_tells_sentences_apart():
    body = "Beste lezer,\n\nEen zin. Nog een zin\ndie doorloopt.\n\nKOP\n  1. Doe dit. En dit.\n  A  B\n"
    assert plain.sentences(body) == ["Beste lezer,", "Een zin.", "Nog een zin die doorloopt.", "Doe dit.", "En dit."]
