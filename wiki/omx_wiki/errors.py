"""The errors a person can act on; each is shown as one line and never as a traceback."""


class WikiError(Exception):
    """A problem the user can act on.

    The message says what is wrong and where; `hint` says what to do next and may be empty.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class NotFoundError(WikiError):
    """What was asked for does not exist."""


class InvalidInputError(WikiError):
    """An argument has no usable meaning, such as an empty title."""


class RefusedError(WikiError):
    """Doing it would overwrite, merge or lose something, or a foreign file cannot be understood."""


class UnavailableError(WikiError):
    """The surroundings do not allow it: not writable, locked, no project."""
