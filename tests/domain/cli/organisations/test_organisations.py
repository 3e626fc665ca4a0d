import csv
import io
import json

from cast import BAKERY, tables
from deliveries import cve, deliver, records, source

from misthoorn.constituency.models import Asset, Organisation
from misthoorn.triage.models import Finding

HEADER = "register_number,name,kind,sector,size"


def test_a_table_is_imported_and_counted(misthoorn, write):
    said = misthoorn("organisations", "import", write("o.csv", tables(BAKERY)["organisations"]))

    assert (said.code, said.out) == (
        0,
        "organisations: 1 row read = 1 added + 0 changed + 0 unchanged + 0 failed.\n",
    )


def test_rows_that_fail_end_with_1_and_go_to_a_file_that_can_be_mended_and_imported(misthoorn, write, tmp_path):
    path = write("o.csv", f"{HEADER}\n1,=cmd(),bakery,trade,1\n2,B,general,trade,1\n")
    wrong = tmp_path / "wrong.csv"

    said = misthoorn("organisations", "import", path, "--failed", wrong)

    assert said.code == 1
    assert "2 rows read = 1 added + 0 changed + 0 unchanged + 1 failed" in said.out
    assert "line 2: `kind` is 'bakery'." in said.out
    (row,) = csv.DictReader(io.StringIO(wrong.read_text()))
    assert (row["name"], row["reason"][:7]) == ("'=cmd()", "line 2:")
    wrong.write_text(wrong.read_text().replace("bakery", "general"))
    assert misthoorn("organisations", "import", wrong).code == 0


def test_of_many_rows_that_fail_ten_are_shown_and_the_rest_counted(misthoorn, write):
    path = write("o.csv", "\n".join([HEADER, *(f"{n},,general,trade,1" for n in range(12)), ""]))

    said = misthoorn("organisations", "import", path)

    assert said.out.count("`name` is empty") == 10
    assert "and 2 more. --failed FILE writes them all to a file." in said.out


def test_a_dry_run_says_what_would_happen_and_keeps_nothing(misthoorn, write):
    said = misthoorn("organisations", "import", write("o.csv", tables(BAKERY)["organisations"]), "--dry-run", "--json")

    assert json.loads(said.out) == {
        "kind": "organisations",
        "read": 1,
        "added": 1,
        "changed": 0,
        "unchanged": 0,
        "dry_run": True,
        "failed": [],
    }
    assert not Organisation.objects.exists()


def test_new_products_are_matched_with_the_advisories_that_are_there(misthoorn, write):
    source("cve", form="cve5")
    deliver(records(cve()), source="cve")
    for name, text in tables(BAKERY).items():
        misthoorn("organisations", "import", write(f"{name}.csv", text))

    assert Finding.objects.get().subject == "CVE-2021-44228"


def test_a_cpe_name_with_wildcards_is_registered_as_what_advisories_name(misthoorn, write):
    source("cve", form="cve5")
    deliver(records(cve()), source="cve")
    misthoorn("organisations", "import", write("organisations.csv", tables(BAKERY)["organisations"]))
    row = f"{BAKERY.register_number},product,cpe:2.3:a:apache:*:2.14.1,kassa"
    other = f"{BAKERY.register_number},product,cpe:2.3:a:nobody:*,"
    table = write("assets.csv", f"register_number,kind,value,label\n{row}\n{other}\n")

    done = misthoorn("organisations", "import", table)

    assert "2 rows read = 1 added + 0 changed + 0 unchanged + 1 failed." in done.out
    assert "line 3: “cpe:2.3:a:nobody:*” holds no product that an advisory names" in done.out
    found = Finding.objects.get()
    assert (found.asset.value, found.asset.version, found.observed) == (
        "cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:*",
        "2.14.1",
        "kassa",
    )
    assert "0 added + 0 changed + 1 unchanged" in misthoorn("organisations", "import", table).out


def test_a_file_that_is_no_table_is_one_line_and_exit_1(misthoorn, write):
    for content in (b"", b"<html>", b"\xff\xfe\0", b"a,b\n1,2\n"):
        path = write("o.csv", content)
        said = misthoorn("organisations", "import", path)
        assert (said.code, said.out, said.error.count("\n")) == (1, "", 1)
        assert said.error.startswith(f"misthoorn: {path}: ")


def test_bytes_that_are_no_text_are_refused_row_by_row(misthoorn, write):
    path = write("o.csv", f"{HEADER}\n1,Caf\xe9,general,trade,1\n2,B,general,trade,1\n".encode("latin-1"))

    said = misthoorn("organisations", "import", path)

    assert "line 2: The row holds bytes that are no text in UTF-8. Save the file as CSV in UTF-8." in said.out
    assert list(Organisation.objects.values_list("name", flat=True)) == ["B"]


def test_where_the_failed_rows_can_not_be_written_is_said_after_the_rest(misthoorn, write, tmp_path):
    path = write("o.csv", f"{HEADER}\n1,,general,trade,1\n")

    said = misthoorn("organisations", "import", path, "--failed", tmp_path / "no" / "wrong.csv")

    assert said.code == 1
    assert "1 failed" in said.out
    assert "The rows that failed can't be written to" in said.error


def test_wrong_use_is_exit_2(misthoorn):
    for arguments in (("import",), ("import", "no-such-file"), ("export",)):
        said = misthoorn("organisations", *arguments)
        assert (said.code, said.error.count("\n")) == (2, 1)
    assert not Asset.objects.exists()


def test_an_extract_of_the_register_of_entities_is_one_import_that_can_be_tried_first(misthoorn, tmp_path):
    file = tmp_path / "entities.csv"
    head = "register_number,name,entity,sector,size,emails,ip_ranges,telephones\n"
    file.write_text(head + "41000001,Waterwerk,essential,other,250+,soc@waterwerk.example,192.0.2.0/29,\n")

    tried = misthoorn("organisations", "entities", file, "--dry-run")
    assert (tried.code, Organisation.objects.count()) == (0, 0)
    assert "assets: 1 row read = 1 added" in tried.out
    assert misthoorn("organisations", "entities", file).code == 0

    one = Organisation.objects.get()
    assert (one.kind, one.assets.get().provenance, one.contacts.get().provenance) == ("vital", "register", "register")
    Organisation.objects.update(registered=True)
    assert "1 unchanged" in misthoorn("organisations", "entities", file).out
    assert Organisation.objects.get().registered, "what it asked for itself is not in the register"
    file.write_text("name\n")
    assert "columns are missing" in misthoorn("organisations", "entities", file).error
