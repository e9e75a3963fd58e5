"""One page for all that a person needs: what runs, what is proposed, what goes together, what comes first, what it costs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from markupsafe import Markup

from referrals.accounts.guards import Who, requires_case_manager
from referrals.clients import queries as clients
from referrals.directory.hours import DAYS
from referrals.directory.hours.sentences import weekday
from referrals.kit import forms, html
from referrals.kit.html import addresses, in_zone
from referrals.kit.i18n import current_language, ngettext
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, jinja, page, redirect
from referrals.matching import plan as rules
from referrals.matching import planning, queries
from referrals.matching.cards import BANDS
from referrals.matching.plan import After, Bundle, Cost, Total
from referrals.matching.planning import Plan, Planned
from referrals.matching.queries import Name
from referrals.matching.saying import saying
from referrals.matching.scoring import Match
from referrals.taxonomy.queries import vocabulary
from referrals.taxonomy.vocabulary import Vocabulary
from referrals.tracking import labels


@dataclass(frozen=True, slots=True)
class Wait:
    after_id: UUID
    text: str
    done: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One need as the page shows it."""

    need_id: UUID
    title: str
    service: str
    subtitle: str
    saying: tuple[Markup, ...]
    badge: str
    kind: str
    href: str
    action: str
    waits: tuple[Wait, ...]
    others: tuple[tuple[str, str], ...]
    """Needs that this one may be said to wait for."""


class AfterForm(forms.Form):
    need: UUID
    after: UUID
    holds: Literal["yes", "no"] = "yes"


@get("/people/{client_id:uuid}/plan", name="plan", guards=[requires_case_manager])
async def plan(request: Req, session: Db, actor: Who, now: Now, client_id: FromPath[UUID]) -> Template:
    client = await clients.get_client(session, actor, client_id)
    found, words = await planning.plan(session, actor, client, in_zone(now).date()), await vocabulary(session)
    wanted = [one.wanted for one in found.planned]
    bundles = [one for one in rules.bundles(wanted) if one.chosen or one.same_site or len(one.service_ids) > 1][:3]
    names = await queries.names(session, _shown(found, bundles))
    labels_ = {one.need.id: words.label("need", one.need.term, current_language()) for one in found.planned}
    waits = rules.dependencies(wanted, found.said)
    url = addresses(jinja(request))
    ordered = list(_in_order(found.planned, waits))
    labels_ = {one.need.id: labels_[one.need.id] for one in ordered}
    steps = [_step(one, names, labels_, waits, url, words) for one in ordered]
    costs = [rules.cost(one.need.id, one.wanted.match) for one in ordered if one.wanted.match is not None]
    return page(
        request, "matching/plan.html", client=client, name=found.cited or client.alias, steps=steps, lead=_lead(found),
        gaps=[labels_[id] for id in rules.gaps(wanted)], bundles=[_bundle(one, names, labels_) for one in bundles],
        costs=[(labels_[one.need_id], _cost(one, words)) for one in costs], totals=[_total(one) for one in rules.totals(costs, found.person)],
        unknown=sum(1 for one in costs if one.amount is None),
        unseen=[(words.label("need", need.term, current_language()), url("match", need_id=need.id)) for need in found.unseen],
    )  # fmt: skip


@post("/people/{client_id:uuid}/plan", name="plan-after", guards=[requires_case_manager], status_code=303)
async def plan_after(request: Req, session: Db, actor: Who, now: Now, client_id: FromPath[UUID]) -> Redirect:
    client = await clients.get_client(session, actor, client_id)
    form = await forms.read(request, AfterForm)
    if form.value is None:
        return redirect(request, "plan", say=_("Choose which need comes first."), kind="attention", client_id=client_id)
    said = form.value
    await planning.say_after(session, actor, client, said.need, said.after, said.holds, now)
    return redirect(request, "plan", say=_("The order is written down."), client_id=client_id)


def _shown(found: Plan, bundles: Sequence[Bundle]) -> list[Match]:
    """Every match that the page names: of each need its own, and those of the bundles."""
    named = {service for one in bundles for service in one.service_ids.values()}
    every = [match for one in found.planned for match in (one.wanted.match, *one.wanted.others) if match is not None]
    own = {one.wanted.match.offer.service_id for one in found.planned if one.wanted.match is not None}
    return [match for match in every if match.offer.service_id in named | own]


def _in_order(planned: Sequence[Planned], waits: Sequence[After]) -> Iterator[Planned]:
    """As they were written down, but none before what it waits for."""
    before = {one.need.id: {wait.after_id for wait in waits if wait.need_id == one.need.id} for one in planned}
    left = list(planned)
    while left:
        free = next((one for one in left if not before[one.need.id] & {other.need.id for other in left}), left[0])
        left.remove(free)
        yield free


