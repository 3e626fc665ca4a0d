"""What each type of Shadowserver report is about, in the incident taxonomy's words.

Types, identifiers and severities are the publisher's own words (report_schema: intelmq.json, types.md) where the
taxonomy has them and a warning can be written for them. Otherwise here: what scans a darknet is a scanner, a framework
for attacks is a command server, a known secret is a vulnerable system; and a sinkhole, a site that leads to one and a
target of attacks have one identifier each, whatever the family of malware.
A severity in the file itself goes before the one here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from misthoorn.formats.values.rsit import CLASS_OF, UNDETERMINED

_DEFAULT_SEVERITY = "normal"
_NAME = re.compile(r"(?:(\d{4}-\d{2}-\d{2})-)?([a-z0-9_]+)", re.IGNORECASE)
_VERSION = re.compile(r"^(scan|event|population)[46]_|(?<=[a-z])6(?=_|$)")


@dataclass(frozen=True, slots=True)
class Report:
    """`columns`: role → column of the file, where the publisher's schema says it."""

    kind: str
    class_: str
    type_: str
    identifier: str
    severity: str
    columns: Mapping[str, str] = field(default_factory=dict)


type Schema = Mapping[str, Report]


# One line for what is seen over IPv4 and IPv6 alike: report type, type of the taxonomy, identifier, severity.
_TABLE = """
blocklist                        undetermined                    blacklisted-ip                        information
compromised_account              data-leak                       compromised-account                   urgent
compromised_iot                  system-compromise               compromised-iot                       urgent
compromised_website              system-compromise               compromised-website                   urgent
device_id                        undetermined                    device-id                             information
ransomware_victim                system-compromise               ransomware-victim                     information
malware_url                      malware-distribution            malware-url                           urgent
phish_url                        phishing                        phishing-url                          high
sandbox_conn                     malware-distribution            sandbox-conn                          information
sandbox_dns                      other                           sandbox-dns                           information
sandbox_url                      malware-distribution            sandbox-url                           information
spam_url                         spam                            spam-url                              information
special                          vulnerable-system               special                               high
outdated_dnssec_key              misconfiguration                outdated-dnssec-key                   normal

event_ddos_participant           ddos                            ddos-participant                      high
event_honeypot_adb_scan          scanner                         honeypot-adb-scan                     high
event_honeypot_brute_force       brute-force                     brute-force                           urgent
event_honeypot_darknet           scanner                         scans-darknet                         high
event_honeypot_ddos              ddos                            honeypot-ddos                         urgent
event_honeypot_ddos_amp          ddos                            ddos-target                           information
event_honeypot_ddos_target       ddos                            ddos-target                           information
event_honeypot_http_scan         scanner                         honeypot-http-scan                    high
event_honeypot_ics_scan          scanner                         honeypot-ics-scan                     urgent
event_honeypot_ikev2_scan        scanner                         honeypot-ikev2-scan                   high
event_honeypot_rdp_scan          scanner                         honeypot-rdp-scan                     high
event_honeypot_rocketmq_scan     scanner                         honeypot-rocketmq-scan                high
event_honeypot_smb_scan          scanner                         honeypot-smb-scan                     high
event_ip_spoofer                 masquerade                      ip-spoofer                            normal
event_microsoft_sinkhole         infected-system                 malware-infection                     urgent
event_microsoft_sinkhole_http    infected-system                 malware-infection                     urgent
event_sinkhole                   infected-system                 malware-infection                     urgent
event_sinkhole_dns               other                           sinkholedns                           information
event_sinkhole_http              infected-system                 malware-infection                     urgent
event_sinkhole_http_referer      infected-system                 leads-to-malware                      urgent

population_bgp                   vulnerable-system               accessible-bgp                        normal
population_http_proxy            other                           accessible-http-proxy                 information
population_isakmp                other                           accessible-ike                        information
population_msmq                  vulnerable-system               accessible-msmq                       normal
population_ntrip                 other                           accessible-ntrip                      information

scan_activemq                    vulnerable-system               open-activemq                         normal
scan_adb                         vulnerable-system               accessible-adb                        urgent
scan_afp                         vulnerable-system               accessible-afp                        high
scan_amqp                        vulnerable-system               accessible-amqp                       normal
scan_ard                         vulnerable-system               accessible-ard                        high
scan_badsecrets                  vulnerable-system               known-secret                          high
scan_bgp                         vulnerable-system               open-bgp                              high
scan_chargen                     vulnerable-system               open-chargen                          normal
scan_cisco_smart_install         vulnerable-system               accessible-cisco-smart-install        urgent
scan_coap                        vulnerable-system               accessible-coap                       normal
scan_couchdb                     vulnerable-system               open-couchdb                          high
scan_cwmp                        vulnerable-system               open-cwmp                             normal
scan_db2                         vulnerable-system               open-db2-discovery-service            high
scan_ddos_middlebox              vulnerable-system               open-ddos-middlebox                   normal
scan_dns                         vulnerable-system               dns-open-resolver                     normal
scan_docker                      vulnerable-system               open-docker                           urgent
scan_dvr_dhcpdiscover            vulnerable-system               open-dvr-dhcpdiscover                 high
scan_elasticsearch               vulnerable-system               open-elasticsearch                    high
scan_epmd                        vulnerable-system               open-epmd                             high
scan_exchange                    vulnerable-system               vulnerable-exchange                   urgent
scan_ftp                         vulnerable-system               accessible-ftp                        information
scan_gtp                         potentially-unwanted-accessible accessible-gtp                        information
scan_hadoop                      vulnerable-system               accessible-hadoop                     high
scan_http                        other                           accessible-http                       information
scan_http_proxy                  vulnerable-system               open-http-proxy                       normal
scan_http_vulnerable             vulnerable-system               vulnerable-http                       urgent
scan_ics                         vulnerable-system               open-ics                              high
scan_imap                        other                           accessible-imap                       information
scan_imap_vulnerable             vulnerable-system               vulnerable-imap                       normal
scan_ip_tunnel                   vulnerable-system               open-ip-tunnel                        normal
scan_ipmi                        vulnerable-system               open-ipmi                             high
scan_ipp                         vulnerable-system               open-ipp                              high
scan_isakmp                      vulnerable-system               open-ike                              normal
scan_kubernetes                  vulnerable-system               open-kubernetes                       high
scan_ldap_tcp                    vulnerable-system               open-ldap                             high
scan_ldap_udp                    vulnerable-system               open-ldap                             high
scan_loop_dos                    vulnerable-system               open-loop-dos                         high
scan_mdns                        vulnerable-system               open-mdns                             normal
scan_memcached                   vulnerable-system               open-memcached                        high
scan_mongodb                     vulnerable-system               open-mongodb                          high
scan_mqtt                        vulnerable-system               open-mqtt                             normal
scan_mqtt_anon                   vulnerable-system               open-mqtt-anon                        high
scan_msmq                        vulnerable-system               open-msmq                             normal
scan_msrpc                       potentially-unwanted-accessible accessible-msrpc                      high
scan_mssql                       vulnerable-system               open-mssql                            high
scan_mysql                       vulnerable-system               open-mysql                            high
scan_nat_pmp                     vulnerable-system               open-natpmp                           high
scan_netbios                     vulnerable-system               open-netbios-nameservice              high
scan_netis_router                vulnerable-system               open-netis                            urgent
scan_ntp                         vulnerable-system               ntp-version                           normal
scan_ntpmonitor                  vulnerable-system               ntp-monitor                           normal
scan_pop3                        other                           accessible-pop3                       information
scan_pop3_vulnerable             vulnerable-system               vulnerable-pop3                       normal
scan_portmapper                  vulnerable-system               open-portmapper                       normal
scan_post_exploitation_framework c2-server                       c2-beacon                             high
scan_postgres                    vulnerable-system               open-postgres                         high
scan_qotd                        vulnerable-system               open-qotd                             normal
scan_quic                        other                           open-quic                             information
scan_radmin                      vulnerable-system               accessible-radmin                     high
scan_rdp                         vulnerable-system               open-rdp                              high
scan_rdpeudp                     vulnerable-system               accessible-msrdpeudp                  high
scan_redis                       vulnerable-system               open-redis                            high
scan_rsync                       vulnerable-system               accessible-rsync                      normal
scan_sccm                        vulnerable-system               open-sccm                             high
scan_sip                         vulnerable-system               open-sip                              high
scan_slp                         vulnerable-system               open-slp                              high
scan_smb                         vulnerable-system               open-smb                              high
scan_smtp                        other                           open-smtp                             information
scan_smtp_vulnerable             vulnerable-system               vulnerable-smtp                       urgent
scan_snmp                        vulnerable-system               open-snmp                             high
scan_socks                       vulnerable-system               open-socks                            normal
scan_ssdp                        vulnerable-system               open-ssdp                             high
scan_ssh                         other                           open-ssh                              information
scan_ssl                         other                           open-ssl                              information
scan_ssl_freak                   weak-crypto                     ssl-freak                             information
scan_ssl_poodle                  weak-crypto                     ssl-poodle                            information
scan_stun                        other                           open-stun                             normal
scan_synfulknock                 vulnerable-system               open-synfulknock                      urgent
scan_telnet                      vulnerable-system               open-telnet                           normal
scan_tftp                        vulnerable-system               open-tftp                             information
scan_ubiquiti                    vulnerable-system               accessible-ubiquiti-discovery-service high
scan_vnc                         vulnerable-system               open-vnc                              high
scan_ws_discovery                vulnerable-system               open-ws-discovery                     normal
scan_xdmcp                       vulnerable-system               open-xdmcp                            high
"""

