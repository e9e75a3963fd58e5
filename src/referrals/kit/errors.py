"""What can go wrong, in the words of the field. Only `app` knows their HTTP numbers."""


class DomainError(Exception):
    """Something a person can be told about. `code` names the sentence in the catalogs; `facts` fill it."""

    def __init__(self, code: str = "", **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class NotFound(DomainError):
    """It is not there, or not for this reader: the two are never told apart."""


class SignInNeeded(DomainError):
    """Nobody is signed in and the page is not public."""


class NotAllowed(DomainError):
    """Signed in, but this is not theirs to do."""


class Conflict(DomainError):
    """Somebody or something was quicker; what stands now is shown instead."""


class Refused(DomainError):
    """A rule of the field forbids it: no consent, no safe address, a reason is missing."""


class LinkEnded(DomainError):
    """A signed link that has run out or was replaced."""


class TooMany(DomainError):
    """Too many tries in a short time."""