def _lead(found: Plan) -> str:
    """Where things stand, in a sentence."""
    count, live = len(found.planned) + len(found.unseen), sum(1 for one in found.planned if one.wanted.live)
    if not count:
        return _("No need is open.")
    said = ngettext("%(num)d open need.", "%(num)d open needs.", count) % {"num": count}
    asked = ngettext("A service has been asked for %(num)d.", "Services have been asked for %(num)d.", live)
    waiting = count - live
    none = ngettext("For %(num)d nobody has been asked yet.", "For %(num)d nobody has been asked yet.", waiting)
    told = [asked % {"num": live}] if live else []
    return " ".join([said, *told, *([none % {"num": waiting}] if waiting else [])])


def _step(
    one: Planned, names: Mapping[UUID, Name], labels_: Mapping[UUID, str], waits: Sequence[After], url: html.Addresses,
    words: Vocabulary,
) -> Step:  # fmt: skip
    match = one.wanted.match
    name = names.get(match.offer.service_id) if match else None
    badge, kind = _badge(one)
    href, action = _next(one, url)
    mine = [wait for wait in waits if wait.need_id == one.need.id]
    taken = {wait.after_id for wait in mine} | {one.need.id}
    return Step(
        one.need.id, labels_[one.need.id], name.service if name else "", name.organization if name else "",
        tuple(saying(match, words)) if match else (), badge, kind, href, action,
        tuple(Wait(wait.after_id, _wait(wait, labels_), wait.done) for wait in mine),
        tuple((str(id), label) for id, label in labels_.items() if id not in taken),
    )  # fmt: skip


def _badge(one: Planned) -> tuple[str, str]:
    if one.referral is not None:
        return labels.status_label(one.referral.status), labels.KIND.get(one.referral.status, "plain")
    if one.wanted.match is None:
        return _("Nothing fits yet"), "stop"
    if one.choice is not None and one.choice.service_id == one.wanted.match.offer.service_id:
        return (_("Their choice"), "good") if one.choice.chosen_by == "client" else (_("Chosen"), "good")
    label, kind = BANDS[one.wanted.match.band]
    return _("Best proposal: %(band)s") % {"band": _(label)[:1].lower() + _(label)[1:]}, kind


def _next(one: Planned, url: html.Addresses) -> tuple[str, str]:
    if one.referral is not None:
        return url("referral", referral_id=one.referral.id), _("See the request")
    if one.choice is not None and one.wanted.match is not None:
        return url("send", need_id=one.need.id, service_id=one.wanted.match.offer.service_id), _("Go on to sending")
    return url("match", need_id=one.need.id), _("See services") if one.wanted.match else _("See what comes closest")


def _wait(wait: After, labels_: Mapping[UUID, str]) -> str:
    begun = _("“%(need)s” has begun: this may begin too.") if wait.done else _("After “%(need)s” has begun.")
    return " ".join(filter(None, [begun % {"need": labels_[wait.after_id]}, _(wait.why) if wait.why else ""]))


@dataclass(frozen=True, slots=True)
class Together:
    title: str
    text: str
    chosen: bool


def _bundle(one: Bundle, names: Mapping[UUID, Name], labels_: Mapping[UUID, str]) -> Together:
    there = [names[id] for id in one.service_ids.values() if id in names]
    title = there[0].organization if there else ""
    needs = html.listed([label for id, label in labels_.items() if id in one.service_ids])
    said = _("At one door: %(needs)s.") if one.same_site else _("With one organization, at different doors: %(needs)s.")
    days = _("All of it is open on %(days)s.") % {"days": html.listed([weekday(DAYS.index(day)) for day in one.days])}
    unknown = _("Whether it can be on one day, their listings do not say.")
    return Together(title, f"{said % {'needs': needs}} {days if one.days else unknown}", one.chosen)


def _cost(one: Cost, words: Vocabulary) -> str:
    if one.amount is None:
        return _("not said")
    if one.covered_by:
        payer = html.inside(words.label("funding", one.covered_by, current_language()))
        return _("nothing, %(payer)s pays") % {"payer": payer}
    return html.money(one.amount, one.currency) if one.amount else _("nothing")


@dataclass(frozen=True, slots=True)
class TotalLine:
    once: str
    month: str
    ceiling: str


def _total(one: Total) -> TotalLine:
    if one.ceiling is None:
        ceiling = _("No ceiling is written down.")
    elif one.above:
        said = ngettext(
            "%(num)d is above the ceiling of %(most)s.", "%(num)d are above the ceiling of %(most)s.", one.above
        )
        ceiling = said % {"num": one.above, "most": html.money(one.ceiling, one.currency)}
    else:
        ceiling = _("None is above the ceiling of %(most)s.") % {"most": html.money(one.ceiling, one.currency)}
    return TotalLine(html.money(one.each_once, one.currency), html.money(one.a_month, one.currency), ceiling)
