"""Findings and parts as sentences, from their code and facts, in the language being spoken."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from referrals.directory import rules
from referrals.kit import html
from referrals.kit.i18n import N_, current_language, ngettext
from referrals.kit.i18n import gettext as _
from referrals.matching.constraints import Fact, Finding
from referrals.matching.scoring import NO_DAILY_WAY, Part
from referrals.taxonomy.vocabulary import Vocabulary

FINDINGS: Mapping[str, str] = {
    # against
    "does_not_offer": N_("Does not offer this: %(term)s"),
    "not_active": N_("Not offered at the moment"),
    "closed_until": N_("Closed until %(until)s"),
    "ended": N_("Ended on %(until)s"),
    "begins_too_late": N_("Only begins on %(begins)s"),
    "outside_age": N_("%(ages)s only"),
    "other_country": N_("In another country"),
    "outside_area": N_("Does not serve %(place)s"),
    "too_far": N_("%(way)s, at most %(limit)s"),
    "cannot_travel": N_("On site only, and travelling is not possible"),
    "no_interpreter": N_("%(language)s is not spoken, and there is no interpreter"),
    "interpreter_refused": N_("%(language)s is not spoken, and an interpreter is not wanted"),
    "rule_not_met": N_("Only for: %(terms)s"),
    "payer_not_accepted": N_("Does not accept: %(payers)s"),
    "too_dear": N_("%(amount)s a session, at most %(ceiling)s"),
    "contribution_too_high": N_("%(amount)s left to pay, at most %(ceiling)s"),
    "not_accessible": N_("Missing there: %(features)s"),
    "full": N_("Full (said on %(said)s)"),
    "too_late": N_("A wait of %(days)s, past %(by)s"),
    "hours_apart": N_("Open only when they are not free"),
    "not_wanted": N_("Set aside (a wish, or safety)"),
    "too_light": N_("Not intensive enough for this need"),
    "guardian_refused": N_("A guardian must agree, and has refused"),
    "not_with": N_("Cannot be combined with: %(other)s"),
    "licence_ended": N_("Its licence ended on %(until)s"),
    "remote_only": N_("Only by phone or video"),
    "not_remote": N_("Not by phone or video"),
    "format_not_wanted": N_("Only %(formats)s"),
    # to check
    "offers_broader": N_("Listed under “%(broader)s”: does that include “%(term)s”?"),
    "places_not_said": N_("Is there room?"),
    "places_said_long_ago": N_("Is there still room? Last said on %(said)s"),
    "assessment_first": N_("They look at each request before saying whether there is room"),
    "waitlist": N_("A waiting list: how long is it?"),
    "intensity_not_said": N_("How intensive is it?"),
    "age_not_known": N_("%(ages)s only: how old are they?"),
    "age_at_the_limit": N_("%(ages)s only: when is their birthday?"),
    "languages_not_known": N_("Which languages do they speak?"),
    "languages_not_said": N_("Is %(language)s spoken there?"),
    "interpreter_not_said": N_("%(language)s is not spoken there: can an interpreter come?"),
    "rule_unclear": N_("Only for: %(terms)s. Is that so for them?"),
    "access_not_said": N_("Is there: %(features)s?"),
    "access_need_not_known": N_("Missing there: %(features)s. Do they need it?"),
    "format_not_said": N_("Is it %(formats)s?"),
    "age_decides_guardian": N_("A guardian must agree for minors: how old are they?"),
    "practitioner_not_said": N_("Who would receive them: a woman, a man?"),
    "place_not_known": N_("Where do they live?"),
    "postcode_not_known": N_("It serves certain postcodes only: which is theirs?"),
    "area_not_said": N_("Do they come as far as %(place)s?"),
    "home_not_known": N_("Where do they live?"),
    "travel_not_known": N_("How do they get about?"),
    "limit_not_known": N_("How long a way can they make?"),
    "address_not_said": N_("The address is not given: how long is the way?"),
    "payers_not_said": N_("What does it cost, and who pays?"),
    "funding_not_known": N_("Who pays for them?"),
    "contribution": N_("%(amount)s left to pay: is that possible?"),
    "price_not_said": N_("What does a session cost?"),
    "hours_not_said": N_("When is it open?"),
    "mode_not_said": N_("On site, at home, by phone?"),
    # to arrange
    "bring": N_("To bring: %(documents)s"),
    "prescription": N_("Needs a medical prescription"),
    "prescription_to_get": N_("Needs a medical prescription, still to be asked for"),
    "official_decision": N_("Needs an official decision first"),
    "guardian_consent": N_("A guardian must agree"),
    # in favour
    "offers_narrower": N_("A kind of this help: %(term)s"),
    "begins": N_("Begins on %(begins)s"),
    "within_age": N_("Takes their age"),
    "covers": N_("Serves %(place)s"),
    "comes_to_them": N_("Comes to them"),
    "remote": N_("By phone or video"),
    "speaks": N_("Speaks %(language)s"),
    "with_interpreter": N_("%(language)s through an interpreter"),
    "rule_met": N_("For them: %(terms)s"),
    "free": N_("Free"),
    "covered": N_("Paid by %(payer)s"),
    "contribution_within": N_("%(amount)s left to pay, within what is possible"),
    "within_ceiling": N_("%(amount)s a session, within what is possible"),
    "accessible": N_("There is: %(features)s"),
    "has_places": N_("Places free"),
    "place_within": N_("A place within %(days)s"),
    "hours_meet": N_("Open when they are free"),
    "practitioner_as_wished": N_("Received as they wish"),
    "format_as_wished": N_("As they wish: %(formats)s"),
    "prescription_held": N_("The prescription is there"),
    "papers_held": N_("The papers are there: %(documents)s"),
}
PARTS: Mapping[str, str] = {
    "exact": N_("Offers exactly this"),
    "narrower": N_("A kind of this help: %(term)s"),
    "specialised": N_("Specialised: %(specialisms)s"),
    "not_specialised": N_("Nothing said about: %(specialisms)s"),
    "other_focus": N_("Its speciality was not asked for: %(specialisms)s"),
    "soon": N_("Begins within %(days)s"),
    "soon_by": N_("Begins before %(by)s"),
    "late": N_("A long wait: %(days)s"),
    "usual_wait": N_("Others waited about %(days)s"),
    "places_free": N_("Places free now"),
    "liked": N_("What they love: %(affinities)s"),
    "made_for": N_("Made for people like them: %(terms)s"),
    "made_for_others": N_("Made for others first: %(terms)s"),
    "practitioner": N_("Received as they wish"),
    "format_as_wished": N_("As they wish: %(formats)s"),
    "speaks": N_("Speaks %(language)s"),
    "with_interpreter": N_("%(language)s only through an interpreter"),
    "way": N_("A long way: %(minutes)s"),
    "within_ceiling": N_("%(amount)s a session"),
    "contribution_within": N_("%(amount)s left to pay"),
    "outcomes": N_("About %(mean)s in 10 were helped there (%(count)s outcomes; usual: %(usual)s in 10)"),
    "known_service": N_("They go there already"),
    "known_organization": N_("They know this organization already"),
    "same_service": N_("May help with another of their needs too"),
    "same_organization": N_("The same organization may help with another of their needs"),
    "same_site": N_("At the same door as help for another of their needs"),
}
_WAYS: Mapping[str, str] = {
    "car": N_("%(time)s by car"),
    "transit": N_("%(time)s by bus or train"),
    "bike": N_("%(time)s by bicycle"),
    "walk": N_("%(time)s on foot"),
}
_TAXONOMIES: Mapping[str, str] = {
    "term": "need", "broader": "need", "other": "need", "terms": "audience", "features": "accessibility",
    "payer": "funding", "payers": "funding", "specialisms": "specialism", "affinities": "affinity",
    "formats": "format",
}  # fmt: skip
_COMMON_WORDS = frozenset({"specialism", "audience", "accessibility", "affinity", "format", "funding"})
_DAYS = frozenset({"said", "by"})
_DATES = frozenset({"until", "begins"})


def say(finding: Finding, words: Vocabulary) -> str:
    """One sentence, or nothing where there is nothing worth saying."""
    if finding.id == "H7" and "rule" in finding.facts:
        return _of_the_rule(finding.code, json.loads(str(finding.facts["rule"])), words)
    if finding.code == "rule_not_met" and all(term.startswith("not:") for term in _texts(finding.facts["terms"])):
        return _("Not for: %(terms)s") % facts_said(finding.facts, words)
    if finding.code in ("too_far", "reachable") and (told := _of_the_way(finding, facts_said(finding.facts, words))):
        return told
    sentence = FINDINGS.get(finding.code, "")
    return _(sentence) % facts_said(finding.facts, words) if sentence else ""


def _of_the_rule(code: str, part: Mapping[str, Any], words: Vocabulary) -> str:
    """Of the published rule, the part that decided; with its "and", its "or" and its "not"."""
    wanted, barred = rules.who(dict(part), words)
    whole = rules.sentence(dict(part), words)
    if code == "rule_not_met":
        return whole.removesuffix(".")
    if code == "rule_met":
        everybody = _("Takes everybody but: %(terms)s") % {"terms": barred} if barred else ""
        return _(FINDINGS[code]) % {"terms": wanted} if wanted else everybody
    if not whole:
        return _("For whom is it?")
    return (
        _("%(rule)s Does that leave them out?") % {"rule": whole} if barred else _(FINDINGS[code]) % {"terms": wanted}
    )


def beyond_a_day(finding: Finding) -> bool:
    """Too far for minutes to say anything."""
    return (_number(finding.facts.get("km")) or 0) > NO_DAILY_WAY


def _of_the_way(finding: Finding, said: Mapping[str, str]) -> str:
    """Where its sentence would mislead: way and limit rounded to one figure, kilometres alone, and more than a day's way."""
    minutes, limit = _number(finding.facts.get("minutes")), _number(finding.facts.get("limit"))
    too_far = finding.code == "too_far"
    if too_far and minutes is not None and limit is not None and minutes > limit and said["minutes"] == said["limit"]:
        return _("A little more than %(limit)s") % {"limit": way(limit, str(finding.facts["mode"]))}
    if minutes is None:
        barely = too_far and said.get("km") == said.get("limit_km")
        return (_("A little more than %(limit_km)s away") if barely else _("%(km)s away, at most %(limit_km)s")) % said
    if too_far and beyond_a_day(finding):
        if limit is None:
            return _("%(km)s away") % said
        return _("%(km)s away, more than %(limit)s") % {**said, "limit": way(limit, str(finding.facts["mode"]))}
    return ""


