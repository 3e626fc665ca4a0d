"""How asking says that something did not go."""


class FetchError(Exception):
    """A fetch that did not go; the sentence says why and what to do.

    `again`: trying later may help; `after` is when, in seconds, where the other side said so.
    """

    def __init__(self, sentence: str, *, again: bool = False, after: float | None = None) -> None:
        super().__init__(sentence)
        self.again = again
        self.after = after


class StoppedError(FetchError):
    """The worker was asked to stop; another one goes on."""

    def __init__(self) -> None:
        super().__init__("The worker was stopped; another one goes on.", again=True, after=0)
