"""Objects made of columns are those that the standard library makes of each row."""

import json

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.formats.readers.json_columns import objects

CELLS = st.sampled_from(["", "", "a", "b,", '"', "\\", "é\n", "\x00\x1f\x7f", ","])
ROWS = st.integers(0, 4).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=5).map(lambda rows: (width, rows))
)


@given(ROWS, st.integers(0, 2))
def test_each_row_is_an_object_of_its_cells_that_are_not_empty(rows, before):
    width, cells = rows
    names = [f'n"{place}' for place in range(width)]
    columns = [pa.array(["x"] * before + [row[place] for row in cells], pa.string())[before:] for place in range(width)]
    found = objects(list(zip(names, columns, strict=True)), count=len(cells)).to_pylist()
    filled = [{name: cell for name, cell in zip(names, row, strict=True) if cell} for row in cells]
    assert found == [json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in filled]
