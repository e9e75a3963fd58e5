"""A small directory for exports: a service in two languages, a shelter whose address nobody may know, an idle organization."""

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import Address, Location, Service, ServiceAtLocation
from referrals.exchange.actions import import_directory
from tests.conftest import NOW

HIDDEN_STREET = "12 rue du Secret"
YAML = """
language: fr
organizations:
  - key: heron
    name: Le Héron
    description: {fr: "Une maison.", en: "A house."}
    phone: "+33 4 65 71 10 01"
  - key: idle
    name: Sans services
    description: {fr: "Rien pour le moment.", en: "Nothing for now."}
services:
  - key: heron-kine
    organization: heron
    name: {fr: "Kiné du port", en: "Harbour physio"}
    description: {fr: "Des genoux et des épaules.", en: "Knees and shoulders."}
    needs: [physiotherapy]
    modes: [on-site]
    funding: [self-pay]
    welcomes: [older-people, carers]
    ages: [18, 99]
    rule: {all: [{term: women}]}
    hours: ["MO-FR 09:00-12:00", "SA 09:00-11:00"]
    area: {postcodes: ["69"]}
    documents: [{fr: "Ordonnance", en: "Prescription"}]
    languages: [fr, en]
    price: [{kind: per-session, amount: 30, currency: EUR}]
    capacity: {status: has-capacity, available: 3, updated_days_ago: 3, wait_days: 10, note: {fr: "Le matin", en: "Mornings"}}
    assured_days_ago: 10
    places:
      - {name: Port, address: 1 quai Inventé, postcode: "69003", city: Lyon, department: Rhône, country: FR, insee: "69383", lat: 45.7, lon: 4.8}
  - key: heron-refuge
    organization: heron
    name: {fr: "Refuge du Héron", en: "Heron refuge"}
    description: {fr: "Un toit pour la nuit.", en: "A roof for the night."}
    needs: [domestic-violence-refuge]
    places:
      - {name: Refuge, postcode: "69", city: Rhône, department: Rhône, country: FR, confidential: true}
"""


async def bring(session: AsyncSession, folder: Path) -> None:
    """Import it; the shelter's real address is then known here, and to nobody else."""
    packed = folder / "directory"
    packed.mkdir()
    (packed / "lyon.yaml").write_text(YAML)
    await import_directory(session, packed, NOW)
    place = (
        await session.scalars(
            select(Location).join(ServiceAtLocation).join(Service).where(Service.name == "Refuge du Héron")
        )
    ).one()
    place.latitude, place.longitude, place.transportation = 45.7, 4.8777, "Derrière la porte bleue"
    address = (await session.scalars(select(Address).where(Address.location_id == place.id))).one()
    address.address_1 = HIDDEN_STREET
    await session.flush()
