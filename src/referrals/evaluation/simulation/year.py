"""A year in the town under one order: people ask, services answer, queues grow, help begins and ends, some of it is told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from random import Random
from typing import Final
from uuid import UUID

from referrals.evaluation.simulation.orders import Order, Question
from referrals.evaluation.simulation.record import Record
from referrals.evaluation.simulation.town import BEGIN, HELP_WEEKS, WEEK, Asker, Service, Size, askers, luck, town
from referrals.matching.constraints import BY_ID
from referrals.matching.facts import Capacity, NeedAsked, Offer, Person
from referrals.tracking.evidence import NO_EVIDENCE, Evidence
from referrals.tracking.learning import SURE
from referrals.tracking.queries.evidence import LATELY
from referrals.tracking.reasons import DECLINE, Side

MOST_ASKED: Final = 6
"""Services that somebody asks before they give up."""
MOST_EMPTY: Final = 4
"""How often somebody comes back, two weeks later each time, where the list was empty."""
PASSED_OVER: Final = 0.1
"""How often a person does not want the next one on the list."""
HEARD: Final = 0.7
"""Of those helped, of how many somebody writes down whether it helped."""
BLAMED: Final = 0.6
"""Of needs not met, in how many it is said that the service did not help; the others say nothing of the service."""
VOICES: Final[Mapping[str, float]] = {"client": 0.5, "observation": 0.3, "provider": 0.2}
PATIENT_WEEKS, LEAVES = 8, 0.05
"""After so many weeks in a queue, some leave it each week."""
WAIT_HALVES, WAY_HALVES = 120.0, 150.0
"""Days of waiting beyond a fortnight, and minutes of way, that halve the chance that help still helps."""
_ASKED_OF_PEOPLE: Final = ("H3", "H6", "H8", "H9")
_RUNS_OUT: Final = 200
"""Weeks after the last person came in which everything comes to its end."""


class End(StrEnum):
    MET = "met"
    UNMET = "unmet"
    LEFT = "left the queue"
    NOBODY = "found nobody"


@dataclass(slots=True)
class Asked:
    """One service, asked once."""

    service_id: UUID
    sent: date
    answered: date
    accepted: bool
    started: date | None = None
    ended: date | None = None


@dataclass(slots=True)
class Journey:
    asker: Asker
    came: date
    ready: date
    """The day from which they look for a service again."""
    asked: list[Asked] = field(default_factory=list)
    empty: int = 0
    end: End | None = None

    @property
    def waited(self) -> int | None:
        """Days from coming until help began."""
        started = self.asked[-1].started if self.asked else None
        return None if started is None else (started - self.came).days


@dataclass(frozen=True, slots=True)
class Year:
    services: tuple[Service, ...]
    journeys: tuple[Journey, ...]
    size: Size


def year(seed: int, size: Size, order: Order) -> Year:
    """The same seed is the same town, the same people and the same luck under every order."""
    return lived(seed, size, order, town(seed, size))


def lived(seed: int, size: Size, order: Order, services: list[Service]) -> Year:
    going = Going(seed, order, {one.said.service_id: At(one) for one in services})
    coming = [Journey(one, BEGIN + one.week * WEEK, BEGIN + one.week * WEEK) for one in askers(seed, size)]
    for week in range(size.weeks + _RUNS_OUT):
        going.week(week, [one for one in coming if one.asker.week == week])
        if (
            week >= size.weeks
            and not going.looking
            and not any(at.queue or at.inside for at in going.services.values())
        ):
            break
    return Year(tuple(services), tuple(coming), size)


@dataclass(slots=True)
class At:
    """A service as it stands."""

    service: Service
    capacity: Capacity | None = None
    queue: list[Journey] = field(default_factory=list)
    inside: list[Journey] = field(default_factory=list)

    @property
    def offer(self) -> Offer:
        return replace(self.service.said, capacity=self.capacity)

    @property
    def queue_days(self) -> float:
        """How long whoever came now would wait, as far as one can tell."""
        before = len(self.queue) + len(self.inside) - self.service.places + 1
        return max(0, before) * HELP_WEEKS * 7 / self.service.places

    def load(self, today: date) -> int:
        return sum(one.asked[-1].sent >= today - LATELY for one in (*self.queue, *self.inside))


@dataclass(slots=True)
class Going:
    seed: int
    order: Order
    services: dict[UUID, At]
    looking: list[Journey] = field(default_factory=list)
    record: Record = field(default_factory=Record)

    def week(self, week: int, came: list[Journey]) -> None:
        today = BEGIN + week * WEEK
        open_now = [at for at in self.services.values() if at.service.opens <= week]
        for at in open_now:
            self._end(at, today)
            self._leave(at, today)
            _begin(at, today, self.record)
            self._say(at, week, today)
        learned = self.record.learned(today)
        self.looking += came
        for one in sorted(self.looking, key=lambda one: (one.ready, one.asker.number)):
            self._look(one, open_now, today, learned.get(one.asker.need.term, NO_EVIDENCE))
        self.looking = [one for one in self.looking if one.end is None and not (one.asked and one.asked[-1].accepted)]

    def _look(self, one: Journey, open_now: list[At], today: date, evidence: Evidence) -> None:
        """Within this week they may ask several, one after the other."""
        while one.end is None and one.ready < today + WEEK:
            day = max(one.ready, today)
            chosen = self._chosen(one, open_now, day, evidence)
            if chosen is None:
                one.empty += 1
                one.ready = day + 2 * WEEK
                one.end = End.NOBODY if one.empty >= MOST_EMPTY else None
            elif self._asks(one, chosen, day):
                return
            elif len(one.asked) >= MOST_ASKED:
                one.end = End.NOBODY

    def _chosen(self, one: Journey, open_now: list[At], day: date, evidence: Evidence) -> At | None:
        """The first of the list that they want."""
        tried = {asked.service_id for asked in one.asked}
        need = one.asker.need
        there = {
            id: at for at in open_now
            if need.term in at.service.said.needs and (id := at.service.said.service_id) not in tried
        }  # fmt: skip
        loads = {id: load for id, at in there.items() if (load := at.load(day))}
        question = Question(one.asker.person, need, [at.offer for at in there.values()], day, evidence, loads)
        wanted = (id for id in self.order(question) if self._chance("wants", one, id).random() >= PASSED_OVER)
        first = next(wanted, None)
        return None if first is None else there[first]

    def _asks(self, one: Journey, at: At, day: date) -> bool:
        """Whether they say yes."""
        hidden, id, need = at.service.hidden, at.service.said.service_id, one.asker.need.term
        chance = self._chance("answer", one, id)
        answered = day + timedelta(days=1 + round(chance.expovariate(1 / hidden.answer_days)))
        no = _refusal(one, at, day, chance.random())
        self.record.write("answer_days", need, id, (answered - day).days, known=answered)
        if no is None or DECLINE[no] in (Side.SYSTEM, Side.PROVIDER):
            self.record.write("acceptance", need, id, float(no is None), known=answered)
        one.asked.append(Asked(id, day, answered, no is None))
        one.ready = answered
        if no is None:
            at.queue.append(one)
        return no is None

    def _end(self, at: At, today: date) -> None:
        over = [one for one in at.inside if (ended := one.asked[-1].ended) is not None and ended <= today]
        for one in over:
            self._outcome(one, at, today)
        at.inside = [one for one in at.inside if one.end is None]

    def _outcome(self, one: Journey, at: At, today: date) -> None:
        id = at.service.said.service_id
        chance = self._chance("outcome", one, id)
        met = chance.random() < at.service.hidden.quality * still_helps(one, at.service.said)
        one.end = End.MET if met else End.UNMET
        heard, blamed = chance.random() < HEARD, chance.random() < BLAMED
        voice = chance.choices(list(VOICES), list(VOICES.values()))[0]
        if heard and (met or blamed):
            self.record.write("quality", one.asker.need.term, id, float(met), known=today, sure=SURE[voice])

    def _leave(self, at: At, today: date) -> None:
        for one in at.queue:
            if (
                today - one.asked[-1].answered > PATIENT_WEEKS * WEEK
                and self._chance("leaves", one, today).random() < LEAVES
            ):
                one.end = End.LEFT
                one.asked[-1].ended = today
        at.queue = [one for one in at.queue if one.end is None]

    def _say(self, at: At, week: int, today: date) -> None:
        """Late, and not precise: a new listing says how it stands, later only who thinks of it."""
        chance = luck(self.seed, "says", at.service.said.service_id, week)
        if week != at.service.opens and chance.random() >= at.service.hidden.diligent:
            return
        days, now = at.queue_days, datetime.combine(today, time(8), UTC)
        if days == 0:
            at.capacity = Capacity("has-capacity", None, at.service.places - len(at.inside), now)
        elif days > at.service.hidden.longest * 7:
            at.capacity = Capacity("no-capacity", None, None, now)
        else:
            about = 7 * max(1, round(days * chance.lognormvariate(0, 0.5) / 7))
            at.capacity = Capacity("waitlist", about if chance.random() < 0.6 else None, None, now)

    def _chance(self, what: str, one: Journey, at: object) -> Random:
        return luck(self.seed, what, one.asker.number, at)


def left_of(waited: float, minutes: float) -> float:
    """What so many days and so long a way leave of the chance that help helps."""
    return float(0.5 ** (max(0, waited - 14) / WAIT_HALVES) * 0.5 ** (minutes / WAY_HALVES))


def still_helps(one: Journey, offer: Offer) -> float:
    return left_of(one.waited or 0, minutes(one.asker.person, offer))


def minutes(person: Person, offer: Offer) -> float:
    """The way there."""
    km = offer.distance(person.at)
    return 0.0 if km is None or person.travel is None else float(person.travel.minutes(km) or 0.0)


def refuses(service: Service, person: Person, need: NeedAsked, day: date) -> bool:
    """For what their listing may have left out."""
    return any(BY_ID[rule](person, need, service.hidden.offer, day).excludes for rule in _ASKED_OF_PEOPLE)


def _refusal(one: Journey, at: At, day: date, chance: float) -> str | None:
    """Why they say no, where they do: conditions, no room, or no reason that could be foreseen."""
    hidden = at.service.hidden
    if refuses(at.service, one.asker.person, one.asker.need, day):
        return "not_eligible"
    if at.queue_days > hidden.longest * 7:
        return "waitlist_too_long"
    return "other" if chance >= hidden.willing else None


def _begin(at: At, today: date, record: Record) -> None:
    for one in list(_next(at, today)):
        asked = one.asked[-1]
        asked.started, asked.ended = today, today + HELP_WEEKS * WEEK
        record.write(
            "wait_days", one.asker.need.term, asked.service_id, (today - asked.sent).days, known=today, at=asked.sent
        )
        at.queue.remove(one)
        at.inside.append(one)


def _next(at: At, today: date) -> Iterator[Journey]:
    """Who came first, as many as there is room for."""
    free = at.service.places - len(at.inside)
    answered = [one for one in at.queue if one.asked[-1].answered <= today]
    yield from answered[: max(0, free)]
