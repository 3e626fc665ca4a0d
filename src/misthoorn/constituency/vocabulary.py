"""The closed lists of the constituency: what a column may say. Names for people are in the site's translations."""

# The nine sectors of the pilot (facts: letter 26 643 nr. 817, footnote 5).
SECTORS = (
    "health",
    "trade",
    "ict",
    "agriculture",
    "media",
    "education",
    "engineering",
    "transport",
    "other",
)
SIZES = ("1", "2-9", "10-49", "50-249", "250+")
# `team`: not somebody to warn, but another team, to which findings are handed over.
ORGANISATION_KINDS = (
    "general",
    "vital",
    "former_vital",
    "digital_service_provider",
    "municipality",
    "health_care",
    "education",
    "water_board",
    "team",
    "unknown",
)
PROVINCES = (
    "Drenthe",
    "Flevoland",
    "Fryslân",
    "Gelderland",
    "Groningen",
    "Limburg",
    "Noord-Brabant",
    "Noord-Holland",
    "Overijssel",
    "Utrecht",
    "Zeeland",
    "Zuid-Holland",
)
ASSET_KINDS = ("network", "domain", "asn", "product")
CONTACT_ROLES = ("security", "owner", "it_provider", "abuse", "general", "technical")
CONFIRMED_BY = ("telephone", "writing", "otherwise")
CHANNELS = ("mail", "webhook", "feed", "portal", "telephone", "letter")
# How machines are told, beside a person and never in a person's place.
PARALLEL = ("webhook", "feed", "portal")
PRESETS = ("at_once", "digest", "severe")
DIGESTS = ("day", "week")
SEVERITIES = ("urgent", "high", "normal", "information")
# Contacts that belong to somebody else than the organisation itself: TLP sees a client in them.
OTHERS = ("it_provider", "abuse", "technical")
# Contacts that are kept for one message and stand on no rung: to whom a recipient passed a warning on, an address
# that somebody claims and nobody has accepted, and that of a member of the portal, for codes alone.
ASIDE = PASSED_ON, CLAIMED, MEMBER = "passed-on", "claimed", "member"
# What a look-up asks about, and the rung of the ladder on which what it finds stands.
LOOKUP_KINDS = ("security_txt", "rdap_ip", "soa", "rdap_domain")
LANGUAGES = ("nl", "en")
