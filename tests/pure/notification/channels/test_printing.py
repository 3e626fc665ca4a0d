"""Letters as PDF, set by typst with the fonts that come beside the program."""

import io
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import batched

import mails
import pytest
from django.conf import settings
from pypdf import PdfReader

from misthoorn.notification.channels.letter.page import Sheet, address_lines, heading
from misthoorn.notification.channels.letter.printing import join, print_piece
from misthoorn.notification.compose.mails.letter import compose_letter
from misthoorn.notification.compose.templates import library

FONTS = settings.FONTS


def sheet(facts=None, **changes):
    facts = facts or mails.of_text("exposed/rdp", "nl")
    letter = compose_letter(facts)
    return replace(
        Sheet(
            organisation="Bakkerij De Korenaar",
            attention="",
            address="Dorpsstraat 12\n1234 AB Voorbeeldstad",
            language=facts.language,
            number=mails.NUMBER,
            subject=letter.subject,
            body=letter.body,
            on=date(2026, 11, 28),
            sender="Team Voorbeeld",
            sender_address="Postbus 1, 2500 AA Den Haag",
        ),
        **changes,
    )


@cache
def printed(one):
    """The letter as it is read back, and its pages; printed once, whoever looks."""
    data, (pages,) = print_piece([one], title=one.number, fonts=FONTS)
    return PdfReader(io.BytesIO(data)), pages


@pytest.mark.parametrize("language", mails.LANGUAGES)
def test_a_letter_is_tagged_has_a_language_and_a_title_and_reads_in_its_order(language):
    pdf, pages = printed(sheet(mails.of_text("exposed/rdp", language)))
    text = "\n".join(page.extract_text() for page in pdf.pages)

    assert pages == 2
    assert pdf.root_object["/Lang"] == language
    assert pdf.root_object["/MarkInfo"]["/Marked"]
    assert pdf.root_object["/StructTreeRoot"]["/K"]
    assert pdf.metadata.title == mails.NUMBER
    order = {
        "nl": [
            "Bakkerij De Korenaar",
            "T.a.v. de directie",
            "zaterdag 28 november 2026",
            "van buitenaf",
            "EERST",
            "ECHT",
        ],
        "en": [
            "Bakkerij De Korenaar",
            "For the attention",
            "Saturday 28 November 2026",
            "from outside",
            "FIRST",
            "REAL",
        ],
    }[language]
    places = [text.index(word) for word in order]
    assert places == sorted(places)


def test_number_address_and_code_stand_whole_on_their_lines():
    pdf, _ = printed(sheet())
    lines = [line.strip() for line in pdf.pages[0].extract_text().splitlines()]

    assert {"4821-7730-5264", "waarschuwing.example/antwoord", "KM7F-2Q9X"} <= set(lines)


def test_the_technical_part_is_on_the_other_side():
    pdf, _ = printed(sheet())

    assert "VOOR UW IT-LEVERANCIER" not in pdf.pages[0].extract_text()
    assert "VOOR UW IT-LEVERANCIER" in pdf.pages[1].extract_text()


def test_the_same_letter_is_the_same_bytes():
    first, second = (print_piece([sheet()], title="1", fonts=FONTS) for _ in range(2))

    assert first == second


@pytest.mark.parametrize("language", mails.LANGUAGES)
def test_the_longest_letters_fit_on_one_sheet(language):
    letters = []
    for text in ("compromised/system", "exploited/known", "software/unknown", "misconfiguration/dns"):
        facts = mails.of_text(text, language)
        row = facts.evidence[0]
        names = tuple(replace(row, hostname=f"{'x' * 50}{n}.example") for n in range(30))
        letters.append(sheet(replace(facts, evidence=names)))

    _, pages = print_piece(letters, title="Brieven", fonts=FONTS)
    assert len(pages) == len(letters)
    assert max(pages) <= 2


@pytest.mark.deep
@pytest.mark.parametrize("language", mails.LANGUAGES)
@pytest.mark.parametrize("text", library.names())
def test_every_text_fits_on_one_sheet(text, language):
    assert printed(sheet(mails.of_text(text, language)))[1] <= 2


def test_a_text_that_is_too_long_for_one_sheet_goes_on_and_loses_nothing():
    pdf, pages = printed(sheet(body="\n\n".join(f"Dit is regel {number}." for number in range(300))))

    assert pages > 2
    assert "Dit is regel 299." in pdf.pages[-1].extract_text()


def test_many_letters_are_one_file_in_which_every_tag_leads_to_its_own_page(tmp_path):
    count = 7
    for place, piece in enumerate(batched((sheet(number=f"{number:012d}") for number in range(count)), 3)):
        content, pages = print_piece(piece, title="Brieven L-00001", fonts=FONTS)
        assert pages == [2] * len(piece)
        (tmp_path / f"{place}.pdf").write_bytes(content)
    join(sorted(tmp_path.glob("*.pdf")), tmp_path / "all.pdf", title="Brieven L-00001")
    pdf = PdfReader(tmp_path / "all.pdf")

    assert len(pdf.pages) == 2 * count
    assert (pdf.root_object["/Lang"], pdf.metadata.title) == ("nl", "Brieven L-00001")
    numbers = [page["/StructParents"] for page in pdf.pages]
    assert numbers == list(range(2 * count))
    tree = pdf.root_object["/StructTreeRoot"]
    by_page = dict(zip(*[iter(tree["/ParentTree"]["/Nums"])] * 2, strict=True))
    for number, page in zip(numbers, pdf.pages, strict=True):
        first = by_page[number].get_object()[0].get_object()
        assert first.raw_get("/Pg").idnum == page.indirect_reference.idnum
    assert "0000-0000-0006" in pdf.pages[-1].extract_text()
    assert list(tmp_path.glob("*.part")) == []


@pytest.mark.parametrize(
    "name", ["#panic() $x$ *B* _C_ `D` \\ @x <y> // z", "<script>x</script> & Zn", "= Kop", "中文 Bakkerij"]
)
def test_what_anybody_wrote_is_no_markup(name):
    pdf, pages = printed(sheet(organisation=name, body=f"Beste lezer,\n\n{name}"))
    text = pdf.pages[0].extract_text()

    assert pages == 1
    assert text.count("".join(one if ord(one) < 0x2000 else "\ufffd" for one in name)) == 2


def test_signs_that_can_not_be_seen_or_turn_the_text_around_are_replaced():
    pdf, _ = printed(sheet(organisation="Bakker\x00ij\u202e\u2066 😀 עברית Ωμέγα Дом"))

    assert "Bakker\ufffdij\ufffd\ufffd" in pdf.pages[0].extract_text()


def test_every_letter_of_the_text_is_of_a_font_that_comes_with_the_program():
    pdf, _ = printed(sheet())
    fonts = {str(font["/BaseFont"]) for page in pdf.pages for font in page["/Resources"]["/Font"].values()}

    assert fonts
    assert all("Atkinson" in name for name in fonts)


def test_the_name_stands_once_in_the_window_and_a_person_in_place_of_the_management():
    one = sheet(address="Bakkerij De Korenaar\nDam 1\n1012 JS Amsterdam", attention="Anna Bakker")

    assert address_lines(one) == ["Bakkerij De Korenaar", "Anna Bakker", "Dam 1", "1012 JS Amsterdam"]


def test_the_heading_is_the_subject_without_its_number():
    assert heading("Urgent: een lek (ernstig) (waarschuwing 4821-7730-5264)") == "Urgent: een lek (ernstig)"
    assert heading("Goed nieuws") == "Goed nieuws"
