"""The publisher's file on its reports, as an operator downloaded it: it tells of types that came after our own table.

Read are both files of https://github.com/The-Shadowserver-Foundation/report_schema: intelmq.json, which also says which
column is whose address, and reports.json.
"""

import json
from collections.abc import Mapping
from typing import Any

from misthoorn.formats.feeds.shadowserver_reports import Report, Schema, kind_of
from misthoorn.formats.observations.cells import check_identifier
from misthoorn.formats.readers import json_values
from misthoorn.formats.values.rsit import UNDETERMINED, check_class
from misthoorn.formats.values.schema import FormatError

LARGEST = 32 * 1024 * 1024  # bytes; the file has 0.7 MiB
_ROLES = {
    "time.source": "time",
    "source.ip": "ip",
    "source.port": "port",
    "source.fqdn": "hostname",
    "source.reverse_dns": "hostname",
    "source.asn": "asn",
    "protocol.transport": "protocol",
    "severity": "severity",
}
_BROKEN = "The file with Shadowserver's schema {}. Download intelmq.json again from the report_schema repository."


def read_schema(data: bytes) -> Schema:
    """The reports by type, without the ones that the file says nothing usable about.

    Raises:
        FormatError: it is no such file.
    """
    if len(data) > LARGEST:
        raise FormatError(_BROKEN.format(f"is larger than {LARGEST // 1024**2} MiB"))
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise FormatError(_BROKEN.format("is not JSON")) from error
    if not isinstance(found, dict):
        raise FormatError(_BROKEN.format("is not an object with a member for each type"))
    schema: dict[str, Report] = {}
    for name, described in found.items():
        if isinstance(described, dict) and isinstance(described.get("required_fields", described.get("fields")), list):
            report = _report(kind_of(name), described)
            schema.setdefault(report.kind, report)
    if not schema:
        raise FormatError(_BROKEN.format("describes no type of report"))
    return schema


def _report(kind: str, described: Mapping[str, Any]) -> Report:
    words = described.get("constant_fields", described)
    told = (json_values.text(json_values.member(words, f"classification.{part}")) for part in ("taxonomy", "type"))
    class_, type_ = check_class(*told)[0] or UNDETERMINED
    identifier = check_identifier(json_values.text(json_values.member(words, "classification.identifier")))[0]
    return Report(kind, class_, type_, identifier or kind.replace("_", "-"), "normal", _columns(described))


def _columns(described: Mapping[str, Any]) -> Mapping[str, str]:
    """Role → column; the first field of the file that fills a role counts."""
    columns: dict[str, str] = {}
    for field in [*_fields(described, "required_fields"), *_fields(described, "optional_fields")]:
        match field:
            case [str(key), str(column), *_] if key in _ROLES:
                columns.setdefault(_ROLES[key], column)
    return columns


def _fields(described: Mapping[str, Any], name: str) -> list[Any]:
    fields = described.get(name)
    return fields if isinstance(fields, list) else []
