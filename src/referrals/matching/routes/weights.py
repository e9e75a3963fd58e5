"""What counts in the order, as an organization decides it: within bounds, with its reason, seen before it is decided."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from litestar import get, post
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.guards import Who, requires_role
from referrals.accounts.models import Role
from referrals.kit import forms, html
from referrals.kit.errors import NotAllowed
from referrals.kit.i18n import current_language, ngettext
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, page, redirect
from referrals.matching import own_weights
from referrals.matching.looked_at import CRITERIA
from referrals.matching.own_weights import Version
from referrals.matching.preview import LATELY, Preview, Shift, preview
from referrals.matching.weights import BOUNDS, DEFAULT, Own
from referrals.taxonomy.queries import vocabulary
from referrals.taxonomy.vocabulary import Vocabulary

requires_supervisor_or_administrator = requires_role(Role.SUPERVISOR, Role.ADMINISTRATOR)
LONGEST_WHY = 500


class WeightsForm(forms.Form):
    fit: float
    outcomes: float
    timeliness: float
    travel: float
    preferences: float
    cost: float
    language: float
    continuity: float
    seen: int
    why: str = ""
    step: str = "preview"

    def problems(self) -> dict[str, str]:
        outside = own_weights.beyond(self.shares())
        found = {criterion: _within(criterion) for criterion in outside}
        if self.step == "decide" and not self.why:
            found["why"] = _("Please say why: whoever asks later reads it here.")
        if len(self.why) > LONGEST_WHY:
            found["why"] = _("Please stay under 500 characters.")
        return found

    def shares(self) -> dict[str, float]:
        return {criterion: getattr(self, criterion) for criterion in DEFAULT}


@dataclass(frozen=True, slots=True)
class Row:
    """One criterion of the form."""

    name: str
    label: str
    hint: str
    least: str
    most: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a preview says, in sentences."""

    opening: str
    stats: tuple[tuple[str, str], ...]
    needs: tuple[tuple[str, str], ...]


@get("/team/weights", name="weights", guards=[requires_supervisor_or_administrator])
async def weights(request: Req, session: Db, actor: Who) -> Template:
    decided = await own_weights.versions(session, _organization(actor))
    standing = _standing(decided)
    start = _start(None if request.query_params.get("usual") == "yes" else standing)
    form = forms.blank(WeightsForm, **start, seen=decided[0].number if decided else 0)
    return _page(request, decided, form)


@post("/team/weights", name="weigh", guards=[requires_supervisor_or_administrator], status_code=200)
async def weigh(request: Req, session: Db, actor: Who, now: Now) -> Template | Redirect:
    """Shows what would change; with `step` = decide, decides."""
    form, organization_id = _named(await forms.read(request, WeightsForm)), _organization(actor)
    decided = await own_weights.versions(session, organization_id)
    if form.value is None:
        return _page(request, decided, form, status=422)
    said = form.value
    newest = decided[0].number if decided else 0
    if said.seen != newest:
        form.refuse(
            "",
            _(
                "Somebody else has decided meanwhile: it stands below. What you typed is kept; decide again if it still holds."
            ),
        )
        form.raw["seen"] = str(newest)
        return _page(request, decided, form, status=409)
    if said.step == "decide" and said.shares() == _start(_standing(decided)):
        form.refuse("", _("These weights count already."))
        return _page(request, decided, form, status=422)
    if said.step == "decide":
        made = await own_weights.decide(
            session, organization_id, said.shares(), said.why, actor.id, now, seen=said.seen
        )
        sentence = _("Decided: version %(number)d counts from now on.") % {"number": made.version}
        return redirect(request, "weights", say=sentence)
    told = await _told(session, organization_id, _standing(decided), said.shares(), now)
    return _page(request, decided, form, told=told)


def _named(form: forms.Filled[WeightsForm]) -> forms.Filled[WeightsForm]:
    """Every share that cannot count is said at once and by its name, be it unreadable or out of bounds."""
    if form.value is None:
        wrong = {code: _within(code) for code in own_weights.beyond(dict(_readable(form.raw)))}
        form.errors = {**wrong, **{name: said for name, said in form.errors.items() if name not in BOUNDS}}
    return form


def _readable(typed: Mapping[str, str]) -> Iterator[tuple[str, float]]:
    for code in BOUNDS:
        with suppress(ValueError):
            yield code, float(typed[code].replace(",", "."))


def _organization(actor: Actor) -> UUID:
    """Whose people it is about. Raises NotAllowed for whoever belongs to no organization."""
    found = actor.organization(Role.SUPERVISOR) or actor.organization(Role.ADMINISTRATOR)
    if found is None:
        raise NotAllowed("organization")
    return found


