import itertools

from hypothesis import given
from hypothesis import strategies as st

from misthoorn.notification.compose.layout import EMPTY, WIDTH, hard, lay_out, table

WORDS = st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=30)


def test_a_long_line_is_broken_under_its_own_start():
    body = lay_out("  1. " + "woord " * 30)
    lines = body.rstrip("\n").split("\n")
    assert lines[0].startswith("  1. woord")
    assert all(line.startswith("     woord") for line in lines[1:])
    assert max(map(len, lines)) <= WIDTH


def test_a_line_of_72_columns_stays_as_it_is():
    line = "x" * 35 + " " + "y" * 36
    assert lay_out(line) == line + "\n"
    assert lay_out(line + "y").count("\n") == 2


def test_a_telephone_number_is_never_broken():
    for before in range(40, 80):
        body = lay_out(f"{'a' * 20} {'b' * (before - 21)} {hard('+31 88 000 00 00')}.")
        assert "+31 88 000 00 00." in body


def test_a_line_with_only_an_empty_value_is_gone_and_so_is_the_second_blank_line():
    assert lay_out(f"a\n\n{EMPTY}\n\nb") == "a\n\nb\n"
    assert lay_out(f"a\n  {EMPTY}\nb") == "a\nb\n"


def test_an_empty_value_takes_one_space_along():
    assert lay_out(f"one {EMPTY} two {EMPTY}") == "one two\n"
    assert lay_out(f"  {EMPTY} two") == "  two\n"


def test_a_word_longer_than_a_line_is_cut_into_lines():
    assert max(map(len, lay_out("  " + "x" * 500).split("\n"))) == WIDTH


@given(st.lists(WORDS, max_size=60), st.integers(0, 6))
def test_breaking_loses_no_word_and_makes_no_line_too_wide(words, indent):
    body = lay_out(" " * indent + " ".join(words))
    assert "".join(body.split()) == "".join("".join(words).split())
    assert all(len(line) <= WIDTH for line in body.split("\n"))


@given(st.lists(st.one_of(WORDS, st.text("x", min_size=60, max_size=160)), min_size=1, max_size=40), st.integers(0, 6))
def test_every_line_holds_as_many_words_as_fit(words, indent):
    lines = [line.strip() for line in lay_out(" " * indent + " ".join(words)).strip("\n").split("\n")]
    for line, after in itertools.pairwise(lines):
        cut = len(line) == WIDTH - indent and line.rpartition(" ")[2] not in words
        assert cut or indent + len(line) + 1 + len(after.split(" ")[0]) > WIDTH


@given(
    st.integers(1, 6).flatmap(
        lambda columns: st.tuples(
            st.lists(st.text("ab1. :", max_size=18), min_size=columns, max_size=columns),
            st.lists(
                st.lists(st.text("ab1.:-", max_size=60), min_size=columns, max_size=columns), min_size=1, max_size=6
            ),
        )
    )
)
def test_a_table_shows_every_cell_whole_within_72_columns(made):
    head, rows = made
    shown = lay_out(table(head=head, rows=rows))
    assert all(len(line) <= WIDTH for line in shown.split("\n"))
    for cell in (cell for row in rows for cell in row):
        assert cell in shown
