from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.formats.values.schema import FormatError

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>News</title><link>https://cert.example/</link>
<item><title>Flaw in Acme &amp; co</title><link>https://cert.example/1</link>
<guid isPermaLink="false">https://cert.example/a/1</guid><pubDate>Thu, 03 Jul 2025 09:43:27 +0200</pubDate>
<category>Urgent</category>
<description>&lt;p&gt;See &lt;a href="https://acme.example/x?a=1&amp;amp;b=2"&gt;this&lt;/a&gt; on
cve-2025-20309.&lt;/p&gt;
&lt;script&gt;alert(1)&lt;/script&gt;&lt;ul&gt;&lt;li&gt;one&lt;li&gt;two&lt;/ul&gt;</description></item>
<item><title>More on CVE-2025-20309 and CVE-2025-1000</title></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title><link href="https://cert.example/"/>
<entry><id>tag:cert.example,2025:1</id><title type="html">Flaw &amp;lt;here&amp;gt;</title>
<link rel="self" href="https://cert.example/self"/><link href="https://cert.example/1"/>
<updated>2025-07-04T01:02:03+02:00</updated><published>2025-07-03T00:00:00Z</published>
<category term="ics"/><summary type="text">CVE-2025-1000 is bad.</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>More.</p></div></content></entry></feed>"""


def test_an_item_is_words_addresses_and_the_vulnerabilities_it_deals_with(read):
    one, other = read("rss", RSS).accepted
    assert (one.identifier, one.title) == ("https://cert.example/a/1", "Flaw in Acme & co")
    assert one.description == "See this on\ncve-2025-20309.\none\ntwo"
    assert one.published == one.modified == datetime(2025, 7, 3, 7, 43, 27, tzinfo=UTC)
    assert one.references == ("https://cert.example/1", "https://acme.example/x?a=1&b=2")
    assert one.upstream == ("CVE-2025-20309",)
    assert [(remark.kind, remark.text) for remark in one.remarks] == [("category", "Urgent")]
    assert (one.affected, one.aliases, one.severities) == ((), (), ())
    assert other.upstream == ("CVE-2025-20309", "CVE-2025-1000")
    assert other.identifier.startswith("news-")


def test_an_entry_of_atom_says_the_same(read):
    (one,) = read("rss", ATOM).accepted
    assert (one.identifier, one.title, one.description) == (
        "tag:cert.example,2025:1",
        "Flaw <here>",
        "CVE-2025-1000 is bad.",
    )
    assert one.published == datetime(2025, 7, 3, tzinfo=UTC)
    assert one.modified == datetime(2025, 7, 3, 23, 2, 3, tzinfo=UTC)
    assert (one.references, one.remarks[0].text) == (("https://cert.example/1",), "ics")


@pytest.mark.parametrize(
    ("feed", "address"),
    [
        (RSS.replace("<link>https://cert.example/1</link>", "<link>/news/1</link>"), "https://cert.example/news/1"),
        (ATOM.replace('<link href="https://cert.example/1"/>', '<link href="news/1"/>'), "https://cert.example/news/1"),
        (
            ATOM.replace("<feed ", '<feed xml:base="https://other.example/a/" ').replace(
                '<link href="https://cert.example/1"/>', '<link href="1"/>'
            ),
            "https://other.example/a/1",
        ),
    ],
)
def test_a_link_without_a_host_is_read_from_the_address_of_the_feed(read, feed, address):
    assert read("rss", feed).accepted[0].references[0] == address


def test_empty_lines_above_a_feed_do_no_harm(read):
    assert len(read("rss", "\ufeff\n\n" + RSS).accepted) == 2


def test_an_item_that_is_called_by_a_number_is_that_of_its_feed_alone(read):
    numbered = RSS.replace("https://cert.example/a/1", "4711")
    one, other = (
        read("rss", numbered.replace("cert.example", host)).accepted[0] for host in ("a.example", "b.example")
    )
    assert one.identifier != other.identifier


def test_the_oldest_kind_of_feed_has_its_items_beside_the_channel(read):
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>News</title></channel>'
        "<item><title>A</title><link>https://a.example/1</link><dc:date>2025-07-03</dc:date></item></rdf:RDF>"
    )
    (one,) = read("rss", rdf).accepted
    assert (one.identifier, one.published) == ("https://a.example/1", datetime(2025, 7, 3, tzinfo=UTC))


def test_what_is_only_in_the_text_as_elements_is_read(read):
    (one,) = read("rss", ATOM.replace('<summary type="text">CVE-2025-1000 is bad.</summary>', "")).accepted
    assert one.description == "More."


def test_the_dutch_rating_in_a_title_is_a_severity(read):
    item = "<rss><channel><item><title>NCSC-2025-0210 [1.01] [M/H] Lek in Acme</title></item></channel></rss>"
    (one,) = read("rss", item).accepted
    assert (one.severities[0].scheme, one.severities[0].vector) == ("NCSC-NL", "Kans:medium/Schade:high")
    assert one.upstream == ("NCSC-2025-0210",)


def test_an_item_that_says_nothing_is_refused_alone_and_one_twice_counts_once(read):
    item = "<item><title>A</title></item>"
    found = read("rss", f"<rss><channel>{item}<item><link>https://a.example</link></item>{item}</channel></rss>")
    assert (len(found.accepted), found.codes, found.duplicates) == (1, ["title-missing"], 1)


@pytest.mark.parametrize("name", ["x" * 129, "a b", "é", ""])
def test_a_name_that_can_be_no_identifier_becomes_a_digest(read, name):
    item = f"<rss><channel><item><guid>{name}</guid><title>A</title></item></channel></rss>"
    assert len(read("rss", item).accepted[0].identifier) == 37


@pytest.mark.parametrize("day", ["soon", "Thu, 99 Jul 2025 09:43:27 +0200", "Thu, 03 Jul 2025", "0", ""])
def test_a_day_that_can_not_be_read_is_left_out_or_read_as_far_as_it_goes(read, day):
    item = f"<rss><channel><item><title>A</title><pubDate>{day}</pubDate></item></channel></rss>"
    assert len(read("rss", item).accepted) == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("<!DOCTYPE html><html><body>x</body></html>", "web page"),
        ("<html><body>x</body></html>", "web page"),
        ("<bom/>", "no feed of news"),
        ("<rss><channel>", "damaged"),
        ("<rss><channel/></rss>", "holds no news"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><rss>&a;</rss>', "document type"),
        ('{"items": []}', "no feed of news"),
        ("", "no feed of news"),
    ],
)
def test_what_is_no_feed_is_refused_as_a_whole(read, data, words):
    with pytest.raises(FormatError, match=words):
        read("rss", data)


@pytest.mark.parametrize("inside", ["<a>" * 50_000 + "</a>" * 50_000, "<item>" * 20_000 + "</item>" * 20_000])
def test_deep_nesting_is_only_long(read, inside):
    assert read("rss", f"<rss><channel><item><title>A</title>{inside}</item></channel></rss>").rows == 1


@given(st.text(alphabet="<>&;/!-[]a'\" CDAT#x", max_size=300))
def test_any_markup_in_an_item_is_read_as_some_text(read, markup):
    escaped = markup.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    data = f"<rss><channel><item><title>A</title><description>{escaped}</description></item></channel></rss>"
    assert len(read("rss", data).accepted) == 1


@given(at=st.integers(0, len(RSS)), put=st.sampled_from(["<", ">", "&", '"', "]]>", "<!--", "\0", "é", "<item>"]))
def test_a_damaged_feed_is_read_or_refused_in_a_sentence(read, at, put):
    told = "."
    try:
        read("rss", RSS[:at] + put + RSS[at:])
    except FormatError as error:
        told = str(error)
    assert told.endswith(".")