def say_part(part: Part, words: Vocabulary) -> str:
    code = "soon_by" if part.code == "soon" and part.facts.get("by") else part.code
    sentence = PARTS.get(code, "")
    return _(sentence) % facts_said(part.facts, words) if sentence else ""


def way(minutes: float, mode: str) -> str:
    """`12 min by bus or train`."""
    return _(_WAYS[mode]) % {"time": html.minutes(minutes)} if mode in _WAYS else html.minutes(minutes)


def duration(days: int) -> str:
    """`10 days`, `3 weeks`, `2 months`: as people say it."""
    if days < 1:
        return _("a day")
    if days < 14:
        return ngettext("%(num)d day", "%(num)d days", days) % {"num": days}
    if days < 60:
        weeks = round(days / 7)
        return ngettext("%(num)d week", "%(num)d weeks", weeks) % {"num": weeks}
    months = round(days / 30)
    return ngettext("%(num)d month", "%(num)d months", months) % {"num": months}


def ages(low: float | None, high: float | None) -> str:
    """`Under 18`, `From 60 years`, `16 to 25 years`. Limits are inclusive."""
    if low is None or low == 0:
        return _("Under %(age)d") % {"age": int(high or 0) + 1}
    if high is None:
        return _("From %(age)d years") % {"age": int(low)}
    return _("%(low)d to %(high)d years") % {"low": int(low), "high": int(high)}


