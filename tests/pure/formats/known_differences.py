"""Where the service means to differ from IntelMQ and n6, each with its reason. One that goes away fails a test.

By format, the peer's test, the row from 1, and the cell that differs or the code of a refusal.
"""

NO_NAME = "a host name with an empty label is no name, and nobody can be found for it"
NO_ADDRESS = "a network of all networks is nobody's system"
DIFFERENT = {
    ("cymru", "test_cap_program_new", 22, "port"): "the sample lost the sign between a host name and its port",
    ("cymru", "test_full_bogons", 1, "address-unspecified"): NO_ADDRESS,
    ("openphish", "test_parser", 1, "address-missing"): NO_NAME,
    ("openphish", "test_parser", 2, "address-missing"): NO_NAME,
    ("spamhaus-drop", "test_spamhaus", 1, "address-unspecified"): NO_ADDRESS,
    ("spamhaus-drop", "test_spamhaus", 2, "address-unspecified"): NO_ADDRESS,
}

# Events of IntelMQ that name nobody, or are none: what is refused beside addresses that can't be on the internet.
REFUSED = {
    "wrong-kind": "reports that are not parsed, and events without a field",
    "address-missing": "names of one label, or nothing but a hash or an account",
    "time-missing": "neither a time of the source nor of observation",
}
