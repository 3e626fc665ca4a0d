class ComposeError(ValueError):
    """No mail can be made of these facts; the sentence names what is missing or wrong, and what to do next."""
