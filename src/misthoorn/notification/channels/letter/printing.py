"""Letters as one PDF: tagged for who reads by ear (PDF/UA-1), and the same bytes for the same letters.

Typst sets them, with fonts that come beside the program. Made in pieces of some letters: a thousand at once would need
1.7 GB of memory.
"""

import json
import re
from collections.abc import Iterable, Sequence
from importlib import resources
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, cast

import typst
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject

from misthoorn.notification.channels.letter.page import Sheet, Size, sheet_values

MOST_PAGES = 2  # one sheet of paper
PIECE = 25  # letters whose pages are in memory at once
# The largest letters that fit on one sheet; the technical part on its own side where there is room for that.
SIZES = (Size(10, turn=True), Size(9, turn=True), Size(9, turn=False), Size(8, turn=False))
_OF_THE_WHOLE = ("/MarkInfo", "/Metadata", "/ViewerPreferences")  # what PDF/UA asks of a document
_NO_GLYPH = re.compile(r'the text `"(?P<text>.+?)"` could not be displayed')
_MOST_REPLACED = 50  # kinds of characters without a glyph; a piece with more is printed without a promise of PDF/UA


def print_piece(sheets: Sequence[Sheet], *, title: str, fonts: Sequence[Path]) -> tuple[bytes, list[int]]:
    """Some letters as one PDF, and how many pages each has: `PIECE` at a time, since all are in memory at once.

    Each is on one sheet where that is possible; a longer text goes on, in letters that can still be read. `fonts` are
    folders; typst's own fonts are used where they lack a character. A character that no font has becomes U+FFFD.
    """
    sizes = [0] * len(sheets)
    while True:
        values = [sheet_values(one, size=SIZES[size]) for one, size in zip(sheets, sizes, strict=True)]
        text = json.dumps({"title": title, "letters": values}, ensure_ascii=False)
        pages = json.loads(_compiler(text, fonts=fonts).query("<pages>", field="value"))
        again = [count > MOST_PAGES and size + 1 < len(SIZES) for size, count in zip(sizes, pages, strict=True)]
        if not any(again):
            return _pdf(text, fonts=fonts), pages
        sizes = [size + more for size, more in zip(sizes, again, strict=True)]


def join(pieces: Iterable[Path], out: Path, *, title: str) -> None:
    """Pieces as one PDF, in their order, with the tags of all. It is there whole or not at all."""
    writer = PdfWriter()
    tree = _Tree(writer)
    for piece in pieces:
        tree.take(PdfReader(piece))
    tree.finish(title=title)
    with NamedTemporaryFile(dir=out.parent, suffix=".part", delete=False) as file:
        writer.write(file)
    Path(file.name).rename(out)


def _compiler(text: str, *, fonts: Sequence[Path]) -> typst.Compiler:
    page = resources.files("misthoorn.notification.channels.letter") / "letter.typ"
    folders = [str(folder) for folder in fonts]
    return typst.Compiler(str(page), font_paths=folders, ignore_system_fonts=True, sys_inputs={"data": text})


def _pdf(text: str, *, fonts: Sequence[Path]) -> bytes:
    """The PDF. PDF/UA asks that every character can be seen: those that no font has are replaced."""
    for _ in range(_MOST_REPLACED):
        try:
            made = _compiler(text, fonts=fonts).compile(format="pdf", pdf_standards=["ua-1"])
            break
        except typst.TypstError as error:
            found = _NO_GLYPH.search(str(error))
            if found is None:
                raise
            text = text.replace(found["text"], "\ufffd")
    else:
        made = _compiler(text, fonts=fonts).compile(format="pdf")
    return cast("bytes", made)  # one format, and no file to write to


class _Tree:
    """Pages with the tags of their pieces, which pypdf alone would leave behind."""

    def __init__(self, writer: PdfWriter) -> None:
        self._writer = writer
        self._root = DictionaryObject({NameObject("/Type"): NameObject("/StructTreeRoot")})
        self._at = writer._add_object(self._root)  # noqa: SLF001  pypdf has no other way to add what is no page
        self._kids, self._numbers = ArrayObject(), ArrayObject()
        self._next = 0

    def take(self, piece: PdfReader) -> None:
        """Add the pages of a piece, and its tags under the same root."""
        first = len(self._writer.pages)
        self._writer.append(piece, import_outline=False)
        root: Any = piece.root_object["/StructTreeRoot"]
        if not first:
            whole = self._writer.root_object
            whole[NameObject("/Lang")] = TextStringObject(piece.root_object["/Lang"])
            for name in _OF_THE_WHOLE:
                whole[NameObject(name)] = piece.root_object.raw_get(name).clone(self._writer)
        kids: Any = root["/K"].get_object()
        for kid in kids if isinstance(kids, list) else [root.raw_get("/K")]:
            mine = kid.clone(self._writer)
            mine.get_object()[NameObject("/P")] = self._at
            self._kids.append(mine)
        numbers: Sequence[Any] = root["/ParentTree"]["/Nums"]
        for key, value in zip(numbers[::2], numbers[1::2], strict=True):
            self._numbers += [NumberObject(int(key) + self._next), value.clone(self._writer)]
        for page, before in zip(self._writer.pages[first:], piece.pages, strict=True):
            number: Any = before["/StructParents"]
            page[NameObject("/StructParents")] = NumberObject(number + self._next)
        self._next += max((int(key) for key in numbers[::2]), default=-1) + 1

    def finish(self, *, title: str) -> None:
        """Put the tags and the title into the whole."""
        self._root[NameObject("/K")] = self._kids
        self._root[NameObject("/ParentTree")] = self._writer._add_object(  # noqa: SLF001  as above
            DictionaryObject({NameObject("/Nums"): self._numbers})
        )
        self._root[NameObject("/ParentTreeNextKey")] = NumberObject(self._next)
        self._writer.root_object[NameObject("/StructTreeRoot")] = self._at
        self._writer.metadata = {"/Title": title}
