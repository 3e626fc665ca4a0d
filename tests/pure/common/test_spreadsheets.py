import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.common.spreadsheets import csv_line, harmless, no_formula


@pytest.mark.parametrize("cell", ["=1+1", "+31", "-2+3", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_cell_that_a_spreadsheet_would_run_is_text(cell):
    assert no_formula(cell) == f"'{cell}"
    assert harmless(cell).startswith("'")


def test_a_number_stays_a_number_and_nothing_stays_empty():
    assert csv_line((-1.5, 3, None, "a")) == "-1.5,3,,a\r\n"


@given(st.lists(st.text(), min_size=2))
def test_whatever_is_in_its_cells_a_row_is_one_row_without_a_formula(cells):
    (row,) = csv.reader([csv_line(cells, end="\n")])
    assert len(row) == len(cells)
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in row)
    assert [harmless(cell) for cell in row] == row