# Names that reports had before, or have in older archives.
_FORMER = {
    "blacklist": "blocklist",
    "botnet_drone": "event_sinkhole",
    "caida_ip_spoofer": "event_ip_spoofer",
    "cisco_smart_install": "scan_cisco_smart_install",
    "darknet": "event_honeypot_darknet",
    "ddos_amplification": "event_honeypot_ddos_amp",
    "dns_openresolver": "scan_dns",
    "drone_brute_force": "event_honeypot_brute_force",
    "hp_http_scan": "event_honeypot_http_scan",
    "hp_ics_scan": "event_honeypot_ics_scan",
    "microsoft_sinkhole": "event_microsoft_sinkhole",
    "netis_router": "scan_netis_router",
    "scan_ldap": "scan_ldap_udp",
    "scan_msrdpeudp": "scan_rdpeudp",
    "sinkhole_dns": "event_sinkhole_dns",
    "sinkhole_http": "event_sinkhole_http",
    "sinkhole_http_drone": "event_sinkhole_http",
    "test_smb": "scan_smb",
    "test_telnet": "scan_telnet",
}


def _read_table() -> dict[str, Report]:
    lines = (line.split() for line in _TABLE.splitlines() if line)
    return {
        kind: Report(kind, CLASS_OF[type_], type_, identifier, severity) for kind, type_, identifier, severity in lines
    }


