"""Asking machines of others: only where one may, to addresses that were looked at, bounded in time and size."""
