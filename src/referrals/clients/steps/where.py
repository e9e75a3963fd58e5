"""Where they live, how they get about, when they are free."""

from datetime import date, datetime
from typing import Any, ClassVar, Literal

from litestar.datastructures import FormMultiDict
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients import contradictions, free_hours, labels, town
from referrals.clients.file import File
from referrals.clients.steps import answers
from referrals.clients.steps.step import Typed
from referrals.kit import forms
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _
from referrals.places.entry import Entry
from referrals.taxonomy.vocabulary import Vocabulary


class WhereForm(forms.Form):
    place: str = ""
    place_code: str = ""
    place_chosen: str = ""
    """One of those that were offered for what was typed."""
    postcode: str = ""
    mobility: Literal["car", "transit", "bike", "walk", "none"] | None = None
    max_minutes: int | None = None
    max_km: float | None = None
    availability_how: answers.How | None = None
    availability_was: answers.How | None = None

    def problems(self) -> dict[str, str]:
        found = {}
        if self.max_minutes is not None and not 0 < self.max_minutes <= 600:
            found["max_minutes"] = _("Please give minutes, from 1 to 600.")
        if self.max_km is not None and not 0 < self.max_km <= 1000:
            found["max_km"] = _("Please give kilometres, from 1 to 1000.")
        if wrong := contradictions.of_ways(self.mobility, self.max_minutes):
            found["max_minutes"] = wrong
        return found


class Where:
    code: ClassVar[str] = "where"
    title: ClassVar[str] = N_("Where, and how they get about")
    lead: ClassVar[str] = N_("The town is enough. With the way and the free hours, what is out of reach stays out.")

    def shown(self, file: File, words: Vocabulary, today: date) -> Typed:
        client = file.client
        form = forms.blank(
            WhereForm, place=client.place_name, place_code=client.place_code, postcode=client.postcode,
            mobility=client.mobility, max_minutes=client.max_minutes, max_km=client.max_km,
        )  # fmt: skip
        how = answers.how_of(client, "availability", known=bool(client.availability))
        form.raw |= {"availability_how": how, "availability_was": how, "rows": free_hours.shown(client.availability)}
        return form

    async def read(
        self, session: AsyncSession, data: FormMultiDict, file: File, words: Vocabulary, today: date
    ) -> Typed:
        form = forms.parse(WhereForm, data)
        rows = form.raw["rows"] = free_hours.typed(data)
        form.raw["availability"] = free_hours.read(rows, form.errors)
        if form.value is not None:
            answer = answers.read(
                "availability", ["row"] if rows else [], form.value.availability_how, form.value.availability_was,
                form.errors,
            )  # fmt: skip
            form.raw["answers"] = {"availability": answer}
            form.raw["town"] = await self._town(session, form)
        if form.errors:
            form.value = None
        return form

    async def _town(self, session: AsyncSession, form: Typed) -> Entry | None:
        if not form.ok.place:
            return None
        said: WhereForm = form.ok
        found = await town.find(session, said.place, said.place_code, said.postcode, said.place_chosen)
        if isinstance(found, town.Unsure):
            form.errors["place"], form.raw["places"] = found.sentence, found.options
            return None
        form.raw["places_stay"] = (
            found.code == said.place_chosen
        )  # or it would not be known the next time it saves itself
        return found

    async def keep(self, session: AsyncSession, file: File, form: Typed, now: datetime) -> None:
        said: WhereForm = form.ok
        client, place = file.client, form.raw["town"]
        only = place.postcodes[0] if place and len(place.postcodes) == 1 else None
        client.place_code, client.place_name = (place.code, place.name) if place else (None, None)
        client.country, client.postcode = place.country if place else None, said.postcode.upper() or only
        client.latitude, client.longitude = (place.at.lat, place.at.lon) if place else (None, None)
        client.mobility, client.max_minutes, client.max_km = said.mobility, said.max_minutes, said.max_km
        client.availability = form.raw["availability"]
        answers.settle(client, "availability", form.raw["answers"]["availability"])

    def options(self, words: Vocabulary, file: File, today: date) -> dict[str, Any]:
        return {"mobilities": labels.mobility_options(), "days": free_hours.day_options()}
