"""Deliveries as tests make them: sources, rows of feeds, records of advisories, and the worker's two steps by hand.

`deliver(events(seen("192.0.2.1")))` keeps, reads and matches a file at `at`, as the worker would, and gives the batch.
"""

import io
import json
from datetime import UTC, datetime

from cast import NOW

from misthoorn.constituency.imports import read_table
from misthoorn.constituency.services import import_table
from misthoorn.intake.models import Batch, Source
from misthoorn.intake.services import add_source, parse_batch, receive
from misthoorn.triage.models import MatchRun
from misthoorn.triage.services import match_assets, match_batch

EVERYWHERE = {"subjects": "seen", "networks": ["0.0.0.0/0", "::/0"]}
HEADER = "time,ip,port,protocol,hostname,asn,class,type,identifier,severity,banner"
YESTERDAY = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def source(slug="scan", *, form="events", tlp="GREEN", coverage=None, absences=2):
    """A source, made when it is not there yet; its short name."""
    if not Source.objects.filter(slug=slug).exists():
        add_source(
            slug=slug,
            name=slug.title(),
            format=form,
            tlp=tlp,
            coverage=EVERYWHERE if coverage is None else coverage,
            absences_to_close=absences,
            at=NOW,
        )
    return slug


def seen(ip="192.0.2.1", *, at=YESTERDAY, port=3389, name="", asn="", what="open-rdp", severity="high", banner="x"):
    """One row of the service's own CSV."""
    kind = "vulnerable,potentially-unwanted-accessible"
    return f"{at:%Y-%m-%dT%H:%M:%SZ},{ip},{port},tcp,{name},{asn},{kind},{what},{severity},{banner}"


def events(*rows):
    """A file of these rows."""
    return "\n".join([HEADER, *rows, ""]).encode()


def cve(number="CVE-2021-44228", *, modified="2022-01-01T00:00:00Z", below="2.15.0", state="PUBLISHED", score=None):
    """A CVE record, format 5, about Log4j; `below` is the first version that is not affected."""
    container = {
        "title": f"A hole, {number}",
        "descriptions": [{"lang": "en", "value": "Whoever can write to the log can run code."}],
        "affected": [
            {
                "vendor": "Apache",
                "product": "Log4j",
                "cpes": ["cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:*"],
                "defaultStatus": "unaffected",
                "versions": [{"version": "2.0", "lessThan": below, "status": "affected", "versionType": "semver"}],
            }
        ],
    }
    if score is not None:
        container["metrics"] = [{"cvssV3_1": {"baseScore": score, "vectorString": "CVSS:3.1/AV:N", "version": "3.1"}}]
    if state == "REJECTED":
        container = {"rejectedReasons": [{"lang": "en", "value": "Not a hole."}]}
    return {
        "dataType": "CVE_RECORD",
        "dataVersion": "5.1",
        "cveMetadata": {
            "cveId": number,
            "state": state,
            "datePublished": "2021-12-10T00:00:00Z",
            "dateUpdated": modified,
        },
        "containers": {"cna": {"providerMetadata": {"shortName": "apache"}, **container}},
    }


def own_products(company, *values, at=NOW):
    """Products of this organisation, taken in by the import and matched with what is known."""
    rows = ["register_number,kind,value", *(f"{company.register_number},product,{value}" for value in values), ""]
    result = import_table(read_table(io.StringIO("\n".join(rows))), at=at)
    assert not result.failed, result.failed
    match_assets(now=at)


def records(*cves):
    """A file of CVE records, as JSON Lines."""
    return "\n".join(map(json.dumps, cves)).encode()


def exploited(*numbers):
    """CISA's catalogue with these entries."""
    entries = [
        {
            "cveID": number,
            "vendorProject": "Apache",
            "product": "Log4j2",
            "vulnerabilityName": "Apache Log4j2",
            "dateAdded": "2021-12-10",
            "shortDescription": "Short.",
            "requiredAction": "Update.",
            "knownRansomwareCampaignUse": "Known",
        }
        for number in numbers
    ]
    return json.dumps({"title": "KEV", "count": len(entries), "vulnerabilities": entries}).encode()


def keep(content, *, source="scan", name="feed.csv", at=NOW):
    """Receive a file; the id of its batch."""
    return receive(io.BytesIO(content), source=source, name=name, at=at).batch


def lease(model, **which):
    """Claim one row for this test, as a worker does; its attempt number."""
    row = model.objects.get(**which)
    row.state, row.attempt, row.lease_until = "leased", row.attempt + 1, NOW
    row.save()
    return row.attempt


def read(batch, *, at=NOW):
    """Read a batch as a worker that claimed it; whether it was accepted."""
    return parse_batch(batch=batch, attempt=lease(Batch, pk=batch), now=at)


def match(batch, *, at=NOW):
    """Match a batch as a worker that claimed it; its run."""
    match_batch(batch=batch, attempt=lease(MatchRun, batch=batch), now=at)
    return MatchRun.objects.get(batch=batch)


def deliver(content, *, source="scan", name="feed.csv", at=NOW):
    """Keep, read and match a file; the id of its batch."""
    batch = keep(content, source=source, name=name, at=at)
    if Batch.objects.get(pk=batch).state == Batch.State.RECEIVED and read(batch, at=at):
        match(batch, at=at)
    return batch
