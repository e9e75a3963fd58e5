"""What is wrong with a question, or contradicts itself in it, as sentences in the reader's language."""

from collections.abc import Mapping
from datetime import date

from referrals.kit import html
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _
from referrals.matching.json_fields import Said

PROBLEMS: Mapping[str, str] = {
    "missing": N_("%(field)s is missing."),
    "not_text": N_("%(field)s must be a text of 1 to 200 signs."),
    "too_long": N_("%(field)s may be %(most)s signs long."),
    "not_a_choice": N_("%(field)s must be one of: %(choices)s. “%(value)s” is not."),
    "not_a_flag": N_("%(field)s must be true, false or null, not “%(value)s”."),
    "not_a_number": N_("%(field)s must be a number, not “%(value)s”."),
    "not_whole": N_("%(field)s must be a whole number, not %(value)s."),
    "out_of_bounds": N_("%(field)s must be from %(low)s to %(high)s; it says %(value)s."),
    "not_a_day": N_("%(field)s must be a day like 2027-01-15, not “%(value)s”."),
    "not_a_uuid": N_("%(field)s must be an id (UUID), not “%(value)s”."),
    "not_an_object": N_("%(field)s must be an object: { … }."),
    "not_a_list": N_("%(field)s must be a list: [ … ]."),
    "too_many": N_("%(field)s may hold %(most)s at most; there are %(number)s."),
    "no_need": N_("%(field)s must hold at least one need."),
    "twice": N_("%(field)s: there are two needs called “%(value)s”."),
    "in_the_past": N_("%(field)s, %(value)s, is past: the question is asked on %(today)s."),
    "unknown_term": N_("%(field)s: “%(value)s” is no term of the taxonomy “%(taxonomy)s”."),
    "unknown_term_but": N_("%(field)s: “%(value)s” is no term of the taxonomy “%(taxonomy)s”. Did you mean “%(meant)s”?"),
    "not_a_language": N_("%(field)s must be the code of a language, like fr or uk, not “%(value)s”."),
    "not_hours": N_("%(field)s must be hours of a week like “MO-FR 18:00-21:00”, not “%(value)s”."),
    "ends_before_it_begins": N_("%(field)s ends before it begins: “%(value)s”."),
    "excludes_nothing": N_("%(field)s is missing: an exclusion names an organization, a service or the beginning of a postcode."),
    "not_a_postcode": N_("%(field)s cannot be a postcode: “%(value)s”."),
    "not_a_country": N_("%(field)s must be a country in two letters, like FR or GB, not “%(value)s”."),
    "half_a_point": N_("%(field)s is missing: a point has a latitude and a longitude."),
    "no_such_place": N_("%(field)s: no place is known as “%(value)s”. Add its postcode, or lat and lon."),
    "no_such_place_but": N_("%(field)s: no place is known as “%(value)s”. Did you mean %(meant)s? Or add its postcode, or lat and lon."),
    "several_places": N_("%(field)s: “%(value)s” may be several places (%(among)s). Add the postcode, or lat and lon."),
    "known_and_unknown": N_("%(field)s: “%(value)s” cannot be known and not known at once."),
}  # fmt: skip
REMARKS: Mapping[str, str] = {
    "place_read_as": N_("%(field)s: “%(value)s” is not known; it was read as %(place)s."),
    "place_taken_as": N_("%(field)s: there are several called “%(value)s”; the largest by far was taken, %(place)s. Add the postcode where another is meant."),
    "no_guardian_at_that_age": N_("%(field)s says nothing at %(age)s: an adult needs no guardian’s consent here."),
    "urgent_but_late": N_("%(field)s: urgent, and yet not needed before %(by)s. It is counted from that day."),
    "has_it_already": N_("%(field)s: they receive this help already, as current_services says."),
    "cannot_travel_so_far": N_("%(field)s: who cannot travel cannot make %(minutes)s minutes either. Only help that comes to them is proposed."),
    "travels_nowhere": N_("%(field)s: with a way of 0, only help that comes to them is proposed."),
    "not_where_they_live": N_("%(field)s keeps them away from where they live: services on site there are left out."),
    "pays_but_nothing": N_("%(field)s is 0 and they pay for themselves: only what is free is proposed."),
}  # fmt: skip
_DAYS = frozenset({"by", "today"})


def sentence(said: Said) -> str:
    facts = {name: _spoken(name, value) for name, value in said.facts.items()}
    return _({**PROBLEMS, **REMARKS}[said.code]) % {"field": said.where, **facts}


def _spoken(name: str, value: str | float) -> str:
    if name in _DAYS:
        return html.day(date.fromisoformat(str(value)))
    return f"{value:g}" if isinstance(value, int | float) else value
