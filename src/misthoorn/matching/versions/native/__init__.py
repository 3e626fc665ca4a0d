"""Ranges of versions as each ecosystem writes them, read into `vers:` texts. One file a syntax."""
