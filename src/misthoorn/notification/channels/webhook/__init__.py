"""Webhooks after the Standard Webhooks specification."""
