import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.matching.statements.phrases import is_not_stated, read_sentence


def spans(text, **more):
    """Each span as interval notation, "..." for an open end; None when not understood."""
    found = read_sentence(text, **more)
    ends = "([", ")]"
    return found and [
        f"{ends[0][span.low_inclusive]}{span.low or '...'}, {span.high or '...'}{ends[1][span.high_inclusive]}"
        for span in found
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("before 2.3", ["[..., 2.3)"]),
        ("< 2.3", ["[..., 2.3)"]),
        ("prior to v9.0.0", ["[..., v9.0.0)"]),
        ("before version 2.4.10577", ["[..., 2.4.10577)"]),
        ("<=7.1", ["[..., 7.1]"]),
        ("up to and including 7.1", ["[..., 7.1]"]),
        ("up to, and including, 7.1", ["[..., 7.1]"]),
        ("All versions prior to and including 3.10.4302", ["[..., 3.10.4302]"]),
        ("Ver.2.10.51 and earlier", ["[..., 2.10.51]"]),
        ("1.2.3 and later", ["[1.2.3, ...]"]),
        ("> 1.2", ["(1.2, ...]"]),
        ("All versions < V4.3.8", ["[..., V4.3.8)"]),
        (">= 2.0.0, < 2.15.0", ["[2.0.0, 2.15.0)"]),
        ("2.0.0, < 2.15.0", ["[2.0.0, 2.15.0)"]),
        ("from 2.0 before 2.3", ["[2.0, 2.3)"]),
        ("9.6.0 to 9.6.4", ["[9.6.0, 9.6.4]"]),
        ("1.0 - 2.0", ["[1.0, 2.0]"]),
        ("12.2.3-12.2.10", ["[12.2.3, 12.2.10]"]),
        ("2.3.4-1.2.3", ["[2.3.4-1.2.3, 2.3.4-1.2.3]"]),
        ("13.1-49.13", ["[13.1-49.13, 13.1-49.13]"]),
        ("1.x before 1.2.3", ["[1.*, 1.2.3)"]),
        ("7.x", ["[7.*, 7.*]"]),
        ("7.x and earlier", ["[..., 7.*]"]),
        ("before 7.x", ["[..., 7)"]),
        ("8.3, 9.0", ["[8.3, 8.3]", "[9.0, 9.0]"]),
        ("< 1.2, >= 2.0, < 2.1", ["[..., 1.2)", "[2.0, 2.1)"]),
        ("= 2.8.0", ["[2.8.0, 2.8.0]"]),
        ("version 2.3", ["[2.3, 2.3]"]),
        ("all versions", ["[..., ...]"]),
        ("*", ["[..., ...]"]),
        ("vóór 2.3", ["[..., 2.3)"]),
        ("alle versies tot en met 7.1", ["[..., 7.1]"]),
        ("vanaf 2.0 tot 2.3", ["[2.0, 2.3)"]),
        ("2.3 en ouder", ["[..., 2.3]"]),
        ("2.0 t/m 2.5", ["[2.0, 2.5]"]),
        ("vor 2.3", ["[..., 2.3)"]),
        ("Versionen bis einschließlich 3.4", ["[..., 3.4]"]),
        ("ab 2.0 bis 2.5", ["[2.0, 2.5]"]),
        ("3.4 und älter", ["[..., 3.4]"]),
        ("up to (including) 3.4", ["[..., 3.4]"]),
        ("van 2.0 tot en met 2.5", ["[2.0, 2.5]"]),
        ("alle versies", ["[..., ...]"]),
        ("versies lager dan 2.3", ["[..., 2.3)"]),
        ("versie 2.3 en eerdere versies", ["[..., 2.3]"]),
        ("2.3 en hoger", ["[2.3, ...]"]),
        ("1.0, 1.1 en 1.2", ["[1.0, 1.0]", "[1.1, 1.1]", "[1.2, 1.2]"]),
        ("tussen 2.0 en 2.5", ["[2.0, 2.5]"]),
        ("between 2.0 and 2.5", ["[2.0, 2.5]"]),
        ("2.3 and all earlier versions", ["[..., 2.3]"]),
        ("2.3 (and earlier)", ["[..., 2.3]"]),
        ("2.3 or earlier.", ["[..., 2.3]"]),
        ("v2.3 earlier", ["[..., v2.3]"]),
        ("2.00 SP1|2.03", ["[2.00 SP1, 2.00 SP1]", "[2.03, 2.03]"]),
        ("AcmeOS 8.6.x.x:      8.6.0.20 and below", ["[8.6.*, 8.6.0.20]"]),
        ("2.0 through 2.5", ["[2.0, 2.5]"]),
        ("up to, but not including, 2.3", ["[..., 2.3)"]),
        ("less than or equal to 2.3", ["[..., 2.3]"]),
        ("2.3+", ["[2.3, ...]"]),
        ("Versions C3414-500-S02K5_P8 and prior", ["[..., C3414-500-S02K5_P8]"]),
        ("All versions < V9.1 SP2 UC05", ["[..., V9.1 SP2 UC05)"]),
        ("version 4.16 through 5.37 Patch 1", ["[4.16, 5.37 Patch 1]"]),
        ("15.4.2 HF 1 and previous versions", ["[..., 15.4.2 HF 1]"]),
        ("11.6, 11.6 IF1", ["[11.6, 11.6]", "[11.6 IF1, 11.6 IF1]"]),
        ("SwitchOS 10.5.x.x: 10.5.0.4 and below.", ["[10.5.*, 10.5.0.4]"]),
        ("h5.1.x", ["[h5.1.*, h5.1.*]"]),
        ("stable < 3.2.3", ["[..., 3.2.3)"]),
        ("Version.5.0 or later", ["[5.0, ...]"]),
    ],
)
def test_a_sentence_about_versions_is_read(text, wanted):
    assert spans(text) == wanted


