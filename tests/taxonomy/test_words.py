"""Loading our taxonomies, asking the vocabulary, guessing what somebody meant."""

import json
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit.settings import seed_home
from referrals.taxonomy import load, queries
from referrals.taxonomy.crosswalk import Likeness, everyday, term_of, tokens
from referrals.taxonomy.models import Synonym, Term
from referrals.taxonomy.vocabulary import Vocabulary
from tests.conftest import NOW


@pytest.fixture
async def words(session: AsyncSession) -> Vocabulary:
    await load.load(session, NOW)
    return await queries.vocabulary(session)


async def test_loading_twice_does_nothing_the_second_time(session: AsyncSession) -> None:
    first = await load.load(session, NOW)
    assert first.terms > 200
    assert await load.load(session, NOW) == load.Loaded()


async def test_a_changed_file_changes_terms_in_place(session: AsyncSession, tmp_path: Path) -> None:
    await load.load(session, NOW)
    content = json.loads((seed_home() / "taxonomy" / "taxonomy.json").read_text())
    term = content["taxonomies"]["need"]["terms"][1]
    term["label_en"], term["synonyms_en"] = "Physio", ["Bad knees"]
    gone = content["taxonomies"]["need"]["terms"].pop()
    file = tmp_path / "taxonomy.json"
    file.write_text(json.dumps(content))
    await load.load(session, NOW.replace(hour=10), file)
    session.expire_all()
    changed = await session.get_one(Term, term["id"])
    assert (changed.label_en, changed.first_seen_at) == ("Physio", NOW)
    said = select(Synonym.text).where(Synonym.term_id == changed.id, Synonym.language == "en")
    assert list(await session.scalars(said)) == ["Bad knees"]
    assert (await session.get_one(Term, gone["id"])).gone_at is not None
    fresh = await queries.vocabulary(session)
    assert fresh.label("need", term["code"], "en") == "Physio"
    assert fresh.need(gone["code"]) is None


async def test_the_vocabulary_is_read_once(session: AsyncSession, words: Vocabulary) -> None:
    assert await queries.vocabulary(session) is words


async def test_the_tree_leads_up_and_down(words: Vocabulary) -> None:
    assert words.path("sports-physiotherapy") == ("sports-physiotherapy", "physiotherapy", "health")
    assert "sports-physiotherapy" in words.descendants("health")
    assert words.label("need", "physiotherapy", "fr") == "Kinésithérapie"
    assert words.label("need", "no-such-code", "fr") == "no-such-code"


async def test_headings_are_never_offered(words: Vocabulary) -> None:
    assert not {code for code, _ in words.need_options("en")} & {head.code for head in words.children(None)}


async def test_the_need_tree_has_every_heading(session: AsyncSession, words: Vocabulary) -> None:
    tree = await queries.need_tree(session)
    assert len(tree) == len(words.children(None))
    assert all(terms for _, terms in tree)


@pytest.mark.parametrize(
    ("typed", "language", "code"),
    [
        ("kiné", "fr", "physiotherapy"),
        ("physio", "en", "physiotherapy"),
        ("hebergment urgence", "fr", "emergency-shelter"),
        ("CSAPA", "fr", "addiction"),
        ("HLM", "fr", "housing-search"),
        ("kinesitherapie", "en", "physiotherapy"),
    ],
)
async def test_what_people_type_is_understood(words: Vocabulary, typed: str, language: str, code: str) -> None:
    assert queries.suggest(words, typed, language)[0].term.code == code


@pytest.mark.parametrize("typed", ["", "x", "zzzzzz"])
async def test_nonsense_means_nothing(words: Vocabulary, typed: str) -> None:
    assert queries.suggest(words, typed, "fr") == []


async def test_every_everyday_name_means_terms_that_a_service_may_carry(words: Vocabulary) -> None:
    assert all(term_of(words, code).taggable for entry in everyday() for code in entry.codes)
    assert all(entry.codes or entry.reason for entry in everyday())


def test_no_everyday_name_has_two_meanings() -> None:
    seen: dict[frozenset[str], str] = {}
    for entry in everyday():
        for name in {tokens(name) for name in entry.names}:
            assert seen.setdefault(name, entry.names[0]) == entry.names[0]


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("Ex-Offender Reentry Programs", ("resettlement",)),
        ("Comprehensive Immigration/Naturalization Services", ("immigration",)),
        ("Landlord/Tenant Assistance", ("eviction-prevention",)),
        ("Medication Assisted Maintenance Treatment for Opioid Use Disorders", ("opioid-substitution",)),
        ("Adult In Home Respite Care", ("respite",)),
        ("General Clothing Provision", ("clothing",)),
        ("Free Transit Passes", ("mobility-aid",)),
        ("Domestic Violence Shelters", ("domestic-violence-refuge", "domestic-violence")),
        ("Domestic/Family Violence Legal Services", ("legal-advice", "audience:domestic-violence-survivor")),
    ],
)
def test_headings_of_help_lines_have_our_meaning(name: str, codes: tuple[str, ...]) -> None:
    known = {tokens(one): entry.codes for entry in everyday() for one in entry.names}
    assert known[tokens(name)] == codes


def test_names_are_the_same_whatever_their_order_number_and_spelling() -> None:
    assert tokens("Counselling for the bereaved") == tokens("bereaved counseling")
    assert tokens("Soup Kitchens") == tokens("soup kitchen")
    assert tokens("Alcohol counseling") != tokens("Drug counseling")


async def test_a_likely_meaning_is_proposed(words: Vocabulary) -> None:
    alike = Likeness(words)
    found = alike.likest("Physiotherapy for children")
    assert found is not None
    assert found[0].code == "physiotherapy"
    assert alike.likest("Mermaid Rescue") is None


async def test_terms_are_counted_as_they_are_in_the_file(session: AsyncSession, words: Vocabulary) -> None:
    assert await session.scalar(select(func.count()).select_from(Term)) == len(list(words))