REPORTS = _read_table()


def find_report(name: str, *, schema: Schema | None = None) -> Report:
    """The report that a file's name tells: "2026-11-23-scan6_rdp-netherlands.csv" holds scan_rdp.

    The schema tells of types that our own table does not know, so that nothing is called another way because of it.
    An unknown type is other/undetermined, with an identifier made from its name.
    """
    kind = kind_of(name)
    identifier = kind.strip("_").replace("_", "-")[:100] or "unknown-report"
    known = REPORTS.get(kind) or (schema or {}).get(kind)
    return known or Report(kind, *UNDETERMINED, identifier, _DEFAULT_SEVERITY)


def kind_of(name: str) -> str:
    """The type of report in a file's name, the same for IPv4 and IPv6, and under its present name."""
    match = _in_name(name)
    if not match:
        return "unknown_report"
    kind = _VERSION.sub(lambda found: f"{found[1]}_" if found[1] else "", match[2].lower())
    return _FORMER.get(kind, kind)


def day_of(name: str) -> date | None:
    """The day in a file's name."""
    match = _in_name(name)
    try:
        return date.fromisoformat(match[1] or "") if match else None
    except ValueError:
        return None


def _in_name(name: str) -> re.Match[str] | None:
    return _NAME.match(name.replace("\\", "/").rpartition("/")[2])
