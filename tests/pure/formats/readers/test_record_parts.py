from misthoorn.formats.readers.documents import KEPT, RefusedError
from misthoorn.formats.readers.json_records import Record
from misthoorn.formats.readers.record_parts import each_part


def parts(value):
    if "no" in value:
        raise RefusedError("wrong-kind", "It is another kind of record.")
    return [(one, {"number": one}) for one in value["ones"]]


def test_each_part_is_a_record_with_its_own_bytes_on_the_line_of_the_whole():
    (one, two) = each_part([Record(7, 1, b"whole", {"ones": [1, "é" * KEPT]})], parts=parts)
    assert (one.line, one.raw, one.value) == (7, b"1", {"number": 1})
    assert len(two.raw) == KEPT


def test_what_is_broken_or_of_another_kind_stays_one_record():
    broken = Record(1, 1, b"{", None, "json-invalid", "It is not JSON.")
    found = list(each_part([broken, Record(2, 2, b"x", {"no": 1})], parts=parts))
    assert found == [broken, Record(2, 2, b"x", None, "wrong-kind", "It is another kind of record.")]


def test_a_record_without_parts_gives_none():
    assert not list(each_part([Record(1, 1, b"", {"ones": []})], parts=parts))
