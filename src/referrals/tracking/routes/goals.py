"""Goals of a need: what somebody wants to reach, in their words, with five levels; and how far they came."""

from dataclasses import replace
from datetime import date
from typing import Literal
from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.guards import Who, requires_case_manager
from referrals.clients import identity
from referrals.clients.models import Client, Need
from referrals.clients.queries import get_need
from referrals.kit import forms
from referrals.kit.errors import Refused
from referrals.kit.html import in_zone
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, page, redirect
from referrals.taxonomy.queries import vocabulary
from referrals.tracking import labels
from referrals.tracking.actions import goals
from referrals.tracking.outcomes.gas import FEWEST, LEVELS, MOST, Attainment
from referrals.tracking.queries.goals import GoalNow, goals_of, instruments, together
from referrals.tracking.said import case_manager

Level = Literal["", "-2", "-1", "0", "1", "2"]


class GoalForm(forms.Form):
    """The middle level is what is hoped for; the others are told in the same words, a little less or more."""

    said: str
    much_less: str
    less: str
    hoped: str
    more: str
    much_more: str
    baseline: Literal["-2", "-1", "0", "1", "2"]
    weight: Literal["1", "2", "3"]


class LevelsForm(forms.Form):
    """One level for each goal, in the order in which they stand on the page."""

    goal_0: str = ""
    goal_1: str = ""
    goal_2: str = ""
    goal_3: str = ""
    level_0: Level = ""
    level_1: Level = ""
    level_2: Level = ""
    level_3: Level = ""


class ScoreForm(forms.Form):
    instrument: str
    score: float
    on_day: date
    file: str = ""


def levels_of(form: LevelsForm) -> dict[UUID, int]:
    """Goal -> level, of those that somebody looked at."""
    found: dict[UUID, int] = {}
    for at in range(MOST):
        goal, level = getattr(form, f"goal_{at}"), getattr(form, f"level_{at}")
        if goal and level:
            found[_id(goal)] = int(level)
    return found


@get("/needs/{need_id:uuid}/goals", name="goals", guards=[requires_case_manager])
async def goals_page(request: Req, session: Db, actor: Who, now: Now, need_id: FromPath[UUID]) -> Template:
    need, client = await get_need(session, actor, need_id)
    return await _page(request, session, need, client, today=in_zone(now).date())


@post("/needs/{need_id:uuid}/goals/new", name="add-goal", guards=[requires_case_manager], status_code=200)
async def add_goal(request: Req, session: Db, actor: Who, now: Now, need_id: FromPath[UUID]) -> Template | Redirect:
    need, client = await get_need(session, actor, need_id)
    form = await forms.read(request, GoalForm)
    if form.value is not None:
        said = form.value
        levels = (said.much_less, said.less, said.hoped, said.more, said.much_more)
        try:
            await goals.set_goal(session, need, said.said, levels, int(said.baseline), now, weight=int(said.weight))
        except Refused:
            form.refuse("", _("Four goals are enough for one need. Take one away first."))
    if form.value is None:
        return await _page(request, session, need, client, today=in_zone(now).date(), form=form, status=422)
    return redirect(request, "goals", say=_("The goal is set."), need_id=need_id)


@post("/needs/{need_id:uuid}/goals/levels", name="score-goals", guards=[requires_case_manager], status_code=200)
async def score_goals(request: Req, session: Db, actor: Who, now: Now, need_id: FromPath[UUID]) -> Template | Redirect:
    need, client = await get_need(session, actor, need_id)
    form = await forms.read(request, LevelsForm)
    if form.value is None:
        return await _page(request, session, need, client, today=in_zone(now).date(), levels=form, status=422)
    await goals.score(session, need, levels_of(form.value), case_manager(actor), now)
    return redirect(request, "goals", say=_("Written down."), need_id=need_id)


@post(
    "/needs/{need_id:uuid}/goals/{goal_id:uuid}/away", name="drop-goal", guards=[requires_case_manager], status_code=303
)
async def drop_goal(
    request: Req, session: Db, actor: Who, need_id: FromPath[UUID], goal_id: FromPath[UUID]
) -> Redirect:
    need, _client = await get_need(session, actor, need_id)
    await goals.drop_goal(session, need, goal_id)
    return redirect(request, "goals", say=_("The goal is gone."), need_id=need_id)


@post("/needs/{need_id:uuid}/scores", name="add-score", guards=[requires_case_manager], status_code=200)
async def add_score(request: Req, session: Db, actor: Who, now: Now, need_id: FromPath[UUID]) -> Template | Redirect:
    need, client = await get_need(session, actor, need_id)
    form = await forms.read(request, ScoreForm)
    if form.value is None:
        return await _page(request, session, need, client, today=in_zone(now).date(), score=form, status=422)
    said = form.value
    await goals.keep_score(session, need, said.instrument, said.score, said.on_day, said.file, case_manager(actor), now)
    return redirect(request, "goals", say=_("Written down."), need_id=need_id)


routes: list[HTTPRouteHandler] = [goals_page, add_goal, score_goals, drop_goal, add_score]


def level_options(one: GoalNow) -> list[tuple[str, str]]:
    """The five levels of a goal, in the person's own words."""
    return [(str(level), text) for level, text in zip(LEVELS, one.goal.levels, strict=True)]


async def _page(
    request: Req, session: AsyncSession, need: Need, client: Client, *, today: date,
    form: forms.Filled[GoalForm] | None = None, levels: forms.Filled[LevelsForm] | None = None,
    score: forms.Filled[ScoreForm] | None = None, status: int = 200,
) -> Template:  # fmt: skip
    people = await identity.names(session, [client.id])
    words = await vocabulary(session)
    known = await goals_of(session, need.id)
    return page(
        request, "tracking/goals.html", need=need, client=client, name=people[client.id], goals=known,
        options=[level_options(one) for one in known], need_label=words.label("need", need.term, current_language()),
        together=_rounded(together(known)), scores=await instruments(session, need.id), most=MOST, fewest=FEWEST,
        form=form or levels or score or forms.blank(GoalForm), goal=form or forms.blank(GoalForm, baseline="-1", weight="1"),
        score=score or forms.blank(ScoreForm, on_day=today), marks=labels.options(labels.LEVEL),
        weights=labels.options(labels.WEIGHT), status=status,
    )  # fmt: skip


def _rounded(found: Attainment | None) -> Attainment | None:
    """To the tenth: more would be false precision."""
    return found and replace(found, before=round(found.before, 1), after=round(found.after, 1))


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refused("goal") from None
