import pytest

from misthoorn.constituency.lookups.soa import read_rname


@pytest.mark.parametrize(
    ("rname", "address"),
    [
        ("hostmaster.isp.example.", "hostmaster@isp.example"),
        (r"jan\.jansen.isp.example.", "jan.jansen@isp.example"),
        ("Beheer.ISP.example", "Beheer@isp.example"),
    ],
)
def test_the_first_dot_that_is_not_escaped_stands_for_the_at_sign(rname, address):
    answer = read_rname(rname, domain="korenaar.example")

    assert (answer.outcome, answer.addresses, answer.where) == ("found", (address,), "SOA of korenaar.example")


@pytest.mark.parametrize(
    "rname",
    ["", ".", "nobody.invalid.", "root.localhost.", "hostmaster.example", "x" * 10_000, "\\" * 500 + ".isp.example",
     "hostmaster.isp.example\r\nBcc: x", r"a\@b.isp.example", "hostmaster..isp.example."],
)  # fmt: skip
def test_a_record_that_names_nobody_is_no_contact(rname):
    assert read_rname(rname, domain="korenaar.example").outcome == "nobody"
