"""What the service knows of its own effect: a ledger that only grows, and the figures that follow from it."""
