import json

from hypothesis import given
from hypothesis import strategies as st

from misthoorn.formats.tabular import event_table
from misthoorn.formats.values.event_json import to_json_lines


def lines(now, data):
    import io  # noqa: PLC0415

    chunks = event_table.read(io.BytesIO(data.encode()), name="x", now=now, fold=False)
    found = b"".join(to_json_lines(chunk.events) for chunk in chunks)
    return [json.loads(line) for line in found.splitlines()]


def test_an_event_becomes_one_object_with_its_evidence_as_an_object(now):
    data = "time,ip,port,protocol,hostname,asn,class,type,identifier,severity,note\n"
    data += "2026-11-23T01:02:03Z,2001:DB8::1,443,TCP,b\u00fccher.example,64496,vulnerable,weak-crypto,tls-old,low,"
    data += '"a ""b"" \\ \u00e9"\n'
    assert lines(now, data) == [
        {
            "time": "2026-11-23T01:02:03Z",
            "ip": "2001:db8::1",
            "port": 443,
            "protocol": "tcp",
            "hostname": "xn--bcher-kva.example",
            "asn": 64496,
            "class": "vulnerable",
            "type": "weak-crypto",
            "identifier": "tls-old",
            "severity": "information",
            "evidence": {"note": 'a "b" \\ \u00e9'},
        }
    ]


def test_what_is_not_known_is_null_and_fractions_of_seconds_stay(now):
    (event,) = lines(now, "time,ip,identifier\n2026-11-23T01:02:03.25Z,192.0.2.1,x\n")
    assert event["time"] == "2026-11-23T01:02:03.250000Z"
    assert event["port"] is event["hostname"] is event["asn"] is event["protocol"] is None


def test_no_rows_are_no_lines(now):
    assert lines(now, "time,ip,identifier\n2026-11-23T01:02:03Z,10.0.0.1,x\n") == []


@given(texts=st.lists(st.text(st.characters(codec="utf-8", exclude_characters='\0"\r\n')), min_size=1, max_size=5))
def test_every_line_is_json_whatever_the_cells_hold(now, texts):
    rows = "".join(f'2026-11-23T01:02:03Z,192.0.2.{number},x,"{text}"\n' for number, text in enumerate(texts))
    found = lines(now, "time,ip,identifier,note\n" + rows)
    assert [event["evidence"] for event in found] == [{"note": text} if text else {} for text in texts]
