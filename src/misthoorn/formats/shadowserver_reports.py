"""What each type of Shadowserver report is about, in the incident taxonomy's words.

Written for this service from the publisher's descriptions; a severity in the file itself goes before the one here.
"""

import re
from dataclasses import dataclass

from misthoorn.formats.rsit import CLASS_OF, UNDETERMINED

_DEFAULT_SEVERITY = "normal"
_NAME = re.compile(r"(?:\d{4}-\d{2}-\d{2}-)?([a-z0-9_]+)", re.IGNORECASE)
_VERSION = re.compile(r"^(scan|event|population)[46]_|(?<=[a-z])6(?=_|$)")


@dataclass(frozen=True, slots=True)
class Report:
    kind: str
    class_: str
    type_: str
    identifier: str
    severity: str


# One line for what is seen over IPv4 and IPv6 alike: report type, type of the taxonomy, identifier, severity.
_TABLE = """
blocklist                       undetermined                     on-blocklist                    information
compromised_account             data-leak                        leaked-credentials              urgent
compromised_iot                 system-compromise                compromised-device              urgent
compromised_website             application-compromise           compromised-website             urgent
device_id                       undetermined                     device-seen                     information
ransomware_victim               system-compromise                named-by-ransomware-group       information
malware_url                     malware-distribution             malware-url                     urgent
phish_url                       phishing                         phishing-url                    high
sandbox_conn                    infected-system                  contacted-by-malware            information
sandbox_dns                     infected-system                  contacted-by-malware            information
sandbox_url                     infected-system                  contacted-by-malware            information
spam_url                        spam                             spam-url                        information
special                         undetermined                     special-report                  high
outdated_dnssec_key             misconfiguration                 outdated-dnssec-key             normal

event_ddos_participant          ddos                             ddos-participant                high
event_honeypot_adb_scan         scanner                          scans-adb                       high
event_honeypot_brute_force      brute-force                      brute-force                     urgent
event_honeypot_darknet          scanner                          scans-darknet                   high
event_honeypot_ddos             ddos                             ddos-participant                urgent
event_honeypot_ddos_amp         ddos                             ddos-target                     information
event_honeypot_ddos_target      ddos                             ddos-target                     information
event_honeypot_http_scan        scanner                          scans-http                      high
event_honeypot_ics_scan         scanner                          scans-ics                       urgent
event_honeypot_ikev2_scan       scanner                          scans-ikev2                     high
event_honeypot_rdp_scan         scanner                          scans-rdp                       high
event_honeypot_rocketmq_scan    scanner                          scans-rocketmq                  high
event_honeypot_smb_scan         scanner                          scans-smb                       high
event_ip_spoofer                misconfiguration                 spoofed-traffic-passes          normal
event_microsoft_sinkhole        infected-system                  malware-infection               urgent
event_microsoft_sinkhole_http   infected-system                  malware-infection               urgent
event_sinkhole                  infected-system                  malware-infection               urgent
event_sinkhole_dns              infected-system                  malware-lookup                  information
event_sinkhole_http             infected-system                  malware-infection               urgent
event_sinkhole_http_referer     malware-distribution             leads-to-malware                urgent

population_bgp                  potentially-unwanted-accessible  open-bgp                        normal
population_http_proxy           potentially-unwanted-accessible  open-http-proxy                 information
population_isakmp               potentially-unwanted-accessible  open-isakmp                     information
population_msmq                 potentially-unwanted-accessible  open-msmq                       normal
population_ntrip                potentially-unwanted-accessible  open-ntrip                      information

scan_activemq                   potentially-unwanted-accessible  open-activemq                   normal
scan_adb                        potentially-unwanted-accessible  open-adb                        urgent
scan_afp                        potentially-unwanted-accessible  open-afp                        high
scan_amqp                       potentially-unwanted-accessible  open-amqp                       normal
scan_ard                        ddos-amplifier                   open-ard                        high
scan_badsecrets                 vulnerable-system                known-secret                    high
scan_bgp                        potentially-unwanted-accessible  open-bgp                        high
scan_chargen                    ddos-amplifier                   open-chargen                    normal
scan_cisco_smart_install        potentially-unwanted-accessible  open-cisco-smart-install        urgent
scan_coap                       ddos-amplifier                   open-coap                       normal
scan_couchdb                    information-disclosure           open-couchdb                    high
scan_cwmp                       potentially-unwanted-accessible  open-cwmp                       normal
scan_db2                        ddos-amplifier                   open-db2                        high
scan_ddos_middlebox             ddos-amplifier                   ddos-middlebox                  normal
scan_dns                        ddos-amplifier                   open-dns-resolver               normal
scan_docker                     potentially-unwanted-accessible  open-docker                     urgent
scan_dvr_dhcpdiscover           ddos-amplifier                   open-dvr-dhcpdiscover           high
scan_elasticsearch              information-disclosure           open-elasticsearch              high
scan_epmd                       potentially-unwanted-accessible  open-epmd                       high
scan_exchange                   vulnerable-system                vulnerable-exchange             urgent
scan_ftp                        potentially-unwanted-accessible  open-ftp                        normal
scan_gtp                        potentially-unwanted-accessible  open-gtp                        information
scan_hadoop                     potentially-unwanted-accessible  open-hadoop                     high
scan_http                       potentially-unwanted-accessible  open-http                       information
scan_http_proxy                 potentially-unwanted-accessible  open-http-proxy                 normal
scan_http_vulnerable            vulnerable-system                vulnerable-http                 urgent
scan_ics                        potentially-unwanted-accessible  open-ics                        high
scan_imap                       potentially-unwanted-accessible  open-imap                       information
scan_imap_vulnerable            vulnerable-system                vulnerable-imap                 normal
scan_ip_tunnel                  vulnerable-system                open-ip-tunnel                  normal
scan_ipmi                       potentially-unwanted-accessible  open-ipmi                       high
scan_ipp                        potentially-unwanted-accessible  open-ipp                        high
scan_isakmp                     vulnerable-system                vulnerable-isakmp               normal
scan_kubernetes                 potentially-unwanted-accessible  open-kubernetes                 high
scan_ldap_tcp                   information-disclosure           open-ldap                       high
scan_ldap_udp                   ddos-amplifier                   open-ldap-udp                   high
scan_mdns                       ddos-amplifier                   open-mdns                       normal
scan_memcached                  ddos-amplifier                   open-memcached                  high
scan_mongodb                    information-disclosure           open-mongodb                    high
scan_mqtt                       potentially-unwanted-accessible  open-mqtt                       normal
scan_mqtt_anon                  information-disclosure           open-mqtt-anonymous             high
scan_msmq                       potentially-unwanted-accessible  open-msmq                       normal
scan_mssql                      ddos-amplifier                   open-mssql                      high
scan_mysql                      potentially-unwanted-accessible  open-mysql                      high
scan_nat_pmp                    vulnerable-system                open-nat-pmp                    high
scan_netbios                    ddos-amplifier                   open-netbios                    high
scan_netis_router               vulnerable-system                netis-router                    urgent
scan_ntp                        ddos-amplifier                   open-ntp-version                normal
scan_ntpmonitor                 ddos-amplifier                   open-ntp-monitor                normal
scan_pop3                       potentially-unwanted-accessible  open-pop3                       information
scan_pop3_vulnerable            vulnerable-system                vulnerable-pop3                 normal
scan_portmapper                 ddos-amplifier                   open-portmapper                 normal
scan_post_exploitation_framework  c2-server                      attack-framework                urgent
scan_postgres                   potentially-unwanted-accessible  open-postgresql                 high
scan_qotd                       ddos-amplifier                   open-qotd                       normal
scan_quic                       potentially-unwanted-accessible  open-quic                       information
scan_radmin                     potentially-unwanted-accessible  open-radmin                     high
scan_rdp                        potentially-unwanted-accessible  open-rdp                        high
scan_rdpeudp                    ddos-amplifier                   open-rdp-udp                    high
scan_redis                      information-disclosure           open-redis                      high
scan_rsync                      information-disclosure           open-rsync                      normal
scan_sccm                       potentially-unwanted-accessible  open-sccm                       high
scan_sip                        potentially-unwanted-accessible  open-sip                        high
scan_slp                        ddos-amplifier                   open-slp                        high
scan_smb                        potentially-unwanted-accessible  open-smb                        high
scan_smtp                       potentially-unwanted-accessible  open-smtp                       information
scan_smtp_vulnerable            vulnerable-system                vulnerable-smtp                 urgent
scan_snmp                       ddos-amplifier                   open-snmp                       high
scan_socks                      potentially-unwanted-accessible  open-socks-proxy                normal
scan_ssdp                       ddos-amplifier                   open-ssdp                       high
scan_ssh                        potentially-unwanted-accessible  open-ssh                        information
scan_ssl                        potentially-unwanted-accessible  open-tls                        information
scan_ssl_freak                  weak-crypto                      tls-freak                       information
scan_ssl_poodle                 weak-crypto                      tls-poodle                      information
scan_stun                       ddos-amplifier                   open-stun                       normal
scan_synfulknock                system-compromise                synful-knock                    urgent
scan_telnet                     potentially-unwanted-accessible  open-telnet                     normal
scan_tftp                       potentially-unwanted-accessible  open-tftp                       information
scan_ubiquiti                   ddos-amplifier                   open-ubiquiti-discovery         high
scan_vnc                        potentially-unwanted-accessible  open-vnc                        high
scan_ws_discovery               ddos-amplifier                   open-ws-discovery               normal
scan_xdmcp                      ddos-amplifier                   open-xdmcp                      high
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


def find_report(name: str) -> Report:
    """The report that a file's name tells: "2026-11-23-scan6_rdp-netherlands.csv" holds scan_rdp.

    An unknown type is other/undetermined, with an identifier made from its name.
    """
    match = _NAME.match(name.replace("\\", "/").rpartition("/")[2])
    kind = (
        _VERSION.sub(lambda found: f"{found[1]}_" if found[1] else "", match[1].lower()) if match else "unknown_report"
    )
    kind = _FORMER.get(kind, kind)
    identifier = kind.strip("_").replace("_", "-")[:100] or "unknown-report"
    return REPORTS.get(kind) or Report(kind, *UNDETERMINED, identifier, _DEFAULT_SEVERITY)
