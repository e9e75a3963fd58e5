"""Who it is, and how to reach them safely."""

from datetime import date, datetime
from typing import Any, ClassVar, Literal

from litestar.datastructures import FormMultiDict
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients import actions, identity
from referrals.clients.actions import Contact
from referrals.clients.file import File
from referrals.clients.steps.step import Typed
from referrals.kit import forms
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _
from referrals.taxonomy.vocabulary import Vocabulary


class WhoForm(forms.Form):
    given_name: str
    family_name: str = ""
    alias: str = ""
    language: Literal["fr", "en"] = "fr"
    email: str = ""
    email_safe: bool = False
    phone: str = ""
    phone_safe: bool = False
    address: str = ""
    notes: str = ""

    def problems(self) -> dict[str, str]:
        found = {}
        if self.email and not forms.is_email(self.email):
            found["email"] = _("This does not look like an e-mail address.")
        if self.email_safe and not self.email:
            found["email"] = _("Safe to write to, but no address: which one?")
        if self.phone_safe and not self.phone:
            found["phone"] = _("Safe to call, but no number: which one?")
        return found


class Who:
    code: ClassVar[str] = "who"
    title: ClassVar[str] = N_("Who, and how to reach them")
    lead: ClassVar[str] = N_("A first name is enough. We write only to an address that you have asked about.")

    def shown(self, file: File, words: Vocabulary, today: date) -> Typed:
        email, phone = file.contact("email"), file.contact("phone")
        return forms.blank(
            WhoForm, given_name=file.who.given_name, family_name=file.who.family_name, alias=file.client.alias,
            language=file.client.language, email=email and email.value, email_safe=bool(email and email.safe),
            phone=phone and phone.value, phone_safe=bool(phone and phone.safe), address=file.who.address,
            notes=file.who.notes,
        )  # fmt: skip

    async def read(
        self, session: AsyncSession, data: FormMultiDict, file: File, words: Vocabulary, today: date
    ) -> Typed:
        return forms.parse(WhoForm, data)

    async def keep(self, session: AsyncSession, file: File, form: Typed, now: datetime) -> None:
        said: WhoForm = form.ok
        file.client.alias = said.alias or actions.alias_of(said.given_name, said.family_name)
        file.client.language = said.language
        await identity.write(
            session, file.client.id, given_name=said.given_name, family_name=said.family_name,
            birth_date=file.who.birth_date, address=said.address, notes=said.notes,
        )  # fmt: skip
        contacts = [Contact("email", said.email, said.email_safe), Contact("phone", said.phone, said.phone_safe)]
        await actions.set_contacts(session, file.client, [one for one in contacts if one.value], now)

    def options(self, words: Vocabulary, file: File, today: date) -> dict[str, Any]:
        return {}
