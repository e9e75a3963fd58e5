"""Needs that a line tells of, without naming one."""

import pytest

from referrals.directory.search import heard
from referrals.directory.search.understand import understand
from referrals.places.lookup import PlaceIndex
from referrals.taxonomy.vocabulary import Vocabulary


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("stroke left my mum weak down one side", "neuro-physiotherapy"),
        ("I have MS and my balance is going", "neuro-physiotherapy"),
        ("depuis son AVC ma mère titube", "neuro-physiotherapy"),
        ("her balence is bad since the stroke", "neuro-physiotherapy"),
        ("my lad can't do his buttons or hold scissors", "fine-motor-rehabilitation"),
        ("mon fils n'arrive pas à tenir un crayon", "fine-motor-rehabilitation"),
        ("ma femme a oublié le gaz trois fois", "neuropsychology"),
        ("my mother left the stove on again", "neuropsychology"),
        ("grandad chokes every time he drinks tea", "speech-therapy"),
        ("ma mère n'arrive plus à enjamber la baignoire", "home-adaptation"),
        ("on s'engueule sans arrêt avec ma femme", "couple-counselling"),
        ("depuis le braquage je sursaute au moindre bruit", "ptsd-counselling"),
        ("mon frère croit que ses voisins l'espionnent", "psychiatry"),
        ("my wife hides vodka bottles around the house", "addiction"),
        ("I've blown my wages on the slots again", "gambling-support"),
        ("dad can't get himself out of bed", "personal-care"),
        ("my filling fell out", "dental-care"),
        ("je compte chaque calorie et je me trouve énorme", "mental-health"),
        ("the children never visit my mother", "befriending"),
        ("my son locks himself in and hides from us", "youth-mental-health"),
        ("je suis sorti de l'hôpital, je vis seule et personne pour m'aider", "home-care"),
        ("our landlord told us to be gone before june", "eviction-prevention"),
        ("trois mois que je paie plus mon proprio", "rent-arrears"),
        ("my cousin lets me sleep on his couch for now", "emergency-shelter"),
        ("le frigo est vide et la paie arrive dans dix jours", "food"),
        ("they are going to cut off my lights on friday", "energy-advice"),
        ("someone broke into our house last night", "victim-support"),
        ("on m'a viré sans raison, par sms", "employment-law"),
        ("my brother and I stopped talking years ago and I want him back", "family-mediation"),
        ("ma fille refuse d'aller au collège depuis noël", "school-reengagement"),
        ("my car died and I will be late for my shift", "mobility-aid"),
        ("my dog is limping and I can't afford to take him in", "pet-care"),
        ("new in town and I don't know anybody", "strengths"),
    ],
)
def test_words_near_one_another_tell_of_a_need_in_any_order(
    words: Vocabulary, towns: PlaceIndex, text: str, need: str
) -> None:
    assert [term.code for term in understand(text, words, towns).terms] == [need]


@pytest.mark.parametrize(
    "text",
    [
        "my dishwasher stopped working",
        "le bras de la télécommande est cassé",
        "table leg is wobbly",
        "une belle voix pour un mariage",
        "my brother plays chess",
        "le match est perdu",
        "night train to paris",
        "my mum lost her umbrella",
        "mon mari a acheté un vélo rouge",
        "OPERATION HELPING HANDS",
        "my neighbour plays loud music all night",
        "tous les soirs on regarde un film",
        "j'ai oublié mes clés chez mes parents",
        "my son passed his exam with high marks",
    ],
)
def test_what_happens_every_day_tells_of_no_need(words: Vocabulary, towns: PlaceIndex, text: str) -> None:
    assert {part.code for part in understand(text, words, towns).parts if part.kind == "need"} == set()


def test_a_heading_of_one_word_keeps_no_sign_from_being_heard(words: Vocabulary, towns: PlaceIndex) -> None:
    alone = understand("hôpital", words, towns)
    assert [term.taggable for term in alone.terms] == [False]
    meant = understand("sorti de l'hôpital, je vis seule, personne pour m'aider", words, towns)
    assert [term.code for term in meant.terms] == ["home-care"]


@pytest.mark.parametrize(
    "text",
    [
        "my landlord is a nice man and came to dinner on sunday",
        "I was charged twice on my card by the store",
        "a good friend of mine is fine with it",
        "prendre le train avec les enfants pendant les vacances",
        "do you know a nice new restaurant here",
        "my phone broke and I can't find the receipt",
        "on a un nouveau voisin très sympa",
        "le facteur a laissé un avis, où récupérer mon colis",
    ],
)
def test_what_merely_has_such_words_tells_of_nothing(words: Vocabulary, towns: PlaceIndex, text: str) -> None:
    told = {term.code for term in understand(text, words, towns).terms}
    assert told & {code for code, _ in heard.signs()} == set()


def test_signs_are_not_heard_beside_a_need_that_is_named(words: Vocabulary, towns: PlaceIndex) -> None:
    meant = understand("counselling, stroke left my arm weak", words, towns)
    assert [term.code for term in meant.terms] == ["counselling"]


def test_words_far_from_one_another_are_no_sign(words: Vocabulary, towns: PlaceIndex) -> None:
    far = "stroke of luck " + "green " * 12 + "balance"
    assert understand(far, words, towns).terms == ()


def test_what_a_sign_took_goes_with_one_press_and_comes_back_as_words(words: Vocabulary, towns: PlaceIndex) -> None:
    meant = understand("stroke left my mum weak", words, towns)
    first = next(part for part in meant.parts if part.kind == "need")
    again = understand(meant.plainly(first), words, towns)
    assert again.terms == ()
    assert {"stroke", "weak"} <= set(again.words)


def test_words_between_quotation_marks_tell_of_nothing(words: Vocabulary, towns: PlaceIndex) -> None:
    assert understand('"stroke" weak balance', words, towns).terms == ()


def test_every_sign_is_of_a_need_and_of_groups_that_the_file_has(words: Vocabulary) -> None:
    groups = heard.sign_groups()
    used = {name.removeprefix("-") for _, sign in heard.signs() for name in sign.split()}
    assert {code for code, _ in heard.signs() if not words.need(code)} == set()
    assert used == set(groups)
    assert all(len([name for name in sign.split() if name[0] != "-"]) > 1 for _, sign in heard.signs())


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("mom burns me with cigarettes", "domestic-violence-refuge"),
        ("my son pushes me around and spends my social security", "domestic-violence-refuge"),
        ("my husband hits me, I need a lawyer", "domestic-violence"),
    ],
)
def test_danger_comes_before_what_the_line_only_mentions(
    words: Vocabulary, towns: PlaceIndex, text: str, first: str
) -> None:
    codes = [term.code for term in understand(text, words, towns).terms]
    assert codes[0] == first
    assert "domestic-violence" in codes
