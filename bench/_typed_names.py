"""Products as people type them, and what CVE records call them: read from the records by hand, as `_product_lines`."""

from typing import NamedTuple

from _product_lines import Line


class Typed(NamedTuple):
    text: str  # as it is typed, with its version
    line: Line  # what CVE records call it
    version: tuple[int, ...] | None = None  # where records number this product so
    proposed: tuple[str, ...] = ()  # CPE products that are right to propose, where their records say more than this


def _line(*cpes: str, names: tuple[str, ...] = (), part: str = "a") -> Line:
    return Line(typed=cpes[0], part=part, cpes=cpes, names=names)


_FORTIOS = _line("fortinet:fortios", names=("fortinet|fortios", "fortinet|fortinet fortios"), part="o")
_ESXI = _line("vmware:esxi", "vmware:vmware_esxi", names=("n/a|vmware esxi", "n/a|esxi"), part="o")
_EXCHANGE = _line("microsoft:exchange_server")
_CU12 = Line("", "a", (), ("microsoft|microsoft exchange server 2019 cumulative update 12",))
_SHAREPOINT = Line("", "a", (), ("microsoft|microsoft sharepoint server 2019",))
_CONNECT = _line("ivanti:connect_secure", names=("ivanti|connect secure",))
_NETSCALER = _line(
    "citrix:netscaler_application_delivery_controller",
    names=(
        "citrix|netscaler adc",
        "cloud software group|netscaler adc",
        "netscaler|netscaler adc",
        "netsclaer|netscaler adc",
    ),
)
_ASA = _line(
    "cisco:adaptive_security_appliance_software",
    "cisco:adaptive_security_appliance",
    names=("cisco|cisco adaptive security appliance (asa) software",),
    part="o",
)
_PAN_OS = _line("paloaltonetworks:pan-os", "palo_alto_networks:pan-os", names=("palo alto networks|pan-os",), part="o")
_CONFLUENCE = _line(
    "atlassian:confluence_data_center",
    "atlassian:confluence_server",
    names=("atlassian|confluence data center", "atlassian|confluence server"),
)
_MOVEIT = _line(
    "progress:moveit_transfer",
    "moveit:moveit",
    names=(
        "progress|moveit transfer",
        "progress software corporation|moveit transfer",
        "progress software|moveit transfer",
    ),
)
_READER = _line("adobe:acrobat_reader_dc", "adobe:acrobat_reader", names=("adobe|acrobat reader",))
_VCENTER = _line(
    "vmware:vcenter_server",
    "broadcom:vmware_vcenter_server",
    names=("vmware|vmware vcenter server", "n/a|vmware vcenter server"),
)
_EPMM = _line("ivanti:endpoint_manager_mobile", names=("ivanti|epmm", "ivanti|endpoint manager mobile"))
_NGINX = _line("f5:nginx", "f5:nginx_open_source", names=("f5|nginx open source",))
_ROUNDCUBE = _line("roundcube:webmail", "roundcube:roundcube_webmail", "roundcube:roundcube")
_ZIMBRA = _line("zimbra:collaboration", "zimbra:zimbra_collaboration_suite", "synacor:zimbra_collaboration_suite")
_WINDOWS = _line(
    "microsoft:windows_server_2019",
    names=("microsoft|windows server 2019", "microsoft|windows server 2019 (server core installation)"),
    part="o",
)
_PAPERCUT = _line(
    "papercut:papercut_ng",
    "papercut:papercut_mf",
    names=("papercut|papercut ng, papercut mf", "papercut|papercut ng", "papercut|ng"),
)
_JUNOS = _line(
    "juniper:junos", "juniper:junos_os", "juniper_networks:junos_os", names=("juniper networks|junos os",), part="o"
)
_HTTPD = _line(
    "apache:http_server",
    "apache_software_foundation:apache_http_server",
    "apache:apache_http_server",
    names=("apache software foundation|apache http server",),
)
_VIRTUALBOX = _line(
    "oracle:vm_virtualbox", names=("oracle corporation|vm virtualbox", "oracle corporation|oracle vm virtualbox")
)
_DOCKER = _line(
    "docker:desktop", "docker:docker_desktop", names=("docker inc.|docker desktop", "docker|docker desktop")
)

