"""Misthoorn: an early-warning service."""
