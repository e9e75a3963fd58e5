"""What the page of a service gives somebody who decides to go: machine-readable too, and of a hidden place only the area."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from icalendar import Calendar
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from referrals.directory.models import Service
from tests.browser import Browser
from tests.directory import pages_world
from tests.directory.pages_world import Pages

SECRETS = ("9 Hidden Lane", "Secret House", "bakery", "boulangerie", "50.432", "4.987")
THING = {"@type", "@id", "name", "alternateName", "description", "url"}
TERMS: dict[str, set[str]] = {
    "Service": THING | {
        "@context", "serviceType", "provider", "areaServed", "audience", "availableChannel", "hoursAvailable", "offers",
    },
    "Organization": THING,
    "PeopleAudience": THING | {"audienceType", "suggestedMinAge", "suggestedMaxAge"},
    "ServiceChannel": THING | {"servicePhone", "serviceUrl", "availableLanguage", "serviceLocation"},
    "ContactPoint": THING | {"telephone", "email"},
    "Language": THING,
    "Place": THING | {"address", "geo"},
    "AdministrativeArea": THING,
    "Country": THING,
    "DefinedRegion": THING | {"postalCodePrefix"},
    "PostalAddress": THING | {"streetAddress", "postalCode", "addressLocality", "addressRegion", "addressCountry"},
    "GeoCoordinates": THING | {"latitude", "longitude"},
    "OpeningHoursSpecification": THING | {"dayOfWeek", "opens", "closes", "validFrom", "validThrough"},
    "Offer": THING | {"price", "priceCurrency"},
}  # fmt: skip
"""Types of schema.org that we use, and of each the properties that its definition there has."""


@pytest.fixture(scope="session")
def engine(pages_database: AsyncEngine) -> AsyncEngine:
    return pages_database


@pytest.fixture
async def pages(session: AsyncSession, tmp_path: Path) -> Pages:
    return await pages_world.load(session, tmp_path)


def structured(html: str) -> dict[str, Any]:
    block = html.split('<script type="application/ld+json">')[1].split("</script>", maxsplit=1)[0]
    found: dict[str, Any] = json.loads(block)
    return found


def things(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [thing for one in value for thing in things(one)]
    if isinstance(value, dict):
        return [value, *(thing for one in value.values() for thing in things(one))]
    return []


async def test_the_page_says_in_schema_org_what_it_says_in_words(browser: Browser, pages: Pages) -> None:
    said = structured((await browser.open(f"/en{pages.service('knees')}")).html)
    assert (said["@type"], said["name"]) == ("Service", "Knees and other hinges")
    assert said["provider"]["name"] == "Harbour House"
    assert said["audience"] == {
        "@type": "PeopleAudience",
        "audienceType": "Anybody over twelve.",
        "suggestedMinAge": 12.0,
    }
    channel = said["availableChannel"][0]
    assert channel["serviceLocation"]["address"]["streetAddress"] == "4 Quay Street"
    assert channel["serviceLocation"]["geo"] == {"@type": "GeoCoordinates", "latitude": 50.261, "longitude": -5.052}
    assert channel["servicePhone"]["telephone"] == "+44 1632 960002"
    assert {(hours["opens"], hours["closes"]) for hours in said["hoursAvailable"]} == {
        ("09:00", "12:00"),
        ("14:00", "17:00"),
    }
    assert said["offers"] == [{"@type": "Offer", "price": 0, "priceCurrency": "GBP"}]


@pytest.mark.parametrize("key", ["knees", "backs", "refuge", "listening"])
async def test_only_terms_of_schema_org_are_used(browser: Browser, pages: Pages, key: str) -> None:
    for thing in things(structured((await browser.open(f"/fr{pages.service(key)}")).html)):
        assert not set(thing) - TERMS[thing["@type"]], thing


async def test_a_description_cannot_end_the_block_of_data(
    browser: Browser, pages: Pages, session: AsyncSession
) -> None:
    service = await session.get_one(Service, pages.services["backs"])
    service.description = "</script><script>alert(1)</script> & \u2028 <!--"
    await session.flush()
    page = await browser.open(f"/en{pages.service('backs')}")
    assert "<script>alert" not in page.html
    assert structured(page.html)["description"] == service.description


async def test_a_hidden_place_is_hidden_in_every_file_and_in_the_data(client: httpx.AsyncClient, pages: Pages) -> None:
    path = pages.service("refuge")
    for address in (
        path, f"{path}/appointment", f"{path}/appointment.ics?on=2026-12-01&at=10:30", f"{path}/hours.ics", f"{path}/card.vcf",
        f"/shortlist?s={pages.services['refuge']}", f"/shortlist/compare?s={pages.services['refuge']},{pages.services['knees']}&near=Truro",
        f"/shortlist/send?s={pages.services['refuge']}", f"/shortlist/hand?s={pages.services['refuge']}",
    ):  # fmt: skip
        for language in ("en", "fr"):
            answer = await client.get(f"/{language}{address}")
            assert answer.status_code == 200, address
            assert not [secret for secret in SECRETS if secret in answer.text], address
    page = (await client.get(f"/en{path}")).text
    assert "geo:" not in page
    assert structured(page)["availableChannel"][0]["serviceLocation"] == {
        "@type": "AdministrativeArea",
        "name": "Cornwall",
    }


async def test_the_way_is_told_in_words_and_opens_the_devices_own_map(browser: Browser, pages: Pages) -> None:
    page = await browser.open(f"/en{pages.service('knees')}")
    assert page.link("Open in this device’s map").startswith(
        "geo:50.26100,-5.05200?q=50.26100,-5.05200(4%20Quay%20Street"
    )
    assert "Truro" in page
    assert page.link("Call +44\u00a01632\u00a0960002") == "tel:+441632960002"
    assert 'class="qr"' in page.html


async def test_papers_and_easy_words_that_are_missing_are_said_to_be_missing(
    browser: Browser, pages: Pages, session: AsyncSession
) -> None:
    page = await browser.open(f"/en{pages.service('backs')}")
    assert "In easy words: nobody has written this yet." in page
    assert "Papers to bring The listing does not say." in page
    service = await session.get_one(Service, pages.services["backs"])
    service.easy_text = "Your back hurts.\nWe help you."
    await session.flush()
    told = await browser.open(f"/en{pages.service('backs')}")
    assert "Your back hurts. We help you." in told
    assert "nobody has written" in await browser.open(
        f"/fr{pages.service('backs')}"
    ) or "personne ne l’a encore" in await browser.open(f"/fr{pages.service('backs')}")


async def test_an_appointment_becomes_a_file_with_the_papers_in_it(client: httpx.AsyncClient, pages: Pages) -> None:
    answer = await client.get(f"/en{pages.service('knees')}/appointment.ics?on=2026-12-01&at=10+h+30")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "no-store" in answer.headers["cache-control"]
    event = Calendar.from_ical(answer.content).walk("VEVENT")[0]
    assert event.decoded("dtstart").isoformat() == "2026-12-01T10:30:00+00:00"  # on the clock of Truro
    assert str(event["summary"]) == "Appointment: Knees and other hinges"
    assert "A letter" in str(event["description"])
    plain = await client.get(f"/en{pages.service('knees')}/appointment.ics?on=2026-12-01&at=10:30&plain=yes")
    assert "Knees" not in plain.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("on=2026-12-01&at=25:00", "Please give a time"), ("on=1.12.&at=10:30", "Please give a date"),
        ("on=2020-01-01&at=10:30", "This day is past"), ("", "Please fill this in"),
        ("on=2026-12-01&at=10%00", "Please give a time"),
    ],
)  # fmt: skip
async def test_a_day_that_cannot_be_read_comes_back_with_a_sentence(
    browser: Browser, pages: Pages, typed: str, said: str
) -> None:
    page = await browser.open(f"/en{pages.service('knees')}/appointment.ics?{typed}")
    assert page.status == 422
    assert said in page


async def test_a_confidential_place_proposes_an_appointment_without_a_name(browser: Browser, pages: Pages) -> None:
    assert 'value="yes" checked' in (await browser.open(f"/en{pages.service('refuge')}/appointment")).html
    assert 'value="yes" checked' not in (await browser.open(f"/en{pages.service('knees')}/appointment")).html
