"""What stands against a file."""


class NotOurs(Exception):
    """The file is refused; the code says why: empty, large, kind, broken, alive, locked."""
