"""How many worlds a property of stored things is tried in."""

import os


def examples(count):
    """So many on SQLite; a quarter on PostgreSQL, where only what the database does otherwise is left to be found."""
    return max(2, count // 4) if os.environ.get("MISTHOORN_DATABASE") else count
