"""The facts that the tests make mails of: one for every text, and the shapes that a table can have."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from misthoorn.common.tlp import Tlp
from misthoorn.notification.compose import AdvisoryFacts, Evidence, Team, WarningFacts, default_severity
from misthoorn.notification.compose.facts import Reason
from misthoorn.notification.compose.templates import library

NUMBER, CODE = "482177305264", "KM7F2Q9X"
SEEN = datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC)
LANGUAGES = ("nl", "en")

TEAM = Team(
    name="Team Voorbeeld",
    address="Postbus 1, 2500 AA Den Haag",
    phone="088 000 00 00",
    site="waarschuwing.example",
    ground={"nl": "Dat is onze wettelijke taak.", "en": "The law gives us that task."},
)
ADVISORY = AdvisoryFacts(
    identifier="CVE-2021-44228",
    product="Apache Log4j",
    score="CVSS 3.1: 10.0",
    vector="CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H",
    fixed_version="2.17.1",
    affected=">= 2.0, < 2.17.1",
    reference="https://logging.apache.org/security.html",
)
EXPLOITED = replace(ADVISORY, exploited_by="CISA KEV", exploited_since=datetime(2021, 12, 10, tzinfo=UTC))

# As matching.explain_words says it.
FALLS_UNDER = {
    "nl": "Apache Log4j 2.14.1 valt onder CVE-2021-44228: versies vanaf 2.0 en lager dan 2.17.1, volgens het "
    "CVE-record van 14-12-2021.",
    "en": "Apache Log4j 2.14.1 falls under CVE-2021-44228: versions from 2.0 and before 2.17.1, says the CVE record "
    "of 14-12-2021.",
}
NO_VERSION = {
    "nl": "Apache Log4j is bekend zonder versie; CVE-2021-44228 gaat over versies vanaf 2.0 en lager dan 2.17.1, "
    "volgens het CVE-record van 14-12-2021.",
    "en": "Apache Log4j is known without a version; CVE-2021-44228 is about versions from 2.0 and before 2.17.1, says "
    "the CVE record of 14-12-2021.",
}
EVERY_DOUBT = (
    "no-version",
    "name",
    "alias",
    "lenient",
    "release",
    "edition",
    "unsaid",
    "no-end",
    "update",
    "unclear",
    "condition",
)
NETWORK = Reason(kind="network", value="192.0.2.0/24", what="192.0.2.7")
DOMAIN = Reason(kind="domain", value="bakkerij.example", what="www.bakkerij.example")


def product(claim=FALLS_UNDER, **changes):
    return Reason(kind="product", value="apache log4j", claim=claim, **changes)


def of_version(version):
    return product({language: claim.replace("2.14.1", version) for language, claim in FALLS_UNDER.items()})


# Every text has one subject that leads to it; those about software also need the right advisory and certainty.
SOFTWARE = {
    "software/known": (ADVISORY, "exact"),
    "software/no-fix": (replace(ADVISORY, fixed_version=""), "exact"),
    "software/unknown": (ADVISORY, "likely"),
    "software/advisory": (replace(ADVISORY, identifier="NCSC-2026-0042"), "exact"),
    "exploited/known": (EXPLOITED, "exact"),
    "exploited/no-fix": (replace(EXPLOITED, fixed_version=""), "exact"),
    "exploited/unknown": (EXPLOITED, "likely"),
}


def warning(subject="open-rdp", **changes):
    """The facts of a warning as it usually is, with changes."""
    usual = WarningFacts(
        subject=subject,
        language="nl",
        number=NUMBER,
        code=CODE,
        severity="high",
        certainty="exact",
        source="Shadowserver",
        known_through="registered",
        tlp=Tlp.AMBER,
        team=TEAM,
        evidence=(Evidence(address="192.0.2.7", port=3389, protocol="tcp", seen=SEEN),),
        reasons=(NETWORK,),
        repeat_after_days=7,
    )
    return replace(usual, **changes)


def of_text(name, language, **changes):
    """The facts that lead to a text, by the road that they have in use: no name of a text is given."""
    if name in SOFTWARE:
        advisory, certainty = SOFTWARE[name]
        row = Evidence(product="Apache Log4j", version="2.14.1" if certainty == "exact" else "")
        reason = product() if certainty == "exact" else product(NO_VERSION, doubts=("no-version", "name"))
        usual = {"advisory": advisory, "certainty": certainty, "evidence": (row,), "reasons": (reason,)}
        usual["source"] = "CVE Program"
        usual |= {"matched": "product"} if name == "software/advisory" else {}
        subject = advisory.identifier
        severity = "urgent" if advisory.exploited_by else "high"
    else:
        subject, severity = subject_of(name), default_severity(name)
        reason = DOMAIN if of_a_domain(name) else NETWORK
        usual = {"evidence": (row_of(name),), "reasons": (reason,)}
    urgent = {"call_after_hours": 24} if severity == "urgent" else {}
    return warning(subject, **({"language": language, "severity": severity} | usual | urgent | changes))


def subject_of(name):
    """An identifier that leads to the text."""
    values = library.told(name, "en")
    for subject in (*values.get("subjects", ()), *(f"{prefix}gizmo" for prefix in values.get("prefixes", ()))):
        return subject
    return "gizmo-seen"


def of_a_domain(name):
    """Whether such a thing is usually seen at a name, and not at an address."""
    return name == "misconfiguration/certificate" or name.startswith("credentials/")


def row_of(name):
    if name.startswith("credentials/"):
        return Evidence(hostname="bakkerij.example", seen=SEEN)
    port, protocol = {"exposed/snmp": (161, "udp"), "exposed/printer": (631, "tcp")}.get(name, (8443, "tcp"))
    what = {"infected/device": "mirai", "compromised/website": "/aspnet_client/x.aspx"}.get(name, "")
    host = "www.bakkerij.example" if name == "misconfiguration/certificate" else ""
    server = "c2.crime.example:443" if name == "infected/device" else ""
    address = "192.0.2.7"
    return Evidence(
        address=address, hostname=host, port=port, protocol=protocol, what=what, destination=server, seen=SEEN
    )


def rows(count, *, hostname=""):
    return tuple(
        Evidence(
            address=f"198.51.100.{i % 250}" if i < 250 else f"203.0.113.{i % 250}",
            port=3389,
            protocol="tcp",
            hostname=hostname and f"{i}.{hostname}",
            seen=SEEN + timedelta(minutes=i),
        )
        for i in range(count)
    )


IPV6 = Evidence(
    address="2001:db8:1234:5678:9abc:def0:1234:5678",
    hostname="remote.bakkerij-van-der-berg.example",
    port=3389,
    protocol="tcp",
    seen=SEEN,
)

# Shapes that no text has by itself: name of the golden file -> what differs from the usual warning.
SHAPES = {
    "name-and-ipv6": {
        "evidence": (IPV6,),
        "reasons": (Reason(kind="network", value=f"{IPV6.address}/128", what=IPV6.address),),
    },
    "two-systems": {
        "evidence": (*rows(1), IPV6),
        "reasons": (
            Reason(kind="network", value="198.51.100.0/24", what="198.51.100.0"),
            Reason(kind="network", value="2001:db8:1234:5678::/64", what=IPV6.address),
        ),
    },
    "five-named-systems": {
        "evidence": rows(5, hostname="bakkerij-van-der-berg.example"),
        "reasons": (
            Reason(
                kind="domain",
                value="bakkerij-van-der-berg.example",
                what="0.bakkerij-van-der-berg.example",
                count=5,
            ),
        ),
    },
    "five-hundred-systems": {
        "evidence": rows(500),
        "reasons": (
            Reason(kind="network", value="198.51.100.0-198.51.100.249", what="198.51.100.0", count=250),
            Reason(kind="network", value="203.0.113.0/24", what="203.0.113.0", count=250),
        ),
    },
    "no-reason-known": {"reasons": ()},
    "only-within-the-business": {"tlp": Tlp.AMBER_STRICT},
    "found-in-a-register": {"known_through": "register", "team": replace(TEAM, ground={})},
    "only-the-network": {
        "certainty": "network",
        "matched": "asn",
        "reasons": (Reason(kind="asn", value="AS64500", what="192.0.2.7"),),
    },
    "likely-address": {"certainty": "likely"},
    "no-reminder": {"repeat_after_days": 0},
    "reminder-tomorrow": {"repeat_after_days": 1},
    "urgent-with-a-call": {"severity": "urgent", "call_after_hours": 4},
    "information": {"severity": "information"},
    "with-a-duty": {
        "duty": {
            "nl": "Zijn er gegevens van mensen gelekt? Dan geldt misschien artikel 33 van de AVG. Vraag uw adviseur.",
            "en": "Was personal data leaked? Then article 33 of the GDPR may apply. Ask your adviser.",
        }
    },
    "short": {"variant": "short"},
    "name-first": {"variant": "name-first"},
    "seen-product": {
        "subject": "CVE-2021-44228",
        "advisory": replace(EXPLOITED, product="", kind="part of many programs", workaround="Turn off JNDI"),
        "matched": "product",
        "reasons": (product(),),
        "evidence": (replace(IPV6, port=8080, product="Apache Log4j", version="2.14.1"),),
    },
    "product-with-a-name": {
        "subject": "CVE-2021-44228",
        "advisory": EXPLOITED,
        "matched": "product",
        "reasons": (product(),),
        "evidence": (Evidence(product="Apache Log4j", version="2.14.1", hostname="Kassa voor", seen=SEEN),),
    },
    "every-doubt": {
        "subject": "CVE-2021-44228",
        "certainty": "likely",
        "advisory": ADVISORY,
        "reasons": (product(doubts=EVERY_DOUBT),),
        "evidence": tuple(Evidence(product="Apache Log4j", version=f"2.14.{i}", seen=SEEN) for i in range(2)),
    },
    "three-products": {
        "subject": "CVE-2021-44228",
        "advisory": ADVISORY,
        "reasons": tuple(of_version(f"2.1{i}.0") for i in range(3)),
        "evidence": tuple(Evidence(product="Apache Log4j", version=f"2.1{i}.0", seen=SEEN) for i in range(3)),
    },
    "many-products": {
        "subject": "CVE-2021-44228",
        "advisory": ADVISORY,
        "reasons": tuple(of_version(f"2.{i}.0") for i in range(17)),
        "evidence": tuple(Evidence(product="Apache Log4j", version=f"2.{i}.0", seen=SEEN) for i in range(17)),
    },
}  # fmt: skip


def every_mail():
    """Name of the golden file -> facts, for every text in both languages and for every shape."""
    mails = {
        f"{name.replace('/', '-')}-{language}": of_text(name, language)
        for name in library.names()
        for language in LANGUAGES
    }
    for shape, changes in SHAPES.items():
        for language in LANGUAGES:
            mails[f"shape-{shape}-{language}"] = warning(**({"language": language} | changes))
    return mails
