class ComposeError(ValueError):
    """No mail can be made of these facts; the sentence names what is missing or wrong, and what to do next."""


class SubjectTooLongError(ComposeError):
    """A subject line of `length` signs, more than fit."""

    def __init__(self, sentence: str, *, length: int) -> None:
        super().__init__(sentence)
        self.length = length
