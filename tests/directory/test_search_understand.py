"""What people type, and what it means."""

import pytest

from referrals.directory.search.understand import understand
from referrals.places.lookup import PlaceIndex
from referrals.taxonomy.vocabulary import Vocabulary


@pytest.mark.parametrize(
    ("text", "need", "place", "left"),
    [
        ("kiné", "physiotherapy", "", ""),
        ("KINÉS", "physiotherapy", "", ""),
        ("kiné genou lyon 3", "physiotherapy", "Lyon 3e Arrondissement", "genou"),
        ("kiné lyon 7eme", "physiotherapy", "Lyon 7e Arrondissement", ""),
        ("rennes kiné", "physiotherapy", "Rennes", ""),
        ("physioterapist", "physiotherapy", "", ""),
        ("physio near Truro", "physiotherapy", "Truro", ""),
        ("hebergment urgence", "emergency-shelter", "", ""),
        ("hébergement d’urgence à Lyon", "emergency-shelter", "Lyon", ""),
        ("nowhere to sleep truro", "emergency-shelter", "Truro", ""),
        ("115", "emergency-shelter", "", ""),
        ("psy gratuit rennes", "counselling", "Rennes", ""),
        ("food bank falmouth", "food", "Falmouth", ""),
        ("near falmuth food bank", "food", "Falmouth", ""),
        ("soup kitchen", "hot-meal", "", ""),
        ("aide alimentaire 35000", "food", "Rennes", ""),
        ("dentiste pas cher villeurbane", "dental-care", "Villeurbanne", ""),
        ("dentist redruth", "dental-care", "Redruth", ""),
        ("I want to die", "crisis-line", "", ""),
        ("3114", "crisis-line", "", ""),
        ("violences conjugales", "domestic-violence", "", ""),
        ("domestic violence truro", "domestic-violence", "Truro", ""),
        ("je cherche un psychiatre à Vénissieux", "psychiatry", "Vénissieux", ""),
        ("crèche saint-denis", "childcare", "Saint-Denis", ""),
        ("banque alimentaire saint-étienne", "food", "Saint-Étienne", ""),
        ("jardin partagé rennes", "gardening-group", "Rennes", ""),
        ("neuropsy TR1", "neuropsychology", "Truro", ""),
        ("debt advice in cornwall", "debt-advice", "Cornwall", ""),
        ("help with alcohol near st austell", "addiction", "St Austell", ""),
        ("job coach penzance", "employment", "Penzance", ""),
        ("maison des adolescents", "youth-mental-health", "", ""),
        ("assistante sociale", "case-management", "", ""),
        ("english classes", "language-course", "", ""),
        ("cours de français", "language-course", "", ""),
        ("lyon", "", "Lyon", ""),
        ("69003", "", "Lyon 3e Arrondissement", ""),
        ("Le Dortoir de Gerland", "", "", "dortoir gerland"),
        ("reading help", "", "", "reading help"),
        ("kiné bron", "physiotherapy", "Bron", ""),
        ("shower penzance", "showers-laundry", "Penzance", ""),
        ("logement étudiant", "housing-dom", "", ""),
        ("deaf counselling", "counselling", "", ""),
        ("avocat rennes", "legal-advice", "Rennes", ""),
        ("kine paris 11", "physiotherapy", "Paris 11e Arrondissement", ""),
        ("distribution alimentaire près de la part-dieu", "food-parcel", "", "part dieu"),
        ("", "", "", ""),
        ("  ?! ", "", "", ""),
    ],
)
def test_a_line_is_understood(
    words: Vocabulary, towns: PlaceIndex, text: str, need: str, place: str, left: str
) -> None:
    meant = understand(text, words, towns)
    assert [term.code for term in meant.terms] == need.split()
    assert (meant.place.name if meant.place else "") == place
    assert " ".join(meant.words) == left


@pytest.mark.parametrize(
    ("text", "modes", "languages"),
    [
        ("psychologue visio", ["remote"], []),
        ("cours de français en ligne", ["remote"], []),
        ("counselling over the phone", ["remote"], []),
        ("kiné à domicile 69003", ["home-visit"], []),
        ("arabic speaking lawyer rennes", [], ["ar"]),
        ("avocat qui parle arabe", [], ["ar"]),
        ("psy LSF", [], ["fsl"]),
        ("english classes", [], []),
    ],
)
def test_how_and_in_which_language_are_understood(
    words: Vocabulary, towns: PlaceIndex, text: str, modes: list[str], languages: list[str]
) -> None:
    meant = understand(text, words, towns)
    assert (list(meant.modes), list(meant.languages)) == (modes, languages)


def test_every_typed_word_is_accounted_for(words: Vocabulary, towns: PlaceIndex) -> None:
    parts = understand("Kiné du genou à Lyon 3, en visio", words, towns).parts
    assert [(part.text, part.kind) for part in parts] == [
        ("kine", "need"), ("du", "little"), ("genou", "word"), ("a", "little"), ("lyon 3", "place"), ("en visio", "wish"),
    ]  # fmt: skip


def test_all_towns_of_one_name_are_kept(words: Vocabulary, towns: PlaceIndex) -> None:
    meant = understand("food bank truro", words, towns)
    assert {place.country for place in meant.places} >= {"GB", "CA"}


def test_the_words_of_a_need_are_kept_for_the_engine(words: Vocabulary, towns: PlaceIndex) -> None:
    assert understand("kiné du genou à Lyon", words, towns).said == ("kine", "genou")


def test_a_long_text_is_read_too(words: Vocabulary, towns: PlaceIndex) -> None:
    assert understand("kiné " + "mot " * 400, words, towns).terms[0].code == "physiotherapy"
