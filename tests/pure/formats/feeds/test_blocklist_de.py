import pytest

from misthoorn.formats.values.schema import FormatError


def test_each_line_is_an_address_that_attacked_at_the_time_of_the_delivery(read, now):
    found = read("blocklist-de", "192.0.2.7\n2001:db8::7\n\n192.0.2.7\n10.0.0.1\nx\n", name="lists/ssh.txt")
    assert [(event["ip"], event["identifier"], event["time"]) for event in found.accepted] == [
        ("192.0.2.7", "attacks-ssh", now),
        ("2001:db8::7", "attacks-ssh", now),
    ]
    assert (found.duplicates, found.codes) == (1, ["address-private", "address-invalid"])


@pytest.mark.parametrize(
    ("name", "type_", "identifier"),
    [
        ("bruteforcelogin.txt", "brute-force", "brute-force-web"),
        ("imap.txt.gz", "ids-alert", "attacks-imap"),
        ("all.txt", "ids-alert", "attacks"),
        ("", "ids-alert", "attacks"),
    ],
)
def test_the_name_of_the_file_tells_what_was_attacked(read, name, type_, identifier):
    (event,) = read("blocklist-de", "192.0.2.7\n", name=name).accepted
    assert (event["type"], event["identifier"], event["severity"]) == (type_, identifier, "high")


@pytest.mark.parametrize("data", ["", "<html><body>Too many requests</body></html>", "[1]"])
def test_a_file_of_something_else_is_refused_as_a_whole(read, data):
    with pytest.raises(FormatError):
        read("blocklist-de", data)
