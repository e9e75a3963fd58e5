"""Two records made one, field by field, and made two again: nothing is lost that was true of either."""

from referrals.directory.duplicates.merging.merge import merge
from referrals.directory.duplicates.merging.sides import DROPPED, KEPT, TOGETHER, Side, sides
from referrals.directory.duplicates.merging.undo import CHANGED, MERGED_ON, Obstacle, obstacles, undo

__all__ = [
    "CHANGED",
    "DROPPED",
    "KEPT",
    "MERGED_ON",
    "TOGETHER",
    "Obstacle",
    "Side",
    "merge",
    "obstacles",
    "sides",
    "undo",
]
