"""The two forms of this room: a person's file, and a need. Almost everything may stay empty: unknown is never "no"."""

from datetime import date
from typing import Literal

from referrals.clients import contradictions
from referrals.clients.actions import Contact, Person, alias_of
from referrals.clients.models import Need
from referrals.clients.sensitivity import of_need
from referrals.kit import forms
from referrals.kit.i18n import gettext as _
from referrals.places.entry import Entry
from referrals.taxonomy.sensitivity import CODES

LANGUAGES = (
    "fr", "en", "ar", "es", "pt", "it", "de", "nl", "pl", "ro", "uk", "ru", "tr", "sq", "fa", "ps", "ku", "so", "ti", "am",
    "sw", "ln", "bm", "wo", "zh", "vi", "bn", "ur", "ta", "hi", "ht", "br", "fsl", "bfi",
)  # fmt: skip
YesNo = Literal["yes", "no"]


class PersonForm(forms.Form):
    given_name: str
    family_name: str = ""
    alias: str = ""
    birth_date: date | None = None
    age: int | None = None
    gender: Literal["female", "male", "other"] | None = None
    language: Literal["fr", "en"] = "fr"
    languages: list[str] = []
    interpreter_ok: YesNo | None = None
    place: str = ""
    place_code: str = ""
    place_chosen: str = ""
    postcode: str = ""
    mobility: Literal["car", "transit", "bike", "walk", "none"] | None = None
    max_minutes: int | None = None
    funding: list[str] = []
    ceiling_per_session: float | None = None
    audience: list[str] = []
    email: str = ""
    email_safe: bool = False
    phone: str = ""
    phone_safe: bool = False
    address: str = ""
    notes: str = ""
    anyway: bool = False
    """Said after the warning that this person may have a file already."""

    def problems(self) -> dict[str, str]:
        found = {}
        if self.age is not None and not 0 <= self.age <= 120:
            found["age"] = _("An age lies between 0 and 120.")
        if self.max_minutes is not None and not 0 < self.max_minutes <= 600:
            found["max_minutes"] = _("Please give minutes, from 1 to 600.")
        if self.ceiling_per_session is not None and self.ceiling_per_session < 0:
            found["ceiling_per_session"] = _("An amount cannot be below zero.")
        if wrong := contradictions.of_ways(self.mobility, self.max_minutes):
            found["max_minutes"] = wrong
        if self.email and "@" not in self.email:
            found["email"] = _("This does not look like an e-mail address.")
        return found

    def person(self, place: Entry | None, today: date) -> Person:
        """As the room's actions take it. Without a birth date, the age gives the year."""
        year = today.year - self.age if self.age is not None and self.birth_date is None else None
        postcode = self.postcode.upper() or (place.postcodes[0] if place and len(place.postcodes) == 1 else None)
        return Person(
            alias=self.alias or alias_of(self.given_name, self.family_name), language=self.language,
            given_name=self.given_name, family_name=self.family_name, birth_date=self.birth_date, birth_year=year,
            gender=self.gender, languages=tuple(self.languages),
            interpreter_ok=None if self.interpreter_ok is None else self.interpreter_ok == "yes",
            audience=tuple(self.audience), funding=tuple(self.funding), ceiling_per_session=self.ceiling_per_session,
            mobility=self.mobility, max_minutes=self.max_minutes,
            place_code=place.code if place else None, place_name=place.name if place else None, postcode=postcode,
            country=place.country if place else None, latitude=place.at.lat if place else None,
            longitude=place.at.lon if place else None, address=self.address, notes=self.notes,
        )  # fmt: skip

    def contacts(self) -> list[Contact]:
        given = [Contact("email", self.email, self.email_safe), Contact("phone", self.phone, self.phone_safe)]
        return [contact for contact in given if contact.value]


class NeedForm(forms.Form):
    """`term_chosen`: one of those that were suggested for what was typed."""

    term: str = ""
    term_chosen: str = ""
    specialisms: list[str] = []
    urgency: Literal["urgent", "routine"] = "routine"
    need_by: date | None = None
    remote: Literal["no", "yes", "only"] = "no"
    prescription_held: YesNo | None = None
    min_intensity: int | None = None
    note: str = ""
    sensitivity: list[str] = []
    """What the case manager adds to what its name tells."""

    def problems(self) -> dict[str, str]:
        found = {}
        if not set(self.sensitivity) <= set(CODES):
            found["sensitivity"] = _("This is not one of the choices.")
        if not self.term and not self.term_chosen:
            found["term"] = _("Please fill this in.")
        if self.min_intensity is not None and not 1 <= self.min_intensity <= 5:
            found["min_intensity"] = _("This is not one of the choices.")
        return found

    @property
    def prescription(self) -> bool | None:
        return None if self.prescription_held is None else self.prescription_held == "yes"


def filled_need(need: Need, label: str, note: str) -> forms.Filled[NeedForm]:
    """The form as the need stands now."""
    held = {None: "", True: "yes", False: "no"}[need.prescription_held]
    return forms.blank(
        NeedForm, term=label, specialisms=need.specialisms, urgency=need.urgency, need_by=need.need_by,
        remote="only" if need.remote_only else "yes" if need.remote_ok else "no", prescription_held=held,
        min_intensity=need.min_intensity, note=note, sensitivity=sorted(of_need(need)),
    )  # fmt: skip
