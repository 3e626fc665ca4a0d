"""JSON objects made of columns of text, one for each row."""

import json
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_NEEDS_ESCAPE = r'[\x00-\x1f"\\]'


def objects(members: list[tuple[str, pa.Array]], *, count: int) -> pa.Array:
    """A JSON object for each row, of the cells that are not empty.

    The parts of all objects are joined once: columns, and between them texts that are the same in each row, among which
    are the cells of a column that has only one text.
    """
    parts: list[str | pa.Array] = ["{"]
    for name, column in members if count else ():
        key, first = json.dumps(name, ensure_ascii=False) + ':"', column[0].as_py()
        filled = pc.not_equal(column, "")
        if pc.equal(column, first).true_count == count:
            parts += [f'{key}{_escaped(first)}",'] if first else []
        elif filled.true_count == count:
            parts += [key, _all_escaped(column), '",']
        else:
            parts.append(pc.if_else(filled, pc.binary_join_element_wise(key, _all_escaped(column), '",', ""), ""))
    *before, last = _together(parts)
    if isinstance(last, str):
        last = last.rstrip(",") + "}"
        return pc.binary_join_element_wise(*before, last, "") if before else pa.repeat(pa.scalar(last), count)
    opened = pc.ascii_rtrim(pc.binary_join_element_wise(*before, last, ""), ",")
    return pc.binary_join_element_wise(opened, "}", "")


def _together(parts: list[str | pa.Array]) -> Iterator[str | pa.Array]:
    """The same with texts that follow each other as one."""
    texts: list[str] = []
    for part in parts:
        if isinstance(part, str):
            texts.append(part)
            continue
        if texts:
            yield "".join(texts)
            texts.clear()
        yield part
    if texts:
        yield "".join(texts)


def _escaped(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _all_escaped(column: pa.Array) -> pa.Array:
    held = column.buffers()[2]
    signs = np.frombuffer(held, np.uint8) if held else np.zeros(0, np.uint8)
    if not ((signs < ord(" ")) | (signs == ord('"')) | (signs == ord("\\"))).any():
        return column
    special = pc.match_substring_regex(column, _NEEDS_ESCAPE)
    texts = column.filter(special).dictionary_encode()
    escaped = pa.array(map(_escaped, texts.dictionary.to_pylist()), pa.string())
    return pc.replace_with_mask(column, special, escaped.take(texts.indices))
