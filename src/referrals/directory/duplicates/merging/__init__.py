"""Two records made one, field by field, and made two again: nothing is lost that was true of either."""

from referrals.directory.duplicates.merging.merge import merge
from referrals.directory.duplicates.merging.sides import DROPPED, KEPT, TOGETHER, Side, sides
from referrals.directory.duplicates.merging.undo import Obstacle, obstacles, undo

__all__ = ["DROPPED", "KEPT", "TOGETHER", "Obstacle", "Side", "merge", "obstacles", "sides", "undo"]
