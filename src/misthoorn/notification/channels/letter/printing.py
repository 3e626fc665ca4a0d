"""Letters as one PDF: tagged for who reads by ear, the same bytes for the same letters, and nothing fetched for it.

Made in pieces of some letters, so that a thousand need no more memory than a hundred.
"""

import logging
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject

from misthoorn.notification.channels.letter.page import Sheet, Size, sheet_html

MOST_PAGES = 2  # one sheet of paper
PIECE = 25  # letters whose pages are in memory at once
# The largest letters that fit on one sheet; the technical part on its own side where there is room for that.
SIZES = (Size(10, turn=True), Size(9, turn=True), Size(9, turn=False), Size(8, turn=False))
_OF_THE_WHOLE = ("/MarkInfo", "/Metadata", "/ViewerPreferences")  # what PDF/UA asks of a document
VARIANT = "pdf/ua-1"
INSTALL = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core"


class PrintError(Exception):
    """Letters can't be printed; the sentence says what to do."""


def trouble() -> str:
    """Why this machine can't print letters, as a sentence that says what to install; "" where it can."""
    try:
        _weasyprint()
    except PrintError as error:
        return str(error)
    return ""


def print_piece(sheets: Sequence[Sheet], *, title: str) -> tuple[bytes, list[int]]:
    """Some letters as one PDF, and how many pages each has. Their pages are all in memory at once: `PIECE` is enough.

    Raises:
        PrintError: this machine lacks something.
    """
    documents = [_fitting(sheet) for sheet in sheets]
    documents[0].metadata.title = title
    every = [page for document in documents for page in document.pages]
    return documents[0].copy(every).write_pdf(pdf_variant=VARIANT), [len(one.pages) for one in documents]


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


def _fitting(sheet: Sheet) -> Any:  # noqa: ANN401  WeasyPrint has no types
    """On one sheet where that is possible; a longer text goes on, in letters that can still be read."""
    for size in SIZES:
        document = _rendered(sheet, size=size)
        if len(document.pages) <= MOST_PAGES:
            break
    return document


def _rendered(sheet: Sheet, *, size: Size) -> Any:  # noqa: ANN401  WeasyPrint has no types
    weasyprint, fonts, fetcher = _weasyprint()
    html = weasyprint.HTML(string=sheet_html(sheet, size=size, css=_css()), url_fetcher=fetcher)
    return html.render(font_config=fonts)


@cache
def _css() -> str:
    return (resources.files("misthoorn.notification.channels.letter") / "letter.css").read_text("utf-8")


@cache
def _weasyprint() -> tuple[Any, Any, Any]:
    """The program that prints, loaded when the first letter is: it needs libraries that not every machine has.

    Beside it, its fonts, and what would fetch something for a letter: it may use no protocol at all.
    """
    try:
        import weasyprint  # noqa: PLC0415  see above
        from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415  see above
        from weasyprint.urls import URLFetcher  # noqa: PLC0415  see above
    except (ImportError, OSError) as error:
        raise PrintError(
            f"Letters can't be printed on this machine: Pango is missing. Install it: {INSTALL}"
        ) from error
    logging.getLogger("weasyprint.progress").propagate = False  # it tells of every step of every letter
    return weasyprint, FontConfiguration(), URLFetcher(allowed_protocols=())


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
