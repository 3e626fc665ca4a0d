class EngineError(Exception):
    """The engine can't be used on this machine. str() is a sentence that says what to do."""
