"""What nobody can do: an order that knows all that is hidden. It shows how much any order could change in this town."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from referrals.evaluation.simulation.orders import Order, Question
from referrals.evaluation.simulation.town import HELP_WEEKS, Service
from referrals.evaluation.simulation.year import left_of, minutes, refuses

KNOWING: Final = "knowing"


def knowing(services: Sequence[Service]) -> Order:
    """Where help is likeliest for this person, alone: by true conditions and quality, way, and who is there or waits."""
    there = {one.said.service_id: one for one in services}

    def order(asked: Question) -> list[UUID]:
        able = [there[one.service_id] for one in asked.offers]
        able = [one for one in able if not refuses(one, asked.person, asked.need, asked.today)]
        return [one.said.service_id for one in sorted(able, key=lambda one: -_chance(one, asked))]

    return order


def _chance(one: Service, asked: Question) -> float:
    load = (asked.loads or {}).get(one.said.service_id, 0)
    days = max(0, load - one.places + 1) * HELP_WEEKS * 7 / one.places
    return one.hidden.quality * left_of(days + one.hidden.answer_days, minutes(asked.person, one.said))
