"""Every sample of a feed that lies outside the project is read, or it is said why not."""

import pytest
from known_answers import peers
from test_known_answers import BOTS, SOURCES

from misthoorn.formats.values.schema import FormatError

# In these samples addresses were made anonymous, and some lines are wrong on purpose.
KNOWN = {"address-private", "address-reserved", "address-missing", "subject-asn", "time-missing", "wrong-kind"}

READ = {
    "blocklistde": "blocklist-de",
    "cymru": "cymru",
    "dataplane": "dataplane",
    "json": "intelmq",
    "openphish": "openphish",
    "spamhaus/asndrop.txt": "spamhaus-drop",
    "spamhaus/cert.txt": "spamhaus-cert",
    "spamhaus/drop.txt": "spamhaus-drop",
}
ELSEWHERE = {"hibp", "misp", "shodan"}  # have tests of their own
PAGE = "a web page or chat that people write; no feed"
ENDED = "the feed has ended"
PRIVATE = "one vendor's own reports, which come through IntelMQ where they are wanted"
TABLE = "a table with other columns at each source: the format `table` reads it with a mapping"
LISTS = "names or hashes without a place and time; what is a plain list, the format `table` reads with a mapping"
NOT_READ = {
    "alienvault": PRIVATE,
    "anubisnetworks": PRIVATE,
    "bambenek": ENDED,
    "blueliv": PRIVATE,
    "calidog": "certificates that were issued, which are no events",
    "cert_eu": TABLE,
    "cleanmx": ENDED,
    "cznic": PRIVATE,
    "dshield": LISTS,
    "dyn": ENDED,
    "fireeye": PRIVATE,
    "generic": TABLE,
    "github_feed": PAGE,
    "html_table": PAGE,
    "malwarepatrol": LISTS,
    "malwareurl": PAGE,
    "mcafee": PRIVATE,
    "microsoft": PRIVATE,
    "surbl": LISTS,
    "threatminer": PAGE,
    "twitter": PAGE,
    "zoneh": TABLE,
}

# Of the cases of IntelMQ and n6, what is neither read nor among the samples above.
CASES_NOT_READ = {
    "ci_army": TABLE,
    "danger_rulez": ENDED,
    "eset": PRIVATE,
    "fraunhofer": LISTS,
    "key_value": "lines of a firewall, which are no reports",
    "turris": TABLE,
    "vxvault": LISTS,
    "abuse-ch.ssl-blacklist": "fingerprints of certificates, which are nobody's system",
    "abuse-ch.urlhaus-payloads-urls": "the sample has no header, so that its columns can't be known",
    "cert-pl.shield": LISTS,
    "cesnet-cz.warden": PRIVATE,
    "dan-tv.tor": LISTS,
    "greensnow-co.list-txt": LISTS,
    "malwarepatrol.malurl": LISTS,
    "manual.pl": "a table that people of n6 fill in by hand",
    "manual.unrestricted": "a table that people of n6 fill in by hand",
    "openphish.web-bl": "the same feed as openphish.web",
    "sblam.spam": LISTS,
    "spam404-com.scam-list": LISTS,
    "spam404-com.scam-list-bl": LISTS,
    "stopforum.spam": TABLE,
    "tu-dresden-de.resolvers": ENDED,
    "turris-cz.greylist-csv": TABLE,
    "withaname.ddosia": PRIVATE,
    "zoneh.rss": PAGE,
}

ARF, XARF = "arf", "xarf"
MAILS = {
    "blocklistde": XARF,
    "cleanmx/Cleanmx_Example_1.eml": XARF,
    "cleanmx/Cleanmx_Example_3.eml": XARF,
    "feedback-loop": ARF,
    "netcraft": XARF,
    "spamexperts": ARF,
    "webiron/Webiron_Example_1.eml": XARF,
}
# Mails for people, in words and tables of their own, and reports that are attached as CSV, XML or zip.
OTHER_MAILS = {
    "abusehub",
    "cleanmx",
    "copyrightcompliance",
    "cyscon",
    "google",
    "ip-echelon",
    "projecthoneypot",
    "shadowserver",
    "webiron",
}


def known(table, path, root):
    """What a table says of a file: under its own name, or that of its folder."""
    name = path.relative_to(root).as_posix()
    return table.get(name) or table.get(name.partition("/")[0])


def files(root):
    return sorted(path for path in root.rglob("*") if path.is_file() and path.name != "README")


def test_every_sample_of_a_list_is_read_or_it_is_said_why_not(read, test_data):
    root = test_data("feeds", "certtools-intelmq", "parsers", "parsers")
    accepted = 0
    for path in files(root):
        if format_ := known(READ, path, root):
            found = read(format_, path.read_bytes(), name=path.name, fold=False)
            assert set(found.codes) <= KNOWN, path
            assert found.rows
            accepted += len(found.accepted)
        else:
            folder = path.relative_to(root).parts[0]
            assert folder in ELSEWHERE or NOT_READ[folder], path
    assert accepted > 30


def test_every_sample_of_a_mail_is_read_or_refused_as_a_whole(read, test_data):
    root = test_data("feeds", "AbuseIO-AbuseIO", "notifier-samples")
    rows = 0
    for path in files(root):
        format_ = known(MAILS, path, root)
        for other in {ARF, XARF} - {format_}:
            with pytest.raises(FormatError, match="This mail "):
                read(other, path.read_bytes())
        if format_:
            found = read(format_, path.read_bytes(), fold=False)
            assert set(found.codes) <= {"address-private"}, path
            rows += found.rows
        else:
            assert path.relative_to(root).parts[0] in OTHER_MAILS, path
    assert rows > 45


def test_reports_whose_addresses_are_made_real_are_events(read, test_data):
    root = test_data("feeds", "AbuseIO-AbuseIO", "notifier-samples")
    for format_, folder, count in ((ARF, "feedback-loop", 23), (ARF, "spamexperts", 9), (XARF, "netcraft", 6)):
        data = [path.read_bytes() for path in files(root / folder)]
        for private, public in ((b"10.17.18.", b"192.0.2."), (b"172.16.10.", b"192.0.2."), (b"10.0.2.", b"192.0.2.")):
            data = [one.replace(private, public) for one in data]
        found = [read(format_, one) for one in data]
        assert sum(len(one.accepted) for one in found) == count, folder
        assert sum(one.rows for one in found) == len(data)


def test_every_case_of_the_peers_is_read_or_it_is_said_why_not():
    told = NOT_READ.keys() | CASES_NOT_READ.keys() | ELSEWHERE | {"json"} | {"shadowserver", "testsource.misp"}
    cases = {pair["bot"].removeprefix("intelmq.bots.parsers.") for pair in peers("intelmq-3.5.0-parsers.json")["pairs"]}
    folders = {case.partition(".")[0] for case in cases - BOTS.keys()}
    pairs = peers("n6-4.40.0-parsers.json")["pairs"]
    sources = {pair["source"] for pair in pairs if not pair["source"].startswith("shadowserver")} - SOURCES.keys()
    assert (folders | sources) - told == set()
    assert CASES_NOT_READ.keys() - folders - sources == set()