def facts_said(facts: Mapping[str, Fact], words: Vocabulary) -> dict[str, str]:
    """Every fact as it is read aloud."""
    said = {name: _fact(name, value, facts, words) for name, value in facts.items()}
    if {"low", "high"} <= facts.keys():
        said["ages"] = ages(_number(facts["low"]), _number(facts["high"]))
    if (minutes := _number(facts.get("minutes"))) is not None and "mode" in facts:
        taken = way(minutes, str(facts["mode"]))
        said["way"] = _("about %(way)s") % {"way": taken} if "precision" in facts else taken
    return said


def _fact(name: str, value: Fact, facts: Mapping[str, Fact], words: Vocabulary) -> str:
    if name in _TAXONOMIES and value is not None:
        return _labels(_TAXONOMIES[name], _texts(value), words)
    if isinstance(value, int | float):
        return _figure(name, value, facts)
    if isinstance(value, tuple):
        return html.listed(list(value))
    return _text(name, value) if value else ""


def _text(name: str, value: str) -> str:
    if name == "language":
        return html.language_name(value)
    if name in _DAYS:
        return html.short_day(date.fromisoformat(value))
    return html.day(date.fromisoformat(value)) if name in _DATES else value


def _figure(name: str, value: float, facts: Mapping[str, Fact]) -> str:
    if name in ("minutes", "limit"):
        return html.minutes(value)
    if name in ("km", "limit_km"):
        return html.km(value)
    if name == "days":
        return duration(int(value))
    if name in ("mean", "usual"):
        return str(round(10 * value))
    if name in ("amount", "ceiling"):
        return html.money(float(value), str(facts.get("currency") or "EUR"))
    return html.number(value)


def _labels(taxonomy: str, codes: tuple[str, ...], words: Vocabulary) -> str:
    spoken = current_language()
    labels = [words.label(taxonomy, code.removeprefix("not:"), spoken) for code in codes]
    return html.listed([html.inside(label) for label in labels] if taxonomy in _COMMON_WORDS else labels, "or")


def _texts(value: Fact) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (str(value),)


def _number(value: Fact) -> float | None:
    return float(value) if isinstance(value, int | float) else None
