"""Lists as people make them, for tests."""

import io

import openpyxl

# As a Dutch office saves it: titles above the header, semicolons, decimal commas, days first, Windows-1252, empty rows.
OFFICE = (
    "Kwetsbare systemen – “open RDP”;;;;;\r\nGemaakt op 23-11-2026, € 0,00;;;;;\r\n;;;;;\r\n"
    "IP-adres;Poort;Gezien op;CVSS;Soort melding;Toelichting\r\n"
    "192.0.2.1;3.389;23-11-2026 4:05;9,8;Open RDP;Café – één\r\n"
    '192.0.2.2;3389;13-11-2026;7,5;Open RDP;"een; twee\r\ndrie"\r\n'
    ";3389;13-11-2026;7,5;Open RDP;leeg\r\n"
    ";;;;;\r\n"
    "192.0.2.3;99999;13-11-2026;7,5;Open RDP;\r\n"
).encode("cp1252")


def workbook(*rows, hidden=(), name="Blad1"):
    """A spreadsheet with these rows on its first sheet, and hidden sheets of these names."""
    book = openpyxl.Workbook()
    book.active.title = name
    for row in rows:
        book.active.append(row)
    for other in hidden:
        book.create_sheet(other).sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
