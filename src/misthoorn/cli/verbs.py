"""What `misthoorn --help` says: the verbs in groups, each with one line."""

from collections.abc import Mapping

GROUPS: Mapping[str, Mapping[str, str]] = {
    "To begin": {
        "demo": "Build a small country, warn it into a local mailbox, serve the site",
        "check": "Say what is wrong with settings, database, mail and folders",
        "migrate": "Make or update the tables of the database",
        "admin": "Accounts of people at the desk",
        "serve": "Serve the site",
        "worker": "Do the work: take in, match, hand over",
        "status": "How things stand",
    },
    "Organisations": {
        "organisations": "Import organisations with their assets and contacts",
        "contacts": "Whom to tell, and how much they want to hear",
        "members": "Who of an organisation signs in on the portal",
        "products": "What a name of a product means",
        "watch": "How an asset is watched",
    },
    "Sources": {
        "sources": "What items come from, and when they are fetched",
        "take-in": "Take in files of a source",
        "lists": "Lists that people bring, and how their columns are read",
        "advisories": "What is known about vulnerabilities",
        "quarantine": "Rows that were refused: why, and reading them again",
        "routes": "Which AS number announces which network",
        "store": "The events that are kept",
        "replay": "Play a day that was, with the clock of then",
    },
    "Warn": {
        "campaigns": "Reasons to warn: look, approve, hold",
        "calls": "Firms that are told by telephone",
        "letters": "Letters: gather, print, note that they were posted",
        "broadcasts": "Messages to partners, or to many organisations",
        "handovers": "What another team has to tell",
        "webhooks": "Machines that get what their organisation is told",
        "feeds": "Keys with which machines fetch what is told",
        "texts": "The texts of messages",
        "trials": "Compare two versions of a text",
        "suppress": "Matches that nobody is warned about, and why",
    },
    "What came of it": {
        "incoming": "Mails that came back",
        "corrections": "Warnings that were wrong",
        "told": "Search everything that was ever told",
        "explain": "Why a finding is one",
        "effect": "What the warnings did",
    },
    "Without a database": {
        "parse": "Read files of a format and print what they say",
        "match": "Which assets a feed or a set of advisories concerns",
        "versions": "Compare versions, and look whether a range holds one",
        "bench": "Measure speed and size",
    },
    "To keep": {
        "backup": "Write database and store to one file",
        "restore": "Put a backup back",
        "purge": "Delete what is kept longer than its purpose",
    },
}
