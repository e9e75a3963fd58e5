"""A caseload as a file: what one's role may see, nothing that a spreadsheet would compute, and a note of who took it."""

import csv
import io

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.models import Role, User
from referrals.clients import identity
from referrals.exchange.caseload.columns import COLUMNS, harmless, offered
from referrals.exchange.hooks.models import CaseloadExport
from tests.browser import Browser
from tests.factories import PASSWORD, account
from tests.factories import world as small

BAD = '=HYPERLINK("https://evil.example.org";"Paul")'


@pytest.mark.parametrize("text", ["=1+1", "+33 1", "-2", "@sum", "\t=1", " =1", "\r=1", "＝1", "|calc", "%0a"])
def test_nothing_is_left_that_a_spreadsheet_computes(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Paul", "1 = 1", "", "2026-11-23 10:00", "d’Arc"])
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


def test_a_supervisor_is_offered_nothing_of_the_people() -> None:
    assert set(COLUMNS) - set(offered(Role.SUPERVISOR)) == {
        "person", "need", "need_status", "service", "organization", "appointment",
    }  # fmt: skip


async def test_a_case_manager_takes_out_the_own_people_and_it_is_written_down(
    browser: Browser, session: AsyncSession
) -> None:
    made = await small.sent(session)
    await small.sent(session)  # somebody else's
    await identity.write(
        session, made.client.id, given_name=BAD, family_name="", birth_date=None, address="", notes=""
    )  # fmt: skip
    user = await session.get_one(User, made.sender.id)
    await session.commit()
    await browser.sign_in(user.email, PASSWORD)
    assert "You have not taken a list out yet" in await browser.open("/fr/caseload/file".replace("/fr/", "/en/"))
    refused = await browser.submit("/caseload/file", columns=[])
    assert refused.status == 422
    answer = await browser.submit("/caseload/file", columns=["person", "need", "status", "code"])
    assert answer.response.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.response.headers["cache-control"] == "no-store"
    head, *rows = csv.reader(io.StringIO(answer.response.content.decode("utf-8-sig")))
    assert head == ["Person", "Need", "Where it stands", "Code of the request"]
    assert rows == [[f"'{BAD}", "physiotherapy", "Sent, no answer yet", str(made.referral.id)]]
    (taken,) = await session.scalars(select(CaseloadExport))
    assert (taken.user_id, taken.rows, taken.columns) == (user.id, 1, ["person", "need", "status", "code"])
    assert "You last took a list out" in await browser.open("/en/caseload/file")


async def test_a_supervisor_takes_out_the_team_and_learns_nothing_of_anybody(
    browser: Browser, session: AsyncSession
) -> None:
    made = await small.sent(session)
    await small.sent(session)
    await account(
        session, Role.SUPERVISOR, email="helene@example.org", organization_id=made.referral.sender_organization_id
    )
    await session.commit()
    await browser.sign_in("helene@example.org")
    await browser.open("/fr/caseload/file")
    answer = await browser.submit("/caseload/file", columns=list(offered(Role.SUPERVISOR)))
    _, *rows = csv.reader(io.StringIO(answer.response.content.decode("utf-8-sig")), delimiter=";")
    assert len(rows) == 1
    for secret in ("Paul", "physiotherapy", "Carrick", "Truro"):
        assert secret not in answer.response.text
    await browser.open("/en/caseload/file")
    refused = await browser.submit("/caseload/file", columns=["person"])
    assert refused.status == 422
