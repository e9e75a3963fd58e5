"""What is particular to the index in a folder."""

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from referrals.directory.search.embedded import Embedded
from referrals.directory.search.port import Query, SearchUnavailable
from tests.directory.test_search_adapters import BAKERY, SHELTER, batches, document


async def test_another_process_reads_what_the_writer_wrote(tmp_path: Path) -> None:
    writer, reader = Embedded(tmp_path), Embedded(tmp_path)
    await writer.put([BAKERY])
    assert (await reader.find(Query(words=("fournil",)))).total == 1
    await writer.put([SHELTER])
    assert (await reader.find(Query(words=("halte",)))).total == 1
    await writer.rebuild(batches([SHELTER]))
    assert (await reader.find(Query(words=("fournil",)))).total == 0


async def test_a_broken_index_is_no_answer_and_can_be_rebuilt(tmp_path: Path) -> None:
    engine = Embedded(tmp_path)
    await engine.put([BAKERY])
    (folder,) = folders(tmp_path)
    (folder / "meta.json").write_text("{")
    with pytest.raises(SearchUnavailable):
        await Embedded(tmp_path).find(Query(words=("fournil",)))
    await engine.rebuild(batches([BAKERY]))
    assert (await engine.find(Query(words=("fournil",)))).total == 1


async def test_an_index_of_another_version_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "services-v0-1").mkdir()
    (tmp_path / "current").write_text("services-v0-1")
    with pytest.raises(SearchUnavailable):
        await Embedded(tmp_path).find(Query(words=("fournil",)))


async def test_a_rebuilt_index_leaves_no_old_folder(tmp_path: Path) -> None:
    engine = Embedded(tmp_path)
    await engine.put([BAKERY])
    await engine.rebuild(batches([BAKERY]))
    assert len(folders(tmp_path)) == 1


async def test_few_are_left_for_the_database_to_count(tmp_path: Path) -> None:
    engine = Embedded(tmp_path)
    await engine.put([BAKERY])
    assert (await engine.find(Query(words=("fournil",)))).facets
    assert not (await engine.find(Query(words=("fournil",), counted_beyond=1))).facets


async def test_what_is_left_of_a_long_word_is_no_other_word(tmp_path: Path) -> None:
    """French rules leave `vet` of `vêtements`."""
    engine = Embedded(tmp_path)
    pets, clothes = document("Vet pour animaux"), document("Vêtements pour tous")
    await engine.put([pets, clothes])
    for words in ("vetements", "vetement"):
        assert [hit.id for hit in (await engine.find(Query(words=(words,)))).items] == [clothes.id]


def folders(home: Path) -> list[Path]:
    return list(home.glob("services-v*"))


async def test_of_two_that_offer_it_the_one_that_offers_little_else_comes_first(tmp_path: Path) -> None:
    feeding = {"fr": (), "en": ("Breastfeeding support",)}
    many = {"fr": (), "en": (*feeding["en"], *(f"Thing {number}" for number in range(20)))}
    engine = Embedded(tmp_path)
    wide, narrow = document("Hialeah", needs=many), document("The Baptist Hospital", needs=feeding)
    await engine.put([wide, narrow])
    assert [hit.id for hit in (await engine.find(Query(words=("breastf",)))).items] == [narrow.id, wide.id]


async def test_who_takes_everybody_comes_before_who_takes_few_unless_it_was_named(tmp_path: Path) -> None:
    beds = {"fr": ("Hébergement d’urgence",), "en": ()}
    engine = Embedded(tmp_path)
    few, all_ = document("Une maison", needs=beds, selective=True), document("Une autre maison", needs=beds)
    await engine.put([few, all_])
    assert [hit.id for hit in (await engine.find(Query(words=("hebergement",)))).items] == [all_.id, few.id]
    assert (await engine.find(Query(words=("une", "maison")))).items[0].id == few.id
    told = Query(words=("hebergement",), tags=("for:women",))
    assert (await engine.find(told)).total == 0


async def test_a_single_word_names_nobody_who_takes_few(tmp_path: Path) -> None:
    engine = Embedded(tmp_path)
    few, all_ = document("Hébergement", selective=True), document("Hébergement de nuit")
    await engine.put([few, all_])
    assert [hit.id for hit in (await engine.find(Query(words=("heb",)))).items] == [all_.id, few.id]


async def test_who_has_all_the_words_in_a_text_comes_before_a_name_with_one_of_them(tmp_path: Path) -> None:
    engine = Embedded(tmp_path)
    all_ = document("Quayside", descriptions={"fr": (), "en": ("Outreach and mentoring.",)})
    one = document("Mentoring")
    others = [document(name, descriptions={"fr": (), "en": ("Mentoring.",)}) for name in ("Anchor", "Beacon", "Cove")]
    await engine.put([all_, one, *others])
    asked = Query(words=("mentoring", "outreach"))
    assert [hit.id for hit in (await engine.find(asked)).items][:2] == [all_.id, one.id]
    assert (await engine.find(Query(words=("mentoring",)))).items[0].id == one.id


