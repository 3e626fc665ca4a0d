import io
import json
import zipfile

import pytest

from misthoorn.formats.values.schema import FormatError

HEADER = "# abuse.ch\n#\n# id,dateadded,url,url_status,last_online,threat,tags,urlhaus_link,reporter\n"
ROW = '"7","2026-11-20 01:02:03","http://192.0.2.7:8080/x.exe","online","2026-11-21 00:00:00","malware_download",'
ROW += '"elf,Mozi","https://urlhaus.example/7/","someone"\n'
ENTRY = {"dateadded": "2026-11-20 01:02:03 UTC", "url": "https://www.example.org/x", "tags": ["elf", "Mozi"]}


def test_a_row_is_a_url_that_spreads_malware(read):
    (event,) = read("urlhaus", HEADER + ROW).accepted
    assert (event["ip"], event["port"], event["hostname"]) == ("192.0.2.7", 8080, None)
    assert event["time"].isoformat() == "2026-11-21T00:00:00+00:00"
    assert (event["class"], event["type"], event["identifier"], event["severity"]) == (
        "malicious-code",
        "malware-distribution",
        "malware-url",
        "urgent",
    )
    assert json.loads(event["evidence"])["tags"] == "elf,Mozi"


@pytest.mark.parametrize(
    "data",
    [
        json.dumps({"7": [ENTRY], "8": [ENTRY | {"url": "http://b.example/"}]}, indent=1),
        json.dumps([ENTRY, ENTRY | {"url": "http://b.example/"}]),
        json.dumps({"query_status": "ok", "urls": [ENTRY, ENTRY | {"url": "http://b.example/"}]}),
    ],
)
def test_json_is_read_as_dump_as_list_and_as_answer(read, data):
    found = read("urlhaus", data)
    assert [event["hostname"] for event in found.accepted] == ["www.example.org", "b.example"]
    assert json.loads(found.accepted[0]["evidence"])["tags"] == "elf, Mozi"


def test_the_answers_and_lists_of_payloads_have_other_names_for_the_time(read):
    answer = {"urls": [{"date_added": "2026-11-20 01:02:03 UTC", "url": "http://a.example/"}]}
    payloads = "# firstseen,url,filetype,md5,sha256,signature\n2026-11-20 01:02:03,http://a.example/,exe,1,2,None\n"
    for data in (json.dumps(answer), payloads):
        (event,) = read("urlhaus", data).accepted
        assert event["time"].isoformat() == "2026-11-20T01:02:03+00:00"


def test_a_whole_dump_comes_as_a_zip(read):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("csv.txt", HEADER + ROW)
        archive.writestr("none.txt", "x")
    found = read("urlhaus", stream.getvalue())
    assert (len(found.accepted), found.codes) == (1, ["file"])


def test_urls_that_lead_nowhere_are_refused(read):
    rows = ROW + ROW.replace("192.0.2.7:8080", "10.0.0.1") + ROW.replace("http://192.0.2.7:8080/x.exe", "nonsense")
    found = read("urlhaus", HEADER + rows + "this,is,wrong\n")
    assert (len(found.accepted), found.codes) == (1, ["address-private", "address-missing", "fields"])


@pytest.mark.parametrize("data", ['"1","2"\n', '{"query_status": "no"}', '[{"a": 1}]', ""])
def test_a_file_of_something_else_is_refused_as_a_whole(read, data):
    with pytest.raises(FormatError):
        read("urlhaus", data)
