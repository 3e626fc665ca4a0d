"""The statements that say who is concerned by what, in DuckDB's dialect; sqlglot translates them for other engines.

`events` has the join of observations, `advisories` that of vulnerabilities. Both are the same idea: equal space, equal
key, overlapping ranges.
"""