@pytest.mark.parametrize("text", ["3.3 Patch 1", "12.2(58)SE", "21.0 ap363301", "Snapdragon 8 Gen 2", "Acrobat DC"])
def test_a_text_without_a_word_of_the_grammar_is_one_version(text):
    assert spans(text) == [f"[{text}, {text}]"]


@pytest.mark.parametrize(
    "text",
    [
        "The first 5 digits of serial No. 26061 and prior",
        "SMR Feb-2024 Release in Android 11, 12, 13, 14",
        "FortiOS 7.0.3 and below",
        "< 3, >= 2",
        "before",
        "2.0 to",
        "*3.1.3",
        "< 2.3 (build five)",
        "some of the older ones",
        "1.?",
        "beta < 3.2.0.beta1",
        "between 2.0",
        "",
        "x" * 2000,
    ],
)
def test_a_sentence_that_does_not_fit_is_not_understood(text):
    assert spans(text) is None


def test_the_products_own_name_is_skipped():
    assert spans("FortiOS 7.0.3 and below", ignore=frozenset({"fortios"})) == ["[..., 7.0.3]"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("ACME Simple Editor 3.21.0", ["[3.21.0, 3.21.0]"]),
        ("Simple SE:8u381", ["[8u381, 8u381]"]),
        ("Other SE:8u381", ["[Other SE:8u381, Other SE:8u381]"]),
        ("Editor before 7", ["[..., 7)"]),
        ("Editor-13", ["[13, 13]"]),
        ("before Editor-13.1", ["[..., 13.1)"]),
        ("Editor-11 Editor-12L Editor_13", ["[11, 11]", "[12L, 12L]", "[13, 13]"]),
        ("Editor7", ["[Editor7, Editor7]"]),
        ("Other-13", ["[Other-13, Other-13]"]),
        ("Editor Pro: 7u231, 8u221", ["[7u231, 7u231]", "[8u221, 8u221]"]),
        ("Editor Pro:8u221", ["[8u221, 8u221]"]),
    ],
)
def test_only_the_products_own_name_is_skipped(text, wanted):
    assert spans(text, ignore=frozenset({"acme", "simple", "editor", "se", "7"})) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("22.8 and prior", ["[..., 22.8]"]),
        ("1.0 to 1.4", ["[1.0, 1.4]"]),
        ("Flow and Fault 1.0", ["[1.0, 1.0]"]),
    ],
)
def test_a_word_that_connects_does_so_although_it_stands_in_the_name_too(text, wanted):
    assert spans(text, ignore=frozenset({"flow", "and", "fault", "to"})) == wanted


@pytest.mark.parametrize(
    "text", [" N/A ", "See the vendor's bulletin.", "zie het advies", "multiple versions", "latest"]
)
def test_texts_that_say_nothing_are_known(text):
    assert is_not_stated(text)


@pytest.mark.parametrize("text", ["1.0", "see 1.0", "latest 2.0"])
def test_texts_with_a_version_say_something(text):
    assert not is_not_stated(text)


WORDS = [
    "before",
    "<",
    "<=",
    "and",
    "or",
    ",",
    "-",
    "to",
    "1.0",
    "2.x",
    "all",
    "versions",
    "v",
    "from",
    "up",
    "beta",
    "*",
]


@given(st.lists(st.sampled_from(WORDS), max_size=30))
def test_any_row_of_words_is_read_or_refused(words):
    found = read_sentence(" ".join(words))
    assert found is None or len(found) > 0


@pytest.mark.parametrize("text", ["< " * 400, "1.0, " * 180, "(" * 900, "1.x" * 300, "up to " * 150 + "1"])
def test_long_rows_of_words_take_no_time(text):
    assert read_sentence(text) is None or len(read_sentence(text)) <= 200
