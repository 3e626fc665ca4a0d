"""The same answers in plain, slow Python, to hold the engines to: no keys, no SQL, every asset against every item.

It works on the values themselves: addresses and networks as `ipaddress` has them, names by their ends, versions by
`compare`.
"""

from misthoorn.matching.oracle.advisories import match_advisories
from misthoorn.matching.oracle.events import match_events
from misthoorn.matching.oracle.facts import Match, Owned, Seen
from misthoorn.matching.oracle.inventory import Values, read_values

__all__ = ["Match", "Owned", "Seen", "Values", "match_advisories", "match_events", "read_values"]
