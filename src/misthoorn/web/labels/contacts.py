"""What pages say of contacts: their roles, where they are known from, the rungs of the ladder and why one is taken."""

from django.utils.translation import pgettext_lazy

ROLES = {
    "owner": pgettext_lazy("contact", "Owner"),
    "security": pgettext_lazy("contact", "Security"),
    "it_provider": pgettext_lazy("contact", "IT provider"),
    "abuse": pgettext_lazy("contact", "Network owner (abuse)"),
    "general": pgettext_lazy("contact", "General"),
    "technical": pgettext_lazy("contact", "Technical (names and hosting)"),
}
RUNGS = {
    "own-confirmed": pgettext_lazy("rung", "Own contact, confirmed"),
    "provider-mandated": pgettext_lazy("rung", "IT provider with a mandate"),
    "own-registered": pgettext_lazy("rung", "Own contact, not confirmed yet"),
    "security-txt": pgettext_lazy("rung", "From security.txt"),
    "network-abuse": pgettext_lazy("rung", "Abuse contact of the network"),
    "soa": pgettext_lazy("rung", "Whoever runs its names (SOA)"),
    "registrar": pgettext_lazy("rung", "Registrar or hoster"),
    "found": pgettext_lazy("rung", "Found by a person or in a register"),
    "provider-named": pgettext_lazy("rung", "IT provider without a mandate"),
    "telephone": pgettext_lazy("rung", "Telephone"),
    "letter": pgettext_lazy("rung", "Letter"),
}
RUNG_REASONS = {
    "taken": pgettext_lazy("rung", "chosen"),
    "reserve": pgettext_lazy("rung", "in reserve"),
    "nobody": pgettext_lazy("rung", "nobody known"),
    "bounced": pgettext_lazy("rung", "came back"),
    "stopped": pgettext_lazy("rung", "asked us to stop"),
    "lapsed": pgettext_lazy("rung", "no longer found there"),
    "mandate-withdrawn": pgettext_lazy("rung", "mandate withdrawn"),
    "mandate-ended": pgettext_lazy("rung", "mandate has ended"),
    "mandate-not-yet": pgettext_lazy("rung", "mandate has not begun"),
    "mandate-not-to-receive": pgettext_lazy("rung", "mandate is not for warnings"),
    "passed-on": pgettext_lazy("rung", "only for what was passed on to it"),
    "claimed": pgettext_lazy("rung", "claimed, and not accepted yet"),
    "member": pgettext_lazy("rung", "signs in on the portal; only for codes"),
}
CONFIRMED_BY = {
    "telephone": pgettext_lazy("confirmed", "By telephone"),
    "writing": pgettext_lazy("confirmed", "They wrote it themselves"),
    "otherwise": pgettext_lazy("confirmed", "In another way"),
}
PROVENANCES = {
    "registered": pgettext_lazy("provenance", "registered by the organisation itself"),
    "import": pgettext_lazy("provenance", "taken in from a file"),
    "register": pgettext_lazy("provenance", "from the trade register"),
    "website": pgettext_lazy("provenance", "from its web site"),
    "found": pgettext_lazy("provenance", "found by ourselves"),
    "mandate": pgettext_lazy("provenance", "by a mandate"),
    "passed-on": pgettext_lazy("provenance", "named by a recipient who passed a warning on"),
    "claimed": pgettext_lazy("provenance", "from a claim"),
    "member": pgettext_lazy("provenance", "from an account on the portal"),
    "security.txt": pgettext_lazy("provenance", "its security.txt"),
    "ripe": pgettext_lazy("provenance", "the register of networks (RIPE)"),
    "rdap": pgettext_lazy("provenance", "the register of networks (RDAP)"),
    "soa": pgettext_lazy("provenance", "its names (SOA)"),
    "registrar": pgettext_lazy("provenance", "the register of its domain"),
}
