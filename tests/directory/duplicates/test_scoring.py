"""What makes two records the same: the rules as examples, made up for this."""

from dataclasses import replace
from uuid import UUID

import pytest

from referrals.directory.duplicates import sentences
from referrals.directory.duplicates.records import Compared, Entity, Spot
from referrals.directory.duplicates.scoring import score

BODY = UUID(int=100)
DOOR = Spot("12 Quay Street, Suite 4", "Truro", "TR1 2AB", 50.2632, -5.051)
TEXT = (
    "Free help with letters, forms and benefits for whoever asks. Bring your papers; somebody looks at them with you."
)
ADVICE = Compared(
    Entity.SERVICE, UUID(int=1), "a", BODY, ("Benefits advice",), ("Harbour Trust",), TEXT, ("01872 555 010",),
    ("https://harbour.example.org",), (), (), (DOOR,), titles=("Harbour Trust - Benefits advice",), terms=("Benefits",),
)  # fmt: skip
TRUST = Compared(
    Entity.ORGANIZATION, UUID(int=11), "a", None, ("Harbour Trust, Inc.",), (), TEXT, ("01872 555 010",),
    ("https://harbour.example.org",), (), (), (DOOR,),
)  # fmt: skip


def like(record: Compared, **other: object) -> Compared:
    return replace(record, id=UUID(int=record.id.int + 1), **other)  # type: ignore[arg-type]  # fields of the record


@pytest.mark.parametrize(
    ("why", "other"),
    [
        ("told twice", {}),
        ("another spelling", {"names": ("Benefit advice",), "phones": ("+44 (0)1872 555010",), "spots": (Spot("12 Quay St.", "Truro", "TR1 2AB", None, None),)}),
        ("a wrong number", {"phones": ("01872 555 099",)}),
        ("another room of the building", {"spots": (replace(DOOR, street="12 Quay Street, Suite 9"),)}),
        ("the site at that very place", {"names": ("Truro",), "titles": ("Harbour Trust - Benefits advice - Truro",)}),
        ("the body told as a service", {"names": ("Harbour Trust",), "titles": ("Harbour Trust",), "terms": ()}),
        ("shorter", {"description": TEXT[:70]}),
        ("nowhere in particular", {"spots": ()}),
    ],
)  # fmt: skip
def test_one_service_however_it_is_told(why: str, other: dict[str, object]) -> None:
    found = score(ADVICE, like(ADVICE, **other))
    assert found.same, (why, found)


@pytest.mark.parametrize(
    ("why", "other"),
    [
        ("another site", {"names": ("Falmouth",), "titles": ("Harbour Trust - Benefits advice - Falmouth",),
                          "spots": (Spot("3 Market Street", "Falmouth", "TR11 3AB", 50.15, -5.07),)}),
        ("another site of one name", {"spots": (Spot("3 Market Street", "Falmouth", "TR11 3AB", 50.15, -5.07),)}),
        ("another offer", {"names": ("Debt counselling",), "titles": ("Harbour Trust - Debt counselling",), "terms": ("Debt",),
                           "description": "Counsellors look at what you owe, write to your creditors and make a plan with you."}),
        ("another language", {"names": ("Benefits advice - French",), "titles": (), "languages": ("fr",)}),
        ("another body", {"family": UUID(int=101), "organization_names": ("Penryn Society",), "description": "",
                          "phones": ("01326 555 010",), "websites": ("https://penryn.example.org",)}),
    ],
)  # fmt: skip
def test_two_services_however_alike(why: str, other: dict[str, object]) -> None:
    first = (
        replace(ADVICE, names=("Benefits advice - English",), titles=(), languages=("en",))
        if "language" in why
        else ADVICE
    )
    found = score(first, like(first, **other))
    assert not found.same, (why, found)


