"""A person's file in a few short pages. What to keep away from comes last and is a page of `tracking`: it names services."""

from referrals.clients.steps.fit import Fit
from referrals.clients.steps.money import Money
from referrals.clients.steps.step import Step, Typed
from referrals.clients.steps.where import Where
from referrals.clients.steps.who import Who
from referrals.clients.steps.wishes import Wishes

STEPS: tuple[Step, ...] = (Who(), Where(), Fit(), Money(), Wishes())

__all__ = ["STEPS", "Step", "Typed"]