@pytest.mark.parametrize("telling", ["Child clinic north", "Child clinic south"])
async def test_half_a_word_that_goes_on_in_a_text_tells_two_names_apart(tmp_path: Path, telling: str) -> None:
    engine = Embedded(tmp_path)
    names = ("Child clinic north", "Child clinic south")
    said = {"fr": (), "en": ("After abuse.",)}
    clinics = [document(name, descriptions=said if name == telling else {"fr": (), "en": ()}) for name in names]
    await engine.put([*clinics, document("Abuse helpline")])
    found = (await engine.find(Query(words=("child", "abus")))).items
    assert next(hit.id for hit in found if hit.id in {one.id for one in clinics}) == clinics[names.index(telling)].id


@pytest.mark.parametrize(("half", "other"), [("quie", "À qui parler"), ("citoy", "City farm")])
async def test_half_a_word_is_no_form_nor_slip_of_another_one(tmp_path: Path, half: str, other: str) -> None:
    engine = Embedded(tmp_path)
    begun = document("Une maison", synonyms={"fr": ("action citoyenne",), "en": ("quiet room",)})
    await engine.put([document(other)])
    assert [hit.id for hit in (await engine.find(Query(words=(half,)))).items] != []
    await engine.put([begun])
    assert [hit.id for hit in (await engine.find(Query(words=(half,)))).items] == [begun.id]


async def test_a_slip_counts_where_no_word_begins_so(tmp_path: Path) -> None:
    engine = Embedded(tmp_path)
    work, springboard = document("Temp work"), document("Le Tremplin")
    asked = Query(words=("tremp",), perhaps=((("tremp",), (("temp",),)),))
    await engine.put([work])
    assert [hit.id for hit in (await engine.find(asked)).items] == [work.id]
    await engine.put([springboard])
    assert [hit.id for hit in (await engine.find(asked)).items] == [springboard.id]


async def test_a_name_begins_with_what_was_typed(tmp_path: Path) -> None:
    """Its own or its organization's, in a row; an article at its beginning may be left out."""
    engine = Embedded(tmp_path)
    site = replace(document("Kendall"), organization=("The Easter Seals, Inc.",))
    named, other = document("Easter seals of the north"), document("Easter, and seals")
    await engine.put([site, named, document("Seals for Easter")])

    async def found(begins: str) -> list[UUID]:
        return [hit.id for hit in (await engine.find(Query(begins=begins))).items]

    assert await found("easter se") == [named.id, site.id]
    assert await found("the easter s") == [site.id]
    assert await found("seals") != [site.id]
    assert await found("aster") == []
    await engine.put([other])
    assert set(await found("easter")) == {named.id, site.id, other.id}


async def test_half_a_word_alone_says_less_than_a_whole_one(tmp_path: Path) -> None:
    engine = Embedded(tmp_path)
    whole, half = document("Fanm saj"), document("Ayuda")
    await engine.put([whole, half, *(document(f"House {number}") for number in range(40))])
    assert [hit.id for hit in (await engine.find(Query(words=("fanm", "ay")))).items] == [whole.id, half.id]


async def test_several_words_stand_in_a_row_in_a_name_or_in_what_is_offered(tmp_path: Path) -> None:
    engine = Embedded(tmp_path)
    offered = document("Apple tree", needs={"fr": (), "en": ("Free school supplies",)})
    within = replace(document("Kendall"), organization=("Chi School Supplies",))
    apart = document("After school", needs={"fr": (), "en": ("Support groups",)})
    await engine.put([apart, offered, within])
    assert [hit.id for hit in (await engine.find(Query(begins="school sup"))).items] == [within.id, offered.id]
    assert (await engine.find(Query(begins="supplies"))).total == 0


@pytest.mark.parametrize("half", ["u", "us", "usu"])
async def test_a_few_letters_are_the_beginning_of_any_number_of_words(tmp_path: Path, half: str) -> None:
    """However many words of the alphabet come before the one that stands there."""
    engine = Embedded(tmp_path)
    before = [document(f"House usa{first}{second}") for first in "abcdefghij" for second in "abcdefghij"]
    meant = document("The great Collier usury help")
    await engine.put([meant, *before])
    assert [hit.id for hit in (await engine.find(Query(begins=f"collier {half}"))).items] == [meant.id]


async def test_what_a_text_begins_with_is_no_slip(tmp_path: Path) -> None:
    engine = Embedded(tmp_path)
    told = document("Kidney fund", descriptions={"fr": (), "en": ("Pays for dialysis.",)})
    await engine.put([told, document("Dial a teacher")])
    assert [hit.id for hit in (await engine.find(Query(words=("dialy",)))).items] == [told.id]
