"""The feed: nothing is sent, the recipient's own machines fetch what their organisation is told.

A message of this channel waits until a reader with a key was given all of it; that is its attempt.
"""
