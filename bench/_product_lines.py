"""Lines of business software, and which names in CVE records mean them: read from the records by hand.

`names` are “vendor|product” as a CNA wrote them, `cpes` “vendor:product” of CPE names, both in lower case. What a
record calls otherwise is another product, also where it looks alike (GitLab Authentication Plugin, Firefox for iOS).
"""

from typing import NamedTuple


class Line(NamedTuple):
    typed: str  # as its owner writes it
    part: str
    cpes: tuple[str, ...]  # the first is the one to register
    names: tuple[str, ...]
    purl: str = ""


LINES = (
    Line("Apache Tomcat", "a", ("apache:tomcat",), ("apache software foundation|apache tomcat",)),
    Line(
        "Apache HTTP Server",
        "a",
        ("apache:http_server", "apache_software_foundation:apache_http_server", "apache:apache_http_server"),
        ("apache software foundation|apache http server",),
    ),
    Line(
        "Apache Airflow",
        "a",
        ("apache:airflow",),
        ("apache software foundation|apache airflow",),
        "pkg:pypi/apache-airflow",
    ),
    Line("GitLab: GitLab", "a", ("gitlab:gitlab",), ("gitlab|gitlab",)),
    Line("OpenSSL: OpenSSL", "a", ("openssl:openssl",), ("openssl|openssl",)),
    Line("PHP Group PHP", "a", ("php:php", "php_group:php"), ("php group|php",)),
    Line("Mozilla Firefox", "a", ("mozilla:firefox",), ("mozilla|firefox",)),
    Line("Mozilla Firefox ESR", "a", ("mozilla:firefox_esr",), ("mozilla|firefox esr",)),
    Line("Mozilla Thunderbird", "a", ("mozilla:thunderbird",), ("mozilla|thunderbird",)),
    Line("Google Chrome", "a", ("google:chrome",), ("google|chrome",)),
    Line(
        "Fortinet FortiOS",
        "o",
        ("fortinet:fortios",),
        ("fortinet|fortios", "fortinet|fortinet fortios", "fortinet|fortinet fortios, fortiproxy"),
    ),
    Line(
        "Fortinet FortiProxy",
        "a",
        ("fortinet:fortiproxy",),
        ("fortinet|fortiproxy", "fortinet|fortinet fortiproxy", "fortinet|fortinet fortios, fortiproxy"),
    ),
    Line("Fortinet FortiManager", "o", ("fortinet:fortimanager",), ("fortinet|fortimanager",)),
    Line(
        "Atlassian Confluence Data Center",
        "a",
        ("atlassian:confluence_data_center",),
        ("atlassian|confluence data center",),
    ),
    Line("Atlassian Confluence Server", "a", ("atlassian:confluence_server",), ("atlassian|confluence server",)),
    Line("Atlassian Jira Server", "a", ("atlassian:jira_server",), ("atlassian|jira server",)),
    Line("Jenkins Project Jenkins", "a", ("jenkins:jenkins",), ("jenkins project|jenkins",)),
    Line("Oracle MySQL Server", "a", ("oracle:mysql_server",), ("oracle corporation|mysql server",)),
    Line(
        "Node.js: Node.js",
        "a",
        ("nodejs:node.js", "nodejs:nodejs"),
        ("node.js|node.js", "node.js|node", "nodejs|node"),
    ),
    Line("Grafana: Grafana", "a", ("grafana:grafana",), ("grafana|grafana",)),
    Line("Moodle: Moodle", "a", ("moodle:moodle",), ("moodle|moodle",)),
    Line("TYPO3: TYPO3", "a", ("typo3:typo3",), ("typo3|typo3",), "pkg:composer/typo3/cms-core"),
    Line("Adobe Commerce", "a", ("adobe:commerce", "adobe:adobe_commerce"), ("adobe|adobe commerce",)),
    Line("Adobe ColdFusion", "a", ("adobe:coldfusion",), ("adobe|coldfusion",)),
    Line("Exim: Exim", "a", ("exim:exim",), ("exim|exim",)),
    Line("Joomla! CMS", "a", ("joomla:joomla\\!",), ("joomla! project|joomla! cms",)),
    Line("argoproj argo-cd", "a", ("argoproj:argo-cd", "linuxfoundation:argo-cd"), ("argoproj|argo-cd",)),
    Line("JetBrains TeamCity", "a", ("jetbrains:teamcity",), ("jetbrains|teamcity",)),
    Line(
        "Veeam Backup & Replication",
        "a",
        ("veeam:backup_\\&_replication",),
        ("veeam|backup and recovery", "veeam|backup & replication"),
    ),
    Line(
        "VMware vCenter Server",
        "a",
        ("vmware:vcenter_server", "broadcom:vmware_vcenter_server"),
        ("vmware|vmware vcenter server", "n/a|vmware vcenter server"),
    ),
    Line(
        "Palo Alto Networks PAN-OS",
        "o",
        ("paloaltonetworks:pan-os", "palo_alto_networks:pan-os"),
        ("palo alto networks|pan-os",),
    ),
    Line("Ivanti Connect Secure", "a", ("ivanti:connect_secure",), ("ivanti|connect secure",)),
    Line(
        "Ivanti Endpoint Manager Mobile",
        "a",
        ("ivanti:endpoint_manager_mobile",),
        ("ivanti|epmm", "ivanti|endpoint manager mobile"),
    ),
    Line("SonicWall SonicOS", "o", ("sonicwall:sonicos",), ("sonicwall|sonicos",)),
    Line("QNAP QTS", "o", ("qnap:qts",), ("qnap systems inc.|qts",)),
    Line(
        "Mattermost: Mattermost",
        "a",
        ("mattermost:mattermost", "mattermost:mattermost_server"),
        ("mattermost|mattermost",),
    ),
    Line(
        "LibreOffice: LibreOffice",
        "a",
        ("libreoffice:libreoffice", "thedocumentfoundation:libreoffice", "the_document_foundation:libreoffice"),
        ("the document foundation|libreoffice",),
    ),
    Line("RARLAB WinRAR", "a", ("rarlab:winrar",), ("rarlab|winrar",)),
    Line(
        "Progress MOVEit Transfer",
        "a",
        ("progress:moveit_transfer",),
        (
            "progress|moveit transfer",
            "progress software corporation|moveit transfer",
            "progress software|moveit transfer",
        ),
    ),
    Line("Splunk Enterprise", "a", ("splunk:splunk", "splunk:splunk_enterprise"), ("splunk|splunk enterprise",)),
    Line("Elastic Kibana", "a", ("elastic:kibana",), ("elastic|kibana",)),
    Line("Elastic Elasticsearch", "a", ("elastic:elasticsearch",), ("elastic|elasticsearch",)),
    Line("SolarWinds Serv-U", "a", ("solarwinds:serv-u",), ("solarwinds|serv-u",)),
    Line("Zabbix: Zabbix", "a", ("zabbix:zabbix",), ("zabbix|zabbix",)),
    Line("Discourse: Discourse", "a", ("discourse:discourse",), ("discourse|discourse",)),
)
