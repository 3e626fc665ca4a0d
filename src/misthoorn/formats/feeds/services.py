"""What it means that a service can be reached from the internet, the same whoever saw it.

The words are those of Shadowserver's reports, so that a scan of one's own and theirs are about the same subject. What
is not here (a web server, an unknown service on any port) is `open-port`, which is for information.
"""

from misthoorn.formats.feeds.shadowserver_reports import REPORTS
from misthoorn.formats.values.rsit import Kind

OPEN_PORT = Kind("other", "open-port", "information")

# Type of report: names that nmap, Shodan and Censys have for the service, in small letters without a TLS prefix.
_TABLE = """
scan_adb: adb android-debug-bridge
scan_afp: afp
scan_amqp: amqp
scan_bgp: bgp
scan_chargen: chargen
scan_cisco_smart_install: smart-install cisco-smart-install
scan_coap: coap
scan_couchdb: couchdb
scan_cwmp: cwmp
scan_db2: db2 ibm-db2
scan_docker: docker
scan_elasticsearch: elasticsearch elastic
scan_epmd: epmd
scan_ftp: ftp ftps
scan_http_proxy: http-proxy squid-http
scan_ics: s7 s7comm modbus bacnet dnp3 fox ethernetip-2 enip eip codesys iec-104 iec-60870-5-104 omron-fins atg opc-ua
scan_imap: imap imaps
scan_ipmi: ipmi asf-rmcp
scan_ipp: ipp
scan_isakmp: isakmp ike
scan_kubernetes: kubernetes
scan_ldap_tcp: ldap ldaps ldap-tcp ldapssl
scan_ldap_udp: cldap ldap-udp
scan_mdns: mdns zeroconf dns-sd
scan_memcached: memcached memcache
scan_mongodb: mongodb mongod mongo
scan_mqtt: mqtt mqtts
scan_msrpc: msrpc
scan_mssql: mssql ms-sql-s ms-sql ms-sql-m ms-sql-monitor
scan_mysql: mysql mariadb
scan_nat_pmp: nat-pmp natpmp
scan_netbios: netbios netbios-ns netbios-ssn netbios-name
scan_ntp: ntp
scan_pop3: pop3 pop3s
scan_portmapper: portmap portmapper rpcbind
scan_postgres: postgres postgresql
scan_qotd: qotd
scan_radmin: radmin
scan_rdp: rdp ms-wbt-server ms-term-serv
scan_redis: redis
scan_rsync: rsync rsyncd
scan_sip: sip
scan_slp: slp svrloc
scan_smb: smb microsoft-ds
scan_smtp: smtp smtps submission
scan_snmp: snmp
scan_socks: socks socks4 socks5
scan_ssdp: ssdp upnp
scan_ssh: ssh
scan_stun: stun
scan_telnet: telnet telnets
scan_tftp: tftp
scan_ubiquiti: ubiquiti ubnt
scan_vnc: vnc vnc-http rfb
scan_ws_discovery: wsdiscovery ws-discovery
scan_xdmcp: xdmcp
"""


def _read_table() -> dict[str, Kind]:
    found = {}
    for line in _TABLE.strip().splitlines():
        report, _, names = line.partition(":")
        known = REPORTS[report]
        for name in names.split():
            found[name] = Kind(known.type_, known.identifier, known.severity)
    return found


KINDS = _read_table()


def kind_of_service(name: str) -> Kind:
    """What a service of this name means; names as scanners write them, such as `ssl/ldap`, `MS_SQL` or `rdp`."""
    word = name.strip().lower().replace("_", "-").replace(" ", "-")
    for prefix in ("ssl/", "tls/"):
        word = word.removeprefix(prefix)
    return KINDS.get(word, OPEN_PORT)
