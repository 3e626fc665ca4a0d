"""Warnings that a person tells by telephone: what to say, and how a call can end."""