@pytest.mark.parametrize(("first", "second"), [
    ("Morning class", "Evening class"), ("Summer club", "After-school club"), ("Group for men", "Group for women"),
    ("Adult vaccines", "Children's vaccines"), ("English level 1", "English level 2"), ("Cours du matin", "Cours du soir"),
    ("Atelier enfants", "Atelier adultes"), ("Outpatient treatment", "Residential treatment"),
])  # fmt: skip
def test_a_word_in_the_name_makes_two_of_one(first: str, second: str) -> None:
    a, b = (replace(ADVICE, names=(name,), titles=()) for name in (first, second))
    found = score(a, like(b))
    assert not found.same, found


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({"names": ("The Harbour Trust",)}, True),
        ({"names": ("Harbor Trust",), "phones": ()}, True),
        ({"names": ("Harbour Trust - Falmouth Branch",), "phones": ("01326 555 010",),
          "spots": (Spot("3 Market Street", "Falmouth", "TR11 3AB", 50.15, -5.07),)}, False),
        ({"names": ("Harbour Trust Foundation Hospital",), "description": "A hospital with an emergency room and 80 beds for the whole county.",
          "phones": ("01326 555 010",)}, False),
        ({"names": ("Quay Street Choir",), "description": "Singing on Thursdays.", "websites": ()}, False),
    ],
)  # fmt: skip
def test_one_organization_or_two(other: dict[str, object], same: bool) -> None:
    found = score(TRUST, like(TRUST, **other))
    assert found.same is same, found


def test_the_order_of_the_two_does_not_matter() -> None:
    other = like(ADVICE, names=("Advice",), phones=("01872 555 099",))
    assert score(ADVICE, other).score == score(other, ADVICE).score


def test_every_fact_can_be_said() -> None:
    pairs = [(ADVICE, like(ADVICE)), (TRUST, like(TRUST)), (ADVICE, like(ADVICE, names=("x",), spots=(), terms=("y",)))]
    assert {fact.code for a, b in pairs for fact in score(a, b).facts} <= sentences.codes()


NICE = Spot("8 av. de la République", "Nice", "06300", None, None)
AIDE = Compared(
    Entity.SERVICE, UUID(int=31), "a", UUID(int=300), ("Aide alimentaire",), ("Association Le Panier",),
    "Distribution de colis et de repas chauds aux personnes sans ressources, deux fois par semaine, sans rendez-vous.",
    ("04 93 00 00 10",), ("https://lepanier.example.fr",), (), (), (NICE,), titles=("Maison des associations",),
)  # fmt: skip
ELSEWHERE: dict[str, object] = {"source": "b", "family": UUID(int=400)}


@pytest.mark.parametrize(
    ("why", "first", "other"),
    [
        ("spelled by another source", ADVICE, {"names": ("Benefit Advice",), "organization_names": ("Harbor Trust",), "titles": ("Quay House",),
            "phones": ("+44 (0)1872 555010",), "spots": (Spot("12 Quay St.", "Truro", "TR12AB", None, None),), "websites": ("harbour.example.org/advice",)}),
        ("abbreviated by another source", AIDE, {"names": ("Aide alimentaire",), "organization_names": ("LE PANIER",), "titles": ("Salle B, rez-de-chaussée",),
            "phones": ("+33 4 93 00 00 10",), "spots": (Spot("8, avenue de la Republique", "NICE", "06300", 43.7051, 7.2822),)}),
        ("without a text", AIDE, {"names": ("Aide Alimentaire",), "organization_names": ("Le Panier",), "description": "", "titles": ()}),
    ],
)  # fmt: skip
def test_one_service_in_two_sources(why: str, first: Compared, other: dict[str, object]) -> None:
    found = score(first, like(first, **{**ELSEWHERE, **other}))
    assert found.same, (why, found)


@pytest.mark.parametrize(
    ("why", "other"),
    [
        ("a chain in two towns", {"phones": ("04 92 00 00 20",), "spots": (Spot("8 avenue de la République", "Antibes", "06600", None, None),)}),
        ("two houses in one street", {"spots": (replace(NICE, street="80 avenue de la République"),)}),
        ("two programmes in one house", {"names": ("Épicerie solidaire",), "titles": ()}),
        ("one for children", {"names": ("Aide alimentaire enfants",), "titles": ()}),
        ("one in the evening", {"names": ("Aide alimentaire du soir",), "titles": ()}),
        ("a unit with its number", {"names": ("Aide alimentaire, unité 2",), "titles": ()}),
        ("another body at that address", {"organization_names": ("Croix Blanche",), "phones": ("04 92 00 00 20",), "websites": ()}),
    ],
)  # fmt: skip
def test_two_services_of_two_sources(why: str, other: dict[str, object]) -> None:
    found = score(AIDE, like(AIDE, **{**ELSEWHERE, **other}))
    assert not found.same, (why, found)


