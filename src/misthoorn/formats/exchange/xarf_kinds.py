"""What the types of X-ARF reports mean, those of version 4 and the words that older ones use.

Source: https://github.com/xarf/xarf-spec, schemas of version 4.2, the samples of version 3, and reports of 0.1 and 0.2.
"""

import re

from misthoorn.formats.readers.evidence import as_identifier
from misthoorn.formats.values.rsit import Kind

_TABLE = """
blocklist                other                                  on-blocklist               information
bot                      infected-system                        malware-infection
botnet                   infected-system                        malware-infection
brand-infringement       masquerade                             brand-infringement         information
brute-force              brute-force                            brute-force
bulk-messaging           spam                                   bulk-mail                  information
child-abuse              violence                               child-abuse-material       urgent
child-sexual-abuse-material violence                            child-abuse-material       urgent
compromised-server       system-compromise                      compromised-server
copyright                copyright                              copyright
csam                     violence                               child-abuse-material       urgent
csem                     violence                               child-abuse-material       urgent
cve                      vulnerable-system                      known-vulnerability        high
cyberlocker              copyright                              copyright
ddos                     ddos                                   ddos-participant
ddos-amplification       ddos-amplifier                         ddos-amplifier             high
defacement               unauthorised-information-modification  defaced-website            high
dos                      dos                                    ddos-participant
exploit                  exploit                                attacks-servers
exposed-data             data-leak                              exposed-data
fraud                    masquerade                             fraud
harassment               harmful-speech                         harassment                 information
harvesting               scanner                                harvests-addresses
infected-host            infected-system                        malware-infection
ip-spoof                 misconfiguration                       spoofed-traffic-passes
link-site                copyright                              copyright
login-attack             brute-force                            brute-force
malware                  malware-distribution                   malware-url
malware-attack           malware-distribution                   malware-url
malware-distribution     malware-distribution                   malware-url
misconfiguration         vulnerable-system                      misconfigured-service
open-service             potentially-unwanted-accessible        open-service
p2p                      copyright                              copyright
phishing                 phishing                               phishing-url
port-scan                scanner                                scans
portscan                 scanner                                scans
potentially-compromised-account brute-force                     brute-force
reconnaissance           scanner                                scans-web
remote-compromise        application-compromise                 compromised-website
scraping                 unauthorised-use-of-resources          scrapes-websites           information
sms-spam                 spam                                   sends-spam
social-media-spam        spam                                   sends-spam
spam                     spam                                   sends-spam
spamvertised             spam                                   spam-url                   information
sql-injection            exploit                                attacks-web
suspicious-registration  masquerade                             suspicious-domain          information
threat-intelligence      undetermined                           threat-indicator
trademark                masquerade                             brand-infringement         information
ugc-platform             copyright                              copyright
usenet                   copyright                              copyright
vuln-scanning            scanner                                scans-for-vulnerabilities
vulnerability-scan       scanner                                scans-for-vulnerabilities
web-attack               exploit                                attacks-web
web-crawler              unauthorised-use-of-resources          scrapes-websites           information
web-hack                 application-compromise                 compromised-website
whatsapp-spam            spam                                   sends-spam
"""

# For a type that is not in the table, by the category that stands above it.
_CATEGORIES = {
    "abuse": Kind("ids-alert", "attacks"),
    "connection": Kind("ids-alert", "attacks"),
    "content": Kind("undetermined", "reported-content"),
    "copyright": Kind("copyright", "copyright"),
    "fraud": Kind("phishing", "phishing-url"),
    "infrastructure": Kind("system-compromise", "compromised-server"),
    "messaging": Kind("spam", "sends-spam"),
    "vulnerability": Kind("vulnerable-system", "vulnerable-system"),
}
_INFECTED = Kind("infected-system", "malware-infection")
_BETWEEN = re.compile(r"(?<=[a-z])(?=[A-Z])")
_OTHER = Kind("undetermined", "abuse-report")


def _read_table() -> dict[str, Kind]:
    return {word: Kind(*rest) for word, *rest in (line.split() for line in _TABLE.splitlines() if line)}


_KINDS = _read_table()


def kind_of(category: str, type_: str) -> Kind:
    """What a report of this category and type says."""
    words = (as_identifier(type_.replace("_", "-")), as_identifier(_BETWEEN.sub("-", type_)))  # and LoginAttack
    if category.strip().lower() == "activity" and words[0] == "malware":
        return _INFECTED  # seen by what it does, such as a name that it looks up
    known = next((_KINDS[word] for word in words if word in _KINDS), None)
    return known or _CATEGORIES.get(category.strip().lower(), _OTHER)