def _standing(decided: list[Version]) -> Own | None:
    return Own(decided[0].number, decided[0].shares) if decided and decided[0].shares else None


def _start(standing: Own | None) -> dict[str, float]:
    return {**DEFAULT, **(standing.shares if standing else {})}


def _page(
    request: Req, decided: list[Version], form: forms.Filled[WeightsForm], told: Told | None = None, status: int = 200
) -> Template:
    return page(
        request, "matching/weights.html", status=status, form=form, rows=list(_rows()), told=told,
        lead=_lead(decided), usual=all(form.raw[code] == f"{share:g}" for code, share in DEFAULT.items()), history=[_history(one, before) for one, before in zip(decided, [*decided[1:], None], strict=False)],
    )  # fmt: skip


def _rows() -> Iterator[Row]:
    for criterion, (least, most) in BOUNDS.items():
        hint = _("Usual: %(usual)s. From %(least)s to %(most)s.") % {
            "usual": f"{DEFAULT[criterion]:g}", "least": f"{least:g}", "most": f"{most:g}",
        }  # fmt: skip
        yield Row(criterion, _(CRITERIA[criterion]), hint, f"{least:g}", f"{most:g}")


def _within(criterion: str) -> str:
    least, most = BOUNDS[criterion]
    return _("%(what)s: please give a number from %(least)s to %(most)s.") % {
        "what": _(CRITERIA[criterion]), "least": f"{least:g}", "most": f"{most:g}",
    }  # fmt: skip


def _lead(decided: list[Version]) -> str:
    if not decided or not decided[0].shares:
        return _("Your organization uses the usual weights.")
    newest = decided[0]
    return _("Your organization’s own weights count since %(day)s (version %(number)d).") % {
        "day": html.day(html.in_zone(newest.at).date()), "number": newest.number,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Past:
    title: str
    text: str
    badge: str


def _history(one: Version, before: Version | None) -> Past:
    """`Version 2, 3 March, Hélène Prigent`, and what it changed against the one before."""
    title = _("Version %(number)d, %(day)s, %(who)s") % {
        "number": one.number, "day": html.day(html.in_zone(one.at).date()), "who": one.by or _("account closed"),
    }  # fmt: skip
    was, became = _shares_of(before), _shares_of(one)
    changes = [
        _("%(what)s: %(was)s, now %(now)s") % {"what": _(CRITERIA[code]), "was": f"{was[code]:g}", "now": f"{share:g}"}
        for code, share in became.items()
        if share != was[code]
    ]
    return Past(title, one.why, " · ".join(changes) or _("no change"))


def _shares_of(one: Version | None) -> Mapping[str, float]:
    return {**DEFAULT, **(one.shares if one else {})}


async def _told(
    session: AsyncSession, organization_id: UUID, standing: Own | None, shares: Mapping[str, float], now: datetime
) -> Told:
    then = Own((standing.version if standing else 0) + 1, shares)
    return _sentences(await preview(session, organization_id, standing, then, now), await vocabulary(session))


def _sentences(seen: Preview, words: Vocabulary) -> Told:
    if not seen.lists:
        opening = _(
            "In the last %(days)d days no list with two services or more was shown: there is nothing to compare with."
        )
        return Told(opening % {"days": LATELY.days}, (), ())
    lists = ngettext("Of %(num)d list shown lately", "Of %(num)d lists shown lately", seen.lists) % {"num": seen.lists}
    if not seen.first and not seen.first_three:
        return Told(_("%(lists)s, none would begin differently.") % {"lists": lists}, (), ())
    opening = _(
        "%(lists)s, %(first)d would begin with another service, and %(three)d would have others among the first three."
    )
    stats = [
        (_shifted(seen.minutes, html.minutes), _("way to the first, in the middle")),
        (_shifted(seen.days, lambda value: ngettext("%(num)d day", "%(num)d days", round(value)) % {"num": round(value)}),
         _("wait for the first, in the middle")),
        (_shifted(seen.price, lambda value: html.number(round(value))), _("price of the first, in the middle")),
    ]  # fmt: skip
    needs = [
        (
            words.label("need", term, current_language()),
            _("%(changed)d of %(all)d") % {"changed": changed, "all": count},
        )
        for term, count, changed in seen.needs
    ]
    facts = {"lists": lists, "first": seen.first, "three": seen.first_three}
    return Told(opening % facts, tuple((figure, label) for figure, label in stats if figure), tuple(needs))


def _shifted(shift: Shift, said: Callable[[float], str]) -> str:
    if shift.before is None or shift.after is None:
        return ""
    return _("%(before)s → %(after)s") % {"before": said(shift.before), "after": said(shift.after)}
