"""A package that cannot be read at all."""


class BrokenPackage(Exception):
    """The text says, for a person, what is wrong with it. Nothing of it is kept."""


class NeedsMapping(BrokenPackage):
    """A table of somebody's own making: it can be read once somebody has said what its columns hold."""
