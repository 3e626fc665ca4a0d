"""What is read is told: every format stands in the reference."""

import re
from pathlib import Path

import pytest

from misthoorn.formats.registry import FORMATS

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "formats.md"


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_has_a_row_in_the_reference(name):
    rows = re.findall(
        r"^\| (`.*?`) \| (?:observations|advisories|software|statements)", REFERENCE.read_text("utf-8"), re.MULTILINE
    )

    assert f"`{name}`" in ", ".join(rows).split(", ")