def test_two_bodies_that_run_one_offer_list_it_twice() -> None:
    care = replace(
        ADVICE,
        names=("Court care",),
        titles=(),
        description="Court care looks after children while their parents are heard.",
    )
    other = like(
        care, family=UUID(int=101), organization_names=("Penryn Society",), names=("Court care at the Guildhall",),
        description="The Society's court care is a safe place to play for children whose parents are heard.", terms=(),
        websites=("https://penryn.example.org",),
    )  # fmt: skip
    assert score(care, other).same
    assert not score(care, replace(other, phones=("01326 555 010",))).same


WHOLE = like(ADVICE, names=("Harbour Trust",), titles=("Harbour Trust",), terms=())


@pytest.mark.parametrize(
    ("why", "part", "same"),
    [
        ("the part tells all of it and more", {"description": f"{TEXT} Also on Saturdays, with a cup of coffee and a place for children."}, True),
        ("the part tells one thing of several", {"description": TEXT[:70]}, False),
        ("each tells something of its own", {"description": f"{TEXT[:90]} Debts, rent arrears, evictions, bailiffs, courts."}, False),
        ("one phone, one door, no word in common", {"description": "Repairs of bicycles and prams by volunteers, spare parts at cost price."}, False),
        ("the part is for veterans", {"names": ("Benefits advice for veterans",), "titles": ()}, False),
        ("the part is for what cannot wait", {"names": ("Emergencies",), "titles": ()}, False),
    ],
)  # fmt: skip
def test_a_body_and_one_part_of_what_it_offers(why: str, part: dict[str, object], same: bool) -> None:
    found = score(WHOLE, replace(ADVICE, **part))  # type: ignore[arg-type]  # fields of the record
    assert found.same is same, (why, found)


@pytest.mark.parametrize(
    ("why", "whole", "part", "same"),
    [
        ("one of many at this door", {"at_the_door": 5}, {"at_the_door": 5, "description": TEXT[:70]}, False),
        ("all there is at this door", {"at_the_door": 2}, {"at_the_door": 2, "description": TEXT[:70]}, True),
        ("all there is, at two numbers in a row", {"at_the_door": 2},
         {"at_the_door": 2, "description": TEXT[:70], "phones": ("01872 555 011",)}, True),
        ("all there is, and something else", {"at_the_door": 2},
         {"at_the_door": 2, "description": "Repairs of bicycles and prams by volunteers, spare parts at cost price."}, False),
        ("the text of the part says for which ages", {}, {"description": f"{TEXT} For those of 12 to 18 years."}, False),
        ("the texts of both say for which ages", {"description": f"{TEXT} For those of 12 to 18 years."},
         {"description": f"{TEXT} For those of 12 to 18 years. Come by."}, True),
        ("children, for whom the whole is", {"description": f"For children. {TEXT}"},
         {"names": ("Children's advice",), "titles": (), "description": f"For children. {TEXT}"}, True),
        ("children, for whom the whole is among others", {}, {"names": ("Children's advice",), "titles": ()}, False),
    ],
)  # fmt: skip
def test_a_body_and_what_may_be_all_that_it_offers(
    why: str, whole: dict[str, object], part: dict[str, object], same: bool
) -> None:
    found = score(replace(WHOLE, **whole), replace(ADVICE, **part))  # type: ignore[arg-type]  # fields of the record
    assert found.same is same, (why, found)


def test_a_line_that_answers_at_the_number_of_its_body_is_the_body() -> None:
    box = Spot("PO Box 12", "Truro", "TR1 2AB", None, None)
    body = replace(
        WHOLE,
        spots=(box,),
        description="A listening ear for fishermen and families, by day and night, free and secret.",
    )
    line = replace(
        ADVICE, names=("Harbour helpline",), titles=(), spots=(replace(box, street="P.O. Box 12"),), terms=(),
        description="By telephone: a listening ear for fishermen and families by day and night, secret. Volunteers answer.",
    )  # fmt: skip
    assert score(body, line).same
    assert not score(body, replace(line, phones=("01872 555 999",))).same
    assert not score(body, replace(line, description="Cheaper telephone bills for households with little income, by monthly credit.")).same  # fmt: skip


def test_a_place_under_the_full_name_of_the_body_makes_it_the_body() -> None:
    names = ("Harbour Trust - Truro Quays, Inc.",)
    body = replace(WHOLE, names=("Truro Quays, Inc.",), organization_names=names, titles=names)
    part = replace(ADVICE, organization_names=names)
    assert "whole_and_part" in {one.code for one in score(body, part).facts}
    assert score(body, part).same


