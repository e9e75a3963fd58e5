"""Texts that a law wants with what is told: an administrator writes them, and until then nothing goes where they apply."""

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect, Template

from referrals.accounts.guards import Who, requires_administrator
from referrals.clients import notices
from referrals.kit import forms
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, page, redirect
from referrals.kit.settings import LANGUAGES

LONGEST = 4000


class NoticesForm(forms.Form):
    """One field for each notice and language."""

    part2_fr: str = ""
    part2_en: str = ""
    secrecy_fr_fr: str = ""
    secrecy_fr_en: str = ""

    def problems(self) -> dict[str, str]:
        long = [name for name in self.__struct_fields__ if len(getattr(self, name)) > LONGEST]
        return {name: _("Please stay under %(most)s characters.") % {"most": LONGEST} for name in long}


@get("/notices", name="notices", guards=[requires_administrator])
async def shown(request: Req, session: Db) -> Template:
    stands = {
        f"{code}_{language}": notice.text if (notice := await notices.current(session, code, language)) else ""
        for code in notices.CODES for language in LANGUAGES
    }  # fmt: skip
    return _page(request, forms.blank(NoticesForm, **stands))


@post("/notices", name="write-notices", guards=[requires_administrator], status_code=200)
async def write(request: Req, session: Db, actor: Who, now: Now) -> Template | Redirect:
    form = await forms.read(request, NoticesForm)
    if form.value is None:
        return _page(request, form, status=422)
    for code in notices.CODES:
        for language in LANGUAGES:
            text = getattr(form.value, f"{code}_{language}")
            await notices.write(session, code, language, text, now, actor.id)
    return redirect(request, "notices", say=_("Saved. From now on these texts go with what they belong to."))


routes: list[HTTPRouteHandler] = [shown, write]


def _page(request: Req, form: forms.Filled[NoticesForm], *, status: int = 200) -> Template:
    parts = [(code, _(notices.TITLES[code]), _(notices.WHEN[code])) for code in notices.CODES]
    empty = [title for code, title, _when in parts if not all(form.raw[f"{code}_{one}"] for one in LANGUAGES)]
    return page(request, "clients/notices.html", form=form, parts=parts, empty=empty, status=status)
