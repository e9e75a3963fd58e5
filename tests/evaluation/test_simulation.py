"""A made-up year: the same each time, nobody in two places, no place taken twice, and nobody knows what is hidden."""

import ast
import inspect
import json
from dataclasses import fields, replace
from datetime import date, timedelta
from types import ModuleType
from uuid import UUID
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from referrals.cli import main
from referrals.evaluation.simulation import orders, record
from referrals.evaluation.simulation.figures import Compared, as_json, compared, figures, gini, spread, table
from referrals.evaluation.simulation.knowing import KNOWING
from referrals.evaluation.simulation.orders import ORDERS, Question, ours, unlearned
from referrals.evaluation.simulation.picture import pictures
from referrals.evaluation.simulation.record import Record
from referrals.evaluation.simulation.town import BEGIN, HELP_WEEKS, WEEK, Size, askers, town
from referrals.evaluation.simulation.year import MOST_ASKED, Asked, End, Year, lived, year

SMALL = Size(services=16, people=4, weeks=16, joining=6)


@pytest.fixture(scope="module")
def a_year() -> Year:
    return year(1, SMALL, ours)


@pytest.fixture(scope="module")
def both() -> Compared:
    return compared(2, Size(services=12, people=3, weeks=6, joining=2))


def story(of: Year) -> list[tuple[End | None, list[Asked]]]:
    return [(one.end, one.asked) for one in of.journeys]


def test_the_same_seed_is_the_same_year_and_another_is_another(a_year: Year) -> None:
    assert story(year(1, SMALL, ours)) == story(a_year)
    assert town(2, SMALL) != town(1, SMALL)
    assert figures(a_year) == figures(year(1, SMALL, ours))


def test_everybody_who_came_has_one_end_and_was_never_at_two_services_at_once(a_year: Year) -> None:
    assert len(a_year.journeys) == SMALL.people * SMALL.weeks
    for one in a_year.journeys:
        assert one.end is not None
        assert len(one.asked) <= MOST_ASKED
        assert len({asked.service_id for asked in one.asked}) == len(one.asked)
        assert all(before.answered <= after.sent for before, after in zip(one.asked, one.asked[1:], strict=False))
        assert not any(asked.accepted for asked in one.asked[:-1])
        assert (one.end is End.NOBODY) == (not one.asked or not one.asked[-1].accepted)
        assert (one.waited is not None) == (one.end in (End.MET, End.UNMET))
        assert one.waited is None or one.asked[-1].answered <= one.came + timedelta(days=one.waited)


def test_no_service_ever_helps_more_people_than_it_has_places_for_or_before_it_opens(a_year: Year) -> None:
    places = {one.said.service_id: one for one in a_year.services}
    inside: dict[tuple[UUID, date], int] = {}
    for one in a_year.journeys:
        last = one.asked[-1] if one.asked else None
        for asked in one.asked:
            assert asked.sent >= BEGIN + places[asked.service_id].opens * WEEK
        if last and last.started:
            for week in range(HELP_WEEKS):
                key = last.service_id, last.started + week * WEEK
                inside[key] = inside.get(key, 0) + 1
    assert all(count <= places[id].places for (id, _), count in inside.items())
    assert any(count == places[id].places for (id, _), count in inside.items())


def test_somebody_waits_somebody_is_refused_and_a_newcomer_is_found(a_year: Year) -> None:
    found = figures(a_year)
    assert 0 < found.need_met < found.began <= 1
    assert found.wait_median <= found.wait_p90
    assert found.refusals > 0
    assert found.newcomers > 0


def test_what_is_hidden_has_no_way_to_the_order_or_to_what_is_recorded() -> None:
    assert {field.name for field in fields(Question)} == {"person", "need", "offers", "today", "evidence", "loads"}
    for module in (orders, record):
        assert not {name for name in imported(module) if name.startswith("referrals.evaluation.simulation")}


def test_as_long_as_nothing_became_of_anybody_other_qualities_change_nothing() -> None:
    until = replace(SMALL, weeks=HELP_WEEKS)
    usual = town(1, until)
    other = [replace(one, hidden=replace(one.hidden, quality=1 - one.hidden.quality)) for one in usual]
    first, second = lived(1, until, ours, usual), lived(1, until, ours, other)
    assert sent(first) == sent(second)
    assert [one.end for one in first.journeys] != [one.end for one in second.journeys]


def test_without_what_was_learned_other_qualities_never_change_where_anybody_is_sent() -> None:
    usual = town(1, SMALL)
    other = [replace(one, hidden=replace(one.hidden, quality=1 - one.hidden.quality)) for one in usual]
    assert sent(lived(1, SMALL, unlearned, usual), SMALL.weeks) == sent(lived(1, SMALL, unlearned, other), SMALL.weeks)


def test_every_order_meets_the_same_town_and_people() -> None:
    assert town(3, SMALL) == town(3, SMALL)
    assert askers(3, SMALL) == askers(3, SMALL)
    assert [one.week for one in askers(3, SMALL)][: SMALL.people + 1] == [0] * SMALL.people + [1]


def test_what_is_written_down_counts_from_the_day_it_is_known() -> None:
    book, service = Record(), UUID(int=1)
    book.write("quality", "n", service, 1.0, known=BEGIN + WEEK)
    assert not book.learned(BEGIN)
    known = book.learned(BEGIN + WEEK)["n"].of(service).quality
    assert known is not None
    assert (known.count, known.weight) == (1, 1.0)


def test_load_is_equal_at_nought() -> None:
    assert gini([2, 2, 2]) == pytest.approx(0)
    assert gini([0, 0, 0, 4]) == pytest.approx(0.75)
    assert gini([0, 0]) == 0


def test_the_table_says_every_figure_and_what_it_does_not_show(both: Compared) -> None:
    size = Size(services=12, people=3, weeks=6, joining=2)
    lines = table(both, size)
    assert "2 towns" in lines[0]
    assert "toy" in lines[-1]
    told = spread(both, "ours", "need_met")
    assert told.least <= told.mean <= told.most
    assert f"{100 * told.mean:.1f}" in next(line for line in lines if line.startswith("need met"))
    assert set(as_json(both, size)["orders"]) == {*ORDERS, KNOWING}  # type: ignore[call-overload]


def test_pictures_are_small_and_can_be_read_aloud(both: Compared) -> None:
    for name, svg in pictures(both).items():
        assert name.endswith(".svg")
        assert len(svg) < 10_000
        assert "this order" in (ElementTree.fromstring(svg).get("aria-label") or "")  # noqa: S314 - made here


def test_the_command_prints_a_table_pictures_and_one_object(tmp_path: object) -> None:
    small = ["--seeds", "1", "--weeks", "3", "--services", "8", "--people", "2"]
    ran = CliRunner().invoke(main, ["simulate", *small, "--json", "--picture", str(tmp_path)])
    assert ran.exit_code == 0, ran.output
    told = json.loads(ran.output.splitlines()[-1])
    assert set(told["orders"]) == {*ORDERS, KNOWING}
    assert "simulation-people.svg" in ran.output


def sent(of: Year, weeks: int = HELP_WEEKS) -> list[tuple[UUID, date]]:
    until = BEGIN + weeks * WEEK
    return [(asked.service_id, asked.sent) for one in of.journeys for asked in one.asked if asked.sent < until]


def imported(module: ModuleType) -> set[str]:
    tree = ast.parse(inspect.getsource(module))
    return {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