TYPED = (
    Typed("Fortinet FortiGate", _FORTIOS),
    Typed("FortiGate firewall FortiOS 7.0.5", _FORTIOS, (7, 0, 5)),
    Typed("Citrix ADC", _NETSCALER),
    Typed("Citrix NetScaler", _NETSCALER),
    Typed("xz-utils", _line("tukaani:xz", names=("tukaani-project|xz",))),
    Typed("VMware ESXi 7.0", _ESXI),
    Typed("VMware ESX server", _ESXI),
    Typed("VMware vCenter", _VCENTER),
    Typed("Microsoft Exchange Server 2019 CU12", _CU12, proposed=_EXCHANGE.cpes),
    Typed("MS Exchange", _EXCHANGE),
    Typed("Cisco ASA", _ASA),
    Typed("Cisco IOS-XE", _line("cisco:ios_xe", names=("cisco|cisco ios xe software",), part="o")),
    Typed("Palo Alto firewall PAN-OS 10.1", _PAN_OS, (10, 1)),
    Typed("Pan PAN-OS 10.2.4", _PAN_OS, (10, 2, 4)),
    Typed("WordPress 6.2", _line("wordpress:wordpress", names=("wordpress foundation|wordpress",)), (6, 2)),
    Typed("Log4j", _line("apache:log4j", names=("apache software foundation|apache log4j",))),
    Typed("MOVEit", _MOVEIT),
    Typed("Progress Software MOVEit Transfer", _MOVEIT),
    Typed("Ivanti Connect Secure", _CONNECT),
    Typed("Pulse Connect Secure", _CONNECT),
    Typed("MobileIron Core", _EPMM),
    Typed("Ivanti EPMM", _EPMM),
    Typed("Zimbra", _ZIMBRA),
    Typed("ConnectWise ScreenConnect", _line("connectwise:screenconnect", names=("connectwise|screenconnect",))),
    Typed(
        "Veeam Backup",
        _line("veeam:backup_\\&_replication", names=("veeam|backup and recovery", "veeam|backup & replication")),
    ),
    Typed("OpenSSL", _line("openssl:openssl", names=("openssl|openssl",))),
    Typed("7-Zip", _line("7-zip:7-zip", "7-zip:7zip", names=("7-zip|7-zip",))),
    Typed("7zip", _line("7-zip:7-zip", "7-zip:7zip", names=("7-zip|7-zip",))),
    Typed("Atlassian Confluence", _CONFLUENCE),
    Typed("SharePoint 2019", _SHAREPOINT, proposed=("microsoft:sharepoint_server",)),
    Typed("Adobe Acrobat Reader DC", _READER),
    Typed("Google Chrome™", _line("google:chrome", names=("google|chrome",))),
    Typed("Mozilla Firefox (64-bit)", _line("mozilla:firefox", names=("mozilla|firefox",))),
    Typed("Microsoft Edge", _line("microsoft:edge_chromium", names=("microsoft|microsoft edge (chromium-based)",))),
    Typed("Windows Server 2019 Standard", _WINDOWS),
    Typed("MS Office 365", _line("microsoft:365_apps", names=("microsoft|microsoft 365 apps for enterprise",))),
    Typed("MS SQL Server", _line("microsoft:sql_server")),
    Typed("MySQL", _line("oracle:mysql_server", names=("oracle corporation|mysql server",))),
    Typed("F5 BIG IP", _line("f5:big-ip", names=("f5|big-ip",))),
    Typed("MikroTik router RouterOS", _line("mikrotik:routeros", names=("mikrotik|routeros",), part="o")),
    Typed("QNAP NAS QTS", _line("qnap:qts", names=("qnap systems inc.|qts",), part="o")),
    Typed("Juniper SRX", _JUNOS),
    Typed("Roundcube", _ROUNDCUBE),
    Typed("nginx", _NGINX),
    Typed("Oracle VirtualBox", _VIRTUALBOX),
    Typed("Docker Desktop for Windows", _DOCKER),
    Typed("Apache httpd 2.4.51", _HTTPD, (2, 4, 51)),
    Typed("PHP 8.1", _line("php:php", "php_group:php", names=("php group|php",)), (8, 1)),
    Typed("PaperCut", _PAPERCUT),
    Typed(
        "GoAnywhere",
        _line("fortra:goanywhere_managed_file_transfer", names=("fortra|goanywhere mft",)),
    ),
    Typed("GitLab Enterprise Edition", _line("gitlab:gitlab", names=("gitlab|gitlab",))),
    Typed("Joomla", _line("joomla:joomla\\!", names=("joomla! project|joomla! cms",))),
    Typed("Drupal 10", _line("drupal:drupal", names=("drupal|core", "drupal|drupal core"))),
    Typed(
        "HPE iLO",
        _line("hp:integrated_lights-out", names=("hewlett packard enterprise (hpe)|hpe integrated lights-out",)),
    ),
    Typed("Trend Micro ApexOne", _line("trendmicro:apex_one", names=("trend micro, inc.|trend micro apex one",))),
    Typed("Splunk", _line("splunk:splunk", "splunk:splunk_enterprise", names=("splunk|splunk enterprise",))),
)
