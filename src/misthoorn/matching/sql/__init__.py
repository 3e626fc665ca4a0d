"""The statements that say who is concerned by what, in DuckDB's dialect; sqlglot translates them for other engines.

`events` has the join of observations, `advisories` that of vulnerabilities. Both are the same idea: equal space, equal
key, overlapping ranges. `keys` chooses which keys of assets take part, and `inventory` makes those of a whole file.
docs/matching.md follows an example through both joins.
"""
