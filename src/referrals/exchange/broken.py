"""A package that cannot be read at all."""


class BrokenPackage(Exception):
    """The text says, for a person, what is wrong with it. Nothing of it is kept."""
