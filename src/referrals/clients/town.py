"""The town that somebody typed: one place, or what to say about it."""

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.places.answers import Ambiguous, Found
from referrals.places.entry import Entry
from referrals.places.queries import index
from referrals.places.words import display


async def find(session: AsyncSession, typed: str, code: str, postcode: str) -> Entry | str:
    """The place, or a sentence for its field. `code`: what was chosen before, which counts while the name still fits."""
    places = await index(session)
    kept = places.by_code(code)
    if kept is not None and typed in (kept.name, display(kept, "fr"), display(kept, "en")):
        return kept
    answer = places.find(f"{typed} {postcode}".strip()) or places.find(typed)
    match answer:
        case Found(place):
            return place
        case Ambiguous(several):
            towns = ", ".join(display(town, current_language()) for town in several[:5])
            return _("There are several: %(towns)s. Please add the county, department or postcode.") % {"towns": towns}
        case _unknown:
            return _("We do not know this town. A larger one nearby will do, or leave it empty.")