PARENTS = like(
    ADVICE, names=("Early birds",), titles=("Harbour Trust - Strong families - Early birds",), terms=("Parenting",)
)


@pytest.mark.parametrize(
    ("why", "other", "same"),
    [
        ("two labels of one programme", {"terms": ("Parenting", "Parents of toddlers")}, True),
        ("the terms say what the names tell apart", {"terms": ("Parenting", "Lighthouses")}, False),
        ("the text says it", {"description": f"{TEXT} In the lighthouse."}, False),
        ("another number", {"phones": ("01872 555 099",)}, False),
        ("two programmes with one text", {"titles": ("Harbour Trust - Lighthouse",)}, False),
    ],
)  # fmt: skip
def test_two_names_that_nothing_else_speaks_of(why: str, other: dict[str, object], same: bool) -> None:
    told: dict[str, object] = {"names": ("Lighthouse",), "titles": ("Harbour Trust - Strong families - Lighthouse",)}
    found = score(PARENTS, like(PARENTS, **{**told, **other}))
    assert found.same is same, (why, found)


@pytest.mark.parametrize(
    ("why", "whole", "same"),
    [
        ("aims and the offer", f"The mission of the Trust is a kinder coast. Founded by fishermen in 1911. {TEXT[:70]}", True),
        ("aims and another offer", "The mission of the Trust is a kinder coast. Repairs of bicycles and prams, spare parts at cost price.", False),
        ("nothing but aims", "The mission of the Trust is a kinder coast. Founded by fishermen in 1911.", False),
        ("in French", f"Fondée en 1911, l’association a pour but une côte plus douce. {TEXT[:70]}", True),
    ],
)  # fmt: skip
def test_what_a_body_says_of_its_aims_is_no_offer(why: str, whole: str, same: bool) -> None:
    part = replace(ADVICE, description=f"{TEXT} Also on Saturdays, with a cup of coffee and a place for children.")
    found = score(replace(WHOLE, description=whole), part)
    assert found.same is same, (why, found)


def test_a_number_that_the_text_tells_is_not_another_number() -> None:
    free = replace(ADVICE, phones=("888-995-4673",))
    desk = like(ADVICE, description=f"{TEXT} Or call 888-995-HOPE.")
    assert "phone_in_text" in {one.code for one in score(free, desk).facts}
    assert "other_phone" in {one.code for one in score(free, like(ADVICE)).facts}


def test_a_body_with_a_number_behind_its_name_is_that_body() -> None:
    bodies = ("Quay Partnership", "Community Partnership or Homeless Assistance Centre (HAC)")
    shelter = replace(ADVICE, names=("Homeless Assistance Centre (HAC1)",), organization_names=bodies, titles=())
    body = like(shelter, names=("Quay Partnership",), description="Beds, meals and a doctor for whoever has no home.")
    assert "same_name" in {one.code for one in score(shelter, body).facts}


def test_numbered_entries_that_tell_nothing_else_are_one() -> None:
    first = like(ADVICE, names=("Referral elsewhere 2",), titles=(), spots=(), phones=(), websites=())
    second = like(first, names=("Referral elsewhere 3",))
    assert score(first, second).same
    assert not score(replace(first, phones=("01872 555 010",)), replace(second, phones=("01872 555 010",))).same


def test_two_numbers_are_two_names() -> None:
    first, second = (like(ADVICE, names=(f"District {number}",), titles=()) for number in (8, 9))
    said = {one.code for one in score(first, replace(second, id=UUID(int=3))).facts}
    assert "other_number" in said
    assert "same_name" not in said


def test_a_service_called_like_half_of_its_body_is_not_the_body() -> None:
    body = replace(WHOLE, names=("Advice Network of Truro",), organization_names=("Advice Network of Truro",))
    part = replace(
        ADVICE,
        names=("Advice",),
        organization_names=body.organization_names,
        titles=(),
        description="Somebody listens to you.",
    )
    assert not score(body, part).same


def test_letters_with_dots_are_a_word() -> None:
    first = replace(
        ADVICE, names=("R.E.L.I.E.F.",), titles=("Harbour Trust - Elder care - R.E.L.I.E.F.",), description=""
    )
    assert not score(first, like(first, names=("Elder care",), titles=("Harbour Trust - Elder care",))).same
