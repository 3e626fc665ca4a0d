from hypothesis import given
from hypothesis import strategies as st

from misthoorn.notification.compose.text.layout import EMPTY, WIDTH, lay_out, table

WORDS = st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=30)


def test_a_paragraph_stays_one_line_however_long_it_is():
    line = "  1. " + " ".join(["woord"] * 60)
    assert lay_out(line) == line + "\n"


def test_a_line_with_only_an_empty_value_is_gone_and_so_is_the_second_blank_line():
    assert lay_out(f"a\n\n{EMPTY}\n\nb") == "a\n\nb\n"
    assert lay_out(f"a\n  {EMPTY}\nb") == "a\nb\n"


def test_an_empty_value_takes_one_space_along():
    assert lay_out(f"one {EMPTY} two {EMPTY}") == "one two\n"
    assert lay_out(f"  {EMPTY} two") == "  two\n"


@given(st.lists(st.lists(WORDS, max_size=60).map(" ".join), max_size=8), st.integers(0, 6))
def test_no_word_is_lost_and_every_line_stays_itself(lines, indent):
    body = lay_out("\n".join(" " * indent + line for line in lines))
    assert [line.split() for line in body.split("\n") if line] == [line.split() for line in lines if line]


def test_one_row_stands_upright_so_that_a_telephone_has_room_for_it():
    shown = table(head=("Adres", "Poort", "Gezien"), rows=[("192.0.2.7", "", "23-11-2026 02.02")])
    assert lay_out(shown) == "    Adres: 192.0.2.7\n    Gezien: 23-11-2026 02.02\n"


def test_more_rows_stand_in_columns():
    shown = table(head=("Adres", "Poort"), rows=[("192.0.2.7", "80/tcp"), ("192.0.2.10", "")])
    assert lay_out(shown) == "  Adres       Poort\n  192.0.2.7   80/tcp\n  192.0.2.10\n"


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
