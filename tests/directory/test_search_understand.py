"""What people type, and what it means."""

from datetime import UTC, datetime

import pytest

from referrals.directory.search import heard, tags
from referrals.directory.search.understand import Part, moment, understand
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
        ("fauteuil lyon 3", "", "Lyon 3e Arrondissement", ""),
        ("Le Dortoir de Gerland", "", "", "dortoir gerland"),
        ("reading help", "", "", "reading"),
        ("batterers program", "", "", "batterers"),
        ("help program", "", "", "help program"),
        ("legal ai", "legal-advice", "", ""),
        ("adoption", "", "", "adoption"),
        ("halfway house", "supported-housing", "", ""),
        ("hurricane shelter", "emergency-shelter", "", "hurricane"),
        ("how do i apply for food stamps", "food", "", ""),
        ("where can i get food today", "food", "", ""),
        ("aide alimentaire aujourd'hui", "food", "", ""),
        ("collier county food bank", "food", "Collier County", ""),
        ("collier food bank", "food", "", "collier"),
        ("убежище для женщин", "", "", ""),
        ("حضانة الأطفال", "", "", ""),
        ("daycare assistance", "childcare", "", ""),
        ("dent cassée pas d'argent", "dental-care", "", ""),
        ("my landlord wants to throw me out", "eviction-prevention", "", ""),
        ("mon patron ne me paie pas", "employment-law", "", ""),
        ("ma mère oublie tout", "neuropsychology", "", ""),
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
    ("text", "need"),
    [
        ("where can i sleep tonight", "emergency-shelter"),
        ("où dormir ce soir", "emergency-shelter"),
        ("jdors dehors", "emergency-shelter"),
        ("je dors ds ma voiture", "emergency-shelter"),
        ("mon bailleur veut m'expulser", "eviction-prevention"),
        ("mariage forcé", "domestic-violence"),
        ("ou est-ce que je peux dormir ce soir", "emergency-shelter"),
        ("je sais pas ou dormir", "emergency-shelter"),
        ("i got kicked out and have nowhere to go", "emergency-shelter"),
        ("je cherche quelqu'un pour m'aider à arrêter de boire près de Rennes", "addiction"),
        ("my dad drinks too much", "addiction"),
        ("I want to end my life", "crisis-line"),
        ("je veux mourir", "crisis-line"),
        ("mon fils de 15 ans ne veut plus aller à l'école", "school-reengagement"),
        ("my 16 year old son refuses to go to school", "school-reengagement"),
        ("j'ai faim", "food"),
        ("i am hungry", "food"),
        ("trop de dettes", "debt-advice"),
        ("my boss won't pay me", "employment-law"),
        ("mon patron me paye pas", "employment-law"),
        ("landlord is kicking me out", "eviction-prevention"),
        ("je suis seule toute la journée", "befriending"),
        ("my mum has dementia", "dementia-day-care"),
        ("besoin d'un avocat pour la garde de mes enfants", "family-law"),
        ("I can't read", "literacy"),
        ("je ne sais pas lire", "literacy"),
        ("aide pour remplir mes papiers", "benefits-advice"),
        ("j'arrive pas à me concentrer depuis l'accident", "cognitive-rehabilitation"),
        ("je tremble quand je ne bois pas", "alcohol-withdrawal"),
        ("who can drive me to hospital", "transport"),
        ("someone to talk to", "counselling"),
        ("on m'a volé mon téléphone", "victim-support"),
        ("need a job", "employment"),
        ("just got out of prison", "resettlement"),
    ],
)
def test_plain_sentences_lead_to_a_need(words: Vocabulary, towns: PlaceIndex, text: str, need: str) -> None:
    assert [term.code for term in understand(text, words, towns).terms] == [need]


@pytest.mark.parametrize(
    ("text", "need", "left"),
    [
        ("mon mari m’a frappée rennes", "domestic-violence-refuge", ""),
        ("not safe at home", "domestic-violence", ""),
        ("il tape mes enfants", "victim-support", ""),
        ("plus la force de vivre", "crisis-line", ""),
        ("je dors dans ma voiture", "emergency-shelter", ""),
        ("overdose lyon", "harm-reduction", ""),
        ("ils ont pris mon passeport", "victim-support", ""),
        ("il ma balancé contre le mur rennes", "domestic-violence-refuge", ""),  # a sign, and the place stays one
        ("he took pills and is not responding lyon", "harm-reduction", ""),
        ("je veux dormir et ne plus me réveiller", "crisis-line", ""),
        ("overdose de chocolat", "", "overdose chocolat"),  # no danger
        ('"overdose"', "", "overdose"),
        ("infarctus", "", "infarctus"),  # the ambulance, and no service of ours
        ("overdose narcan", "harm-reduction", ""),
        ("groupe de parole overdose", "peer-support", "overdose"),  # what is needed was named
        (
            "forced to have sex with clients for money",
            "sexual-violence-counselling",
            "money",
        ),  # `money` is a heading, and a word here
    ],
)
def test_whoever_tells_of_a_danger_is_shown_who_helps_after_the_numbers(
    words: Vocabulary, towns: PlaceIndex, text: str, need: str, left: str
) -> None:
    meant = understand(text, words, towns)
    assert [term.code for term in meant.terms][:1] == [need][: bool(need)]
    assert " ".join(meant.words) == left


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("my husband hits me", "domestic-violence-refuge domestic-violence"),
        ("mon mari me frappe", "domestic-violence-refuge domestic-violence"),
        ("mon ex me suit partout", "domestic-violence-refuge domestic-violence"),
        ("domestic violence", "domestic-violence"),  # of nobody
        ("cutting myself counsellor", "counselling crisis-line"),
        ("my partner throws things at me solicitor", "legal-advice domestic-violence"),
        ("he hits me lawyer", "domestic-violence legal-advice"),
    ],
)
def test_danger_asks_for_safety_first_and_stands_beside_what_is_named(
    words: Vocabulary, towns: PlaceIndex, text: str, needs: str
) -> None:
    meant = understand(text, words, towns)
    assert [term.code for term in meant.terms] == needs.split()
    assert meant.words == ()


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("kiné", "physiotherapy"), ("psy", "counselling"), ("ortho", "speech-therapy"), ("ergo", "occupational-therapy"),
        ("AA", "addiction-support-group"), ("A.A.", "addiction-support-group"), ("GP", "primary-care"),
        ("A&E", "primary-care"), ("CMP", "mental-health"), ("CSAPA", "addiction"), ("CCAS", "benefits-advice"),
        ("CHRS", "emergency-shelter"), ("SDF", "housing-dom"), ("S.D.F.", "housing-dom"), ("RSA", "benefits-advice"),
        ("PTSD", "ptsd-counselling"), ("SPT", "ptsd-counselling"), ("MDPH", "disability-claim"), ("SLT", "speech-therapy"),
        ("FLE", "language-course"), ("ESOL", "language-course"), ("EHPAD", "care-home"), ("CAARUD", "harm-reduction"),
        ("PMI", "parenting-support"), ("OT", "occupational-therapy"),
    ],
)  # fmt: skip
def test_abbreviations_of_the_field_are_needs(words: Vocabulary, towns: PlaceIndex, text: str, need: str) -> None:
    assert [term.code for term in understand(text, words, towns).terms] == [need]


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("kinésiterapeute", "physiotherapy"),
        ("hebergment durgence", "emergency-shelter"),
        ("banquealimentaire", "food"),
        ("soup kichen", "hot-meal"),
        ("sevraj alcool", "alcohol-withdrawal"),
        ("ado psy", "youth-mental-health"),
        ("marriage counseling", "couple-counselling"),
        ("drop-in center", "day-centre"),
        ("violances conjugale", "domestic-violence"),
        ("lalcool", "addiction"),
        ("orthofoniste", "speech-therapy"),
        ("ASSISTANTE SOCIALES", "case-management"),
        ("cours d’anglais", "language-course"),
        ("shelter pour femme", "emergency-shelter"),
        ("groupe alcohol", "addiction-support-group"),
    ],
)
def test_slips_plurals_and_two_languages_in_one_line_do_no_harm(
    words: Vocabulary, towns: PlaceIndex, text: str, need: str
) -> None:
    assert [term.code for term in understand(text, words, towns).terms] == [need]


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("gratuit kiné", "free"), ("dentiste sans mutuelle", "free"), ("kiné pas chère", ""), ("affordable dentist", ""), ("psy gratuit", "free"),
        ("psychologue visio", "mode:remote"), ("cours de français en ligne", "mode:remote"),
        ("counselling over the phone", "mode:remote"), ("psy à distance", "mode:remote"),
        ("kiné à domicile 69003", "mode:home-visit"), ("physio home visits", "mode:home-visit"),
        ("infirmier à domicile", "mode:home-visit"), ("maraude lyon", "mode:outreach"),
        ("dentiste PMR", "step-free"), ("dentiste fauteuil", "step-free"), ("wheelchair accessible dentist", "step-free"),
        ("médecin sans rendez-vous", "walk-in"), ("gp no appointment", "walk-in"), ("drop in counselling", "walk-in"),
        ("drop-in centre", ""), ("foyer places libres", "room"), ("hostel with vacancies", "room"),
        ("hébergement femmes", "for:women"), ("groupe de parole pour hommes", "for:men"), ("activités jeunes", "for:young-people"),
        ("logement étudiant", "for:student"), ("families food", "for:families"), ("repas personnes âgées", ""),
        ("kiné personne âgée", "for:older-people"), ("psy mineurs", "age:minor"), ("gym seniors", "age:senior"),
        ("homeless dentist", "for:homeless"), ("homeless", ""), ("housing for addicts", "for:substance-use"), ("addict", ""), ("toxicomane", ""), ("sans papiers", ""), ("médecin sans papiers", ""),
        ("dentiste sans papiers", "for:undocumented"), ("neuropsy TBI", "for:brain-injury"), ("TBI", "for:brain-injury"),
        ("PTSD veterans", "for:veteran"), ("psy lgbt", "for:lgbt"), ("counselling under 16", "age:minor"),
        ("under 18s counselling", "age:minor"), ("speech therapy 6 year old", "age:minor"), ("psy ado 15 ans", "age:minor"),
        ("moins de 18 ans psy", "age:minor"), ("16-25 ans logement", "for:young-people"), ("housing 16 to 25", "for:young-people"),
        ("emploi moins de 26 ans", "for:young-people"), ("club for over 60s", "age:senior"), ("psy 70 ans", "age:senior"),
        ("emploi plus de 50 ans", "age:adult"), ("alcool depuis 15 ans", ""), ("together for 5 years", ""),
        ("avocat qui parle arabe", "lang:ar"), ("avocat en arabe", "lang:ar"), ("arabic speaking lawyer", "lang:ar"),
        ("parle dari médecin", "lang:prs"), ("abogado en español", "lang:es"), ("врач на русском", "lang:ru"), ("médecin عربي", "lang:ar"),
        ("psy albanais", "lang:sq"), ("polish speaking gp", "lang:pl"), ("nail polish", ""),
        ("psy LSF", "lang:fsl"), ("avocat langue des signes", "lang:fsl"), ("counselling in british sign language", "lang:bfi"),
        ("english classes", ""), ("parle klingon psy", ""), ("dentiste avec mon chien", "dogs-accepted"),
        ("female gp", "by:female"), ("psy pour femmes", "for:women"), ("psy conventionné", "pays:assurance-maladie"), ("sans carte vitale", ""),
        ("free physio no referral", "free self"), ("hébergmeent femme avec enfants gratuit", "for:women for:families free"),
    ],
)  # fmt: skip
def test_wishes_beside_the_need_become_tags(words: Vocabulary, towns: PlaceIndex, text: str, tags: str) -> None:
    assert set(understand(text, words, towns).tags) == set(tags.split())


@pytest.mark.parametrize(
    ("text", "opening"),
    [
        ("food bank open now", "now"),
        ("médecin ouvert maintenant", "now"),
        ("where can i sleep tonight", "tonight"),
        ("où dormir ce soir", "tonight"),
        ("psy 24h/24", "always"),
        ("helpline 24/7", "always"),
        ("accueil de jour ouvert le dimanche", "sunday"),
        ("day centre on sundays", "sunday"),
        ("permanence juridique le soir", "evening"),
        ("i need a dentist now", "now"),
        ("psy ouvert demain", "tomorrow"),
        ("dentist tomorrow", "tomorrow"),
        ("tomorrow evening dentist", "tomorrow-evening"),
        ("dentiste demain soir", "tomorrow-evening"),
        ("shelter tomorrow night", "tomorrow-evening"),
        ("dentiste samedi matin", "saturday"),
        ("dentist not on sunday", None),
        ("open door", None),
        ("kiné", None),
    ],
)
def test_an_opening_is_understood(words: Vocabulary, towns: PlaceIndex, text: str, opening: str | None) -> None:
    meant = understand(text, words, towns)
    assert (meant.opening, meant.open_now) == (opening, opening is not None)


@pytest.mark.parametrize(
    ("text", "words_left"),
    [
        ("smokes weed every day", ()),
        ("meals every night", ()),
        ("kiné tous les jours", ()),
        ("kiné chaque semaine", ()),
        ("day care every day", ()),
        ("every day", ("every", "day")),
    ],
)
def test_how_often_says_nothing(words: Vocabulary, towns: PlaceIndex, text: str, words_left: tuple[str, ...]) -> None:
    assert understand(text, words, towns).words == words_left


def test_several_of_an_everyday_thing_are_no_small_town(words: Vocabulary, towns: PlaceIndex) -> None:
    assert understand("three robins physio", words, towns).place is None
    for text, name in (("physio near robins", "Robins"), ("dentist wells", "Wells"), ("kiné moulins", "Moulins")):
        place = understand(text, words, towns).place
        assert place is not None
        assert place.name == name, text


def test_an_opening_is_a_moment_for_whoever_reads_it_now() -> None:
    sunday_noon = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    assert moment(["now"], sunday_noon) == sunday_noon
    assert moment(["tonight"], sunday_noon) == sunday_noon.replace(hour=20)
    assert moment(["tonight"], sunday_noon.replace(hour=23)) == sunday_noon.replace(hour=23)
    assert moment(["tonight"], sunday_noon.replace(hour=1)) == sunday_noon.replace(hour=1)
    assert moment(["evening"], sunday_noon) == sunday_noon.replace(hour=19)
    assert moment(["sunday"], sunday_noon) == sunday_noon
    assert moment(["monday"], sunday_noon) == datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
    assert moment(["sunday"], sunday_noon.replace(hour=8)) == sunday_noon.replace(hour=11)
    assert moment(["tomorrow"], sunday_noon) == datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
    assert moment(["tomorrow-evening"], sunday_noon) == datetime(2026, 11, 23, 19, 0, tzinfo=UTC)
    assert moment(["evening", "tomorrow"], sunday_noon) == datetime(2026, 11, 23, 19, 0, tzinfo=UTC)
    assert moment(["tuesday", "evening"], sunday_noon) == datetime(2026, 11, 24, 19, 0, tzinfo=UTC)
    assert moment(["evening", "sunday"], sunday_noon) == sunday_noon.replace(hour=19)
    assert moment(["always"], sunday_noon).hour == 3


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("food bank bath", "Bath"), ("food bank Reading", "Reading"), ("reading help", ""), ("kiné sens", "Sens"),
        ("kiné vitré", "Vitré"), ("drinks a lot", ""), ("avocat langue des signes", ""), ("je sais pas où dormir", ""),
        ("douche près de la gare de Rennes", "Rennes"), ("shower near Falmouth station", "Falmouth"),
        ("douche métro Rennes", "Rennes"), ("douche près du pont Kennedy Rennes", "Rennes"),
        ("3e lyon kiné", "Lyon 3e Arrondissement"), ("psy à la rochelle", "La Rochelle"), ("psy gratuit bron", "Bron"),
        ("bron psy gratuit", "Bron"), ("psy bron gratuit en arabe", "Bron"), ("near falmuth food bank", "Falmouth"),
        ("aide alimantaire renes", "Rennes"), ("dentiste Truro, Nova Scotia", "Truro"), ("street food", ""),
        ("lotus house", ""), ("law centre", ""), ("kiné 35000", "Rennes"), ("help in arabic", ""), ("aide à domicile", ""),
        ("I don't have food", ""), ("don’t want to die", ""), ("we couldn't sleep", ""), ("food in Don Valley Village", "Don Valley Village"),
        ("food st", ""), ("food st austell", "St Austell"), ("aide alimentaire saint", ""),
    ],
)  # fmt: skip
def test_places_are_read_where_they_are_meant(words: Vocabulary, towns: PlaceIndex, text: str, place: str) -> None:
    meant = understand(text, words, towns)
    assert (meant.place.name if meant.place else "") == place
    assert meant.unknown_place is None


def test_a_place_that_may_be_several_asks_which(words: Vocabulary, towns: PlaceIndex) -> None:
    meant = understand("crèche Saint-Denis", words, towns)
    assert meant.which_place
    assert {place.department[:3] for place in meant.places if place.name == "Saint-Denis"} >= {"93 ", "974"}
    assert not understand("crèche Saint-Denis 93", words, towns).which_place
    assert not understand("kiné Paris", words, towns).which_place


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("dentiste à Xyzville", "Xyzville"),
        ("abri de nuit près de la gare Part-Dieu", "gare Part-Dieu"),
        ("abri de nuit près de la gare part dieu", "gare part dieu"),
        ("dentiste à xyzville gratuit", "xyzville"),
        ("food bank near Zorglub Bas", "Zorglub Bas"),
        ("psy près de Trifouillis-les-Oies en arabe", "Trifouillis-les-Oies"),
        ("kiné à plouf", "plouf"),
        ("aide à manger", None),
        ("mal à la mâchoire", None),
        ("accès à internet", None),
        ("vivre à deux", None),
        ("help in my home", None),
        ("in debt", None),
    ],
)
def test_an_unknown_place_is_told_and_the_rest_is_kept(
    words: Vocabulary, towns: PlaceIndex, text: str, unknown: str | None
) -> None:
    meant = understand(text, words, towns)
    assert (meant.unknown_place, meant.place) == (unknown, None)
    if unknown:
        assert meant.terms
        assert [part.kind for part in meant.parts].count("unknown-place") == 1


@pytest.mark.parametrize(
    "text", ["kiné près de moi", "nearest food bank", "food bank near me", "psy autour de chez moi"]
)
def test_near_me_is_no_place_and_no_visit_at_home(words: Vocabulary, towns: PlaceIndex, text: str) -> None:
    meant = understand(text, words, towns)
    assert meant.near_me
    assert meant.place is None
    assert meant.tags == ()


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("Femmes solidaires", "femmes solidaires"),
        ("La Maison des femmes", "maison femmes"),
        ("Open Door", "open door"),
        ("Free Café", "free cafe"),
        ("Kinés du Pont Tournant", "kines pont tournant"),
        ("Miami Rescue Mission", "miami rescue mission"),
        ("The Saturday lot", "saturday lot"),
    ],
)
def test_every_word_of_a_name_is_kept_whatever_it_means(
    words: Vocabulary, towns: PlaceIndex, text: str, whole: str
) -> None:
    assert understand(text, words, towns).whole == tuple(whole.split())


def test_every_typed_word_is_accounted_for(words: Vocabulary, towns: PlaceIndex) -> None:
    parts = understand("Kiné du genou à Lyon 3, en visio, gratuit ce soir", words, towns).parts
    assert [(part.text, part.kind, part.code) for part in parts if part.kind != "little"] == [
        ("kine", "need", "physiotherapy"), ("genou", "word", None), ("lyon 3", "place", "FR-69383"),
        ("en visio", "wish", "mode:remote"), ("gratuit", "wish", "free"), ("ce soir", "open", "tonight"),
    ]  # fmt: skip


def test_each_part_can_be_taken_away_and_leaves_plain_words(words: Vocabulary, towns: PlaceIndex) -> None:
    meant = understand("Kiné genou près de Lyon 3, gratuit", words, towns)
    left = {part.kind: meant.without(part) for part in meant.parts if part.kind != "little"}
    assert left == {
        "need": "genou près de Lyon 3, gratuit",
        "word": "Kiné près de Lyon 3, gratuit",
        "place": "Kiné genou , gratuit",
        "wish": "Kiné genou près de Lyon 3",
    }


def test_words_between_quotation_marks_are_nothing_but_words(words: Vocabulary, towns: PlaceIndex) -> None:
    meant = understand("reading help lyon", words, towns)
    place = _part(meant.parts, "place")
    plain = understand(meant.plainly(place), words, towns)
    assert meant.plainly(place) == 'reading help "lyon"'
    assert (plain.place, plain.words) == (None, ("reading", "lyon"))
    assert understand("« kiné » psy", words, towns).terms[0].code == "counselling"
    assert understand('un " seul signe kiné', words, towns).terms[0].code == "physiotherapy"


def test_a_heading_beside_a_need_is_a_word(words: Vocabulary, towns: PlaceIndex) -> None:
    meant = understand("santé psy", words, towns)
    assert [term.code for term in meant.terms] == ["counselling"]
    assert meant.words == ("sante",)


def test_letters_that_we_cannot_read_are_kept(words: Vocabulary, towns: PlaceIndex) -> None:
    meant = understand("شجرة dentiste 牙医", words, towns)
    assert [term.code for term in meant.terms] == ["dental-care"]
    assert [part.text for part in meant.parts if part.kind == "unread"] == ["شجرة", "牙医"]


def test_all_towns_of_one_name_are_kept(words: Vocabulary, towns: PlaceIndex) -> None:
    meant = understand("food bank truro", words, towns)
    assert {place.country for place in meant.places} >= {"GB", "CA"}


def test_the_words_of_a_need_are_kept_for_the_engine(words: Vocabulary, towns: PlaceIndex) -> None:
    assert understand("kiné du genou à Lyon gratuit", words, towns).said == ("kine", "genou")


def test_of_a_long_text_the_beginning_is_read(words: Vocabulary, towns: PlaceIndex) -> None:
    meant = understand("kiné " + "mot " * 400, words, towns)
    assert meant.terms[0].code == "physiotherapy"
    assert meant.parts[-1].kind == "unread"
    assert len(meant.words) < 70


def test_every_tag_that_words_may_become_is_one(words: Vocabulary) -> None:
    known_audiences = set(words.terms["audience"])
    for tag, _, phrase in heard.wishes():
        group, _, code = tag.partition(":")
        assert tags.known(tag) or group in ("open", "near-me", tags.CHEAP), tag
        assert group != "for" or code in known_audiences, tag
        assert phrase.strip()
    said = {tag.removeprefix("for:") for tag, _, _ in heard.wishes() if tag.startswith("for:")}
    assert said == known_audiences - {"everyone"}


def test_every_phrase_that_was_heard_leads_to_a_need_of_ours(words: Vocabulary) -> None:
    codes = {code for code, _, _ in heard.needs()}
    assert codes <= set(words.terms["need"])
    languages = {code: {language for own, language, _ in heard.needs() if own == code} for code in codes}
    assert all(spoken == {"fr", "en"} for spoken in languages.values())


def _part(parts: tuple[Part, ...], kind: str) -> Part:
    return next(part for part in parts if part.kind == kind)


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("abogado de inmigración", "immigration"), ("necesito un abogado gratis", "legal-advice"),
        ("prueba de embarazo", "sexual-health"), ("mwen bezwen manje", "food"), ("avoka imigrasyon", "immigration"),
        ("procuro trabalho", "employment"), ("unde să dorm", "emergency-shelter"), ("gıda yardımı", "food"),
        ("нужен врач", "primary-care"), ("де переночувати", "emergency-shelter"), ("أبحث عن محامي", "legal-advice"),
        ("refugio violencia doméstica", "domestic-violence-refuge"),
    ],
)  # fmt: skip
def test_a_few_needs_are_known_in_other_languages(words: Vocabulary, towns: PlaceIndex, text: str, need: str) -> None:
    meant = understand(text, words, towns)
    assert [term.code for term in meant.terms] == [need]
    assert (meant.words, meant.place) == ((), None)


def test_phrases_of_other_languages_mean_a_need_or_a_wish_of_ours(words: Vocabulary) -> None:
    codes = {code for code, _, _ in heard.abroad()}
    assert all(words.need(code) or tags.known(code) or code == tags.CHEAP for code in codes)


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("meals on w", "meals-at-home"), ("legal ai", "legal-advice"), ("homeless sh", "emergency-shelter"),
        ("immigr", "immigration"), ("child ca", "childcare"), ("banque alim", "food"),
        ("psych", "counselling"), ("kiné bron", "physiotherapy"), ("meals on ", "hot-meal"),
    ],
)  # fmt: skip
def test_half_a_phrase_is_understood_where_it_can_become_one_thing_only(
    words: Vocabulary, towns: PlaceIndex, text: str, need: str
) -> None:
    assert [term.code for term in understand(text, words, towns).terms] == [need]


@pytest.mark.parametrize("text", ["autis", "héb", "ai", "kiné ", "tern house"])
def test_what_may_become_several_things_stays_a_word(words: Vocabulary, towns: PlaceIndex, text: str) -> None:
    assert {term.code for term in understand(text, words, towns).terms} <= {"physiotherapy"}


@pytest.mark.parametrize("text", ["casie", "persi", "refugi"])
def test_half_a_word_is_no_slip_of_another_one(words: Vocabulary, towns: PlaceIndex, text: str) -> None:
    whole, half = understand(f"{text} ", words, towns), understand(text, words, towns)
    assert whole.terms
    assert not half.terms
    assert half.said == (text,)


def test_what_may_be_half_a_word_is_a_slip_only_where_nothing_begins_so(words: Vocabulary, towns: PlaceIndex) -> None:
    """Only the engine knows that: `tremp` may become the name of somebody."""
    slip = (("tremp",), (("temp",),))
    assert understand("tremp", words, towns).perhaps == (slip,)
    assert understand("tremp ", words, towns).alike == (slip,)
    assert understand("autis", words, towns).alike
    assert not understand("autis", words, towns).perhaps


@pytest.mark.parametrize(
    ("text", "place"),
    [("héber", None), ("Heber", "Heber"), ("guer", None), ("kiné guer", "Guer"), ("guer ", "Guer"), ("bron", "Bron")],
)
def test_half_a_word_alone_is_no_small_town(words: Vocabulary, towns: PlaceIndex, text: str, place: str | None) -> None:
    meant = understand(text, words, towns).place
    assert (meant and meant.name) == place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("dentist hial", "Hialeah"), ("food pantry coral gab", "Coral Gables"), ("shelter miami be", "Miami Beach"),
        ("kiné grenob", "Grenoble"), ("kiné nantaise", None), ("dentist hial ", None), ("hial", None),
        ("foyer pour fem", None), ("kiné à plouf", None),
    ],
)  # fmt: skip
def test_half_a_name_beside_a_need_is_every_town_that_it_may_become(
    words: Vocabulary, towns: PlaceIndex, text: str, place: str | None
) -> None:
    """Not where it may become another word of ours."""
    meant = understand(text, words, towns)
    assert meant.begun_place == bool(place)
    assert place in [one.name for one in meant.places] or (place, meant.place) == (None, None)


def test_a_town_that_was_typed_last_may_go_on(words: Vocabulary, towns: PlaceIndex) -> None:
    meant = understand("anger management kendal", words, towns)
    assert (meant.place and meant.place.country, meant.begun_place) == ("GB", False)
    assert ("Kendall", "US") in [(one.name, one.country) for one in meant.longer_places]
    assert not understand("anger management kendal ", words, towns).longer_places


@pytest.mark.parametrize("text", ["epile", "deafne"])
def test_what_is_no_abbreviation_is_no_slip_of_one(words: Vocabulary, towns: PlaceIndex, text: str) -> None:
    assert understand("epide", words, towns).terms
    assert not understand(text, words, towns).terms


@pytest.mark.parametrize(
    ("text", "row"), [("Easter se", "easter se"), ("sant l", "sant l"), ("Kiné, à Lyon !", "kine a lyon")]
)
def test_all_that_was_typed_stands_in_a_row(words: Vocabulary, towns: PlaceIndex, text: str, row: str) -> None:
    assert understand(text, words, towns).row == row


@pytest.mark.parametrize(
    ("text", "aim"),
    [
        ("he beats me and i have nowhere to go", "domestic-violence-refuge"),
        ("violences conjugales hébergement", "domestic-violence-refuge"),
        ("counsellor for teens", "youth-mental-health"),
        ("à la rue ce soir", "emergency-shelter"),
        ("kiné et psy", None),
        ("deuil enfant", None),
    ],
)
def test_two_things_may_mean_a_third(words: Vocabulary, towns: PlaceIndex, text: str, aim: str | None) -> None:
    meant = understand(text, words, towns)
    assert (meant.aim.code if meant.aim else None) == aim
    assert aim is None or meant.terms[0].code == aim


def test_what_two_things_mean_is_a_need_of_ours(words: Vocabulary) -> None:
    for one, other, meant in heard.together():
        assert words.need(meant), meant
        for code in (one, other):
            assert words.need(code) or tags.known(code) or code == tags.CHEAP or code.startswith("open:"), code


@pytest.mark.parametrize(
    ("text", "written", "also"),
    [
        ("EBT", ("ebt",), ("food", "stamps")),
        ("food stamps", ("food", "stamps"), ("snap",)),
        ("SEP kiné", ("sep",), ("sclerose", "plaques")),
        ("autisim group", ("autisim",), ("autism",)),
        ("fisioterapeuta", ("fisioterapeuta",), ("physiotherapy",)),
    ],
)
def test_one_thing_has_several_ways_of_being_written(
    words: Vocabulary, towns: PlaceIndex, text: str, written: tuple[str, ...], also: tuple[str, ...]
) -> None:
    assert also in dict(understand(text, words, towns).alike)[written]


@pytest.mark.parametrize(
    ("text", "written", "also"),
    [
        ("lactat", ("lactat",), ("breastfeeding",)),
        ("help with phone bi", ("phone", "bi"), ("free", "phone")),
        ("job trai", ("job", "training"), ("formation", "professionnelle")),
    ],
)
def test_half_of_one_thing_is_looked_for_as_it_is_called_besides(
    words: Vocabulary, towns: PlaceIndex, text: str, written: tuple[str, ...], also: tuple[str, ...]
) -> None:
    assert also in dict(understand(text, words, towns).alike)[written]


@pytest.mark.parametrize("text", ["lactat ", "school", "food", "lac", "phone bill"])
def test_what_is_no_half_of_one_thing_alone_is_not(words: Vocabulary, towns: PlaceIndex, text: str) -> None:
    """Typed to its end, the beginning of several, too short, or whole."""
    alike = understand(text, words, towns).alike
    assert all(words == tuple(text.split()) and words not in ways for words, ways in alike)
    assert bool(alike) == (text in ("food", "phone bill"))


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("nursing home", "care-home"), ("nursing at home", "nursing-at-home"), ("home nursing", "nursing-at-home"),
        ("nursing ho", "care-home"), ("garde d’enfants", "childcare"), ("garde de mes enfants", "family-law"),
        ("teen par", "parenting-support"), ("animal shelter", "pet-care"),
        ("domestic vilence sh", "domestic-violence-refuge"), ("car rep", "mobility-aid"),
    ],
)  # fmt: skip
def test_of_two_needs_the_one_that_is_called_just_so(
    words: Vocabulary, towns: PlaceIndex, text: str, need: str
) -> None:
    assert [term.code for term in understand(text, words, towns).terms] == [need]


@pytest.mark.parametrize("text", ["walker", "mentor", "native american", "ulis", "colonie", "lice"])
def test_everyday_words_are_no_town_and_no_half_of_another_word(
    words: Vocabulary, towns: PlaceIndex, text: str
) -> None:
    meant = understand(text, words, towns)
    assert meant.place is None
    assert "employment-law" not in [term.code for term in meant.terms]


@pytest.mark.parametrize(
    ("text", "whom"),
    [
        ("food for seniors", "age:senior"),
        ("handica", "for:disabled"),
        ("interpre", "interpreter"),
        ("russian sp", "lang:ru"),
        ("psy qui parle arabe", "lang:ar"),
        ("dentiste 15 ans", None),
        ("kiné gratuit", None),
        ("kiné", None),
    ],
)
def test_those_it_is_wished_for_have_names(words: Vocabulary, towns: PlaceIndex, text: str, whom: str | None) -> None:
    meant = understand(text, words, towns)
    assert [tag for tag, _ in meant.for_whom] == ([whom] if whom else [])
    assert whom is None or not meant.words


def test_a_misspelt_need_is_looked_for_as_it_is_spelt(words: Vocabulary, towns: PlaceIndex) -> None:
    assert understand("food pantrie", words, towns).said == ("food", "pantry")


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("psy mais pas à distance", "mode:on-site"), ("counselling not online", "mode:on-site"),
        ("not for men shelter", "for:women"), ("hébergement sans hommes ni enfants", "for:women"),
        ("sans enfants hébergement", ""), ("psy pas en arabe", ""), ("kiné pas que pour femmes", "for:women"),
        ("je veux pas, kiné pour femmes", "for:women"), ("kiné pas cher", ""), ("gp no appointment", "walk-in"),
        ("i don't speak english, need a doctor", "interpreter"), ("je parle pas français besoin docteur", "interpreter"),
    ],
)  # fmt: skip
def test_what_is_denied_is_not_wished_for(words: Vocabulary, towns: PlaceIndex, text: str, tags: str) -> None:
    meant = understand(text, words, towns)
    assert (set(meant.tags), meant.words) == (set(tags.split()), ())


@pytest.mark.parametrize(
    "text", ["kiné pas chère", "affordable physio", "kiné à petit prix", "cheap physio", "kiné pas trop cher"]
)
def test_a_small_price_is_no_filter(words: Vocabulary, towns: PlaceIndex, text: str) -> None:
    meant = understand(text, words, towns)
    assert (meant.cheap, meant.tags, meant.words) == (True, (), ())
    wish = next(part for part in meant.parts if part.code == "cheap")
    assert not understand(meant.without(wish), words, towns).cheap
    assert not understand(meant.plainly(wish), words, towns).cheap


def test_what_is_said_twice_goes_at_once(words: Vocabulary, towns: PlaceIndex) -> None:
    meant = understand("sport non mixte pour femmes à Rennes", words, towns)
    women = next(part for part in meant.parts if part.code == "for:women")
    assert meant.without(women) == "sport à Rennes"
    assert meant.plainly(women) == 'sport "non mixte" "pour femmes" à Rennes'


def test_what_stands_after_without_is_not_wanted(words: Vocabulary, towns: PlaceIndex) -> None:
    assert understand("arrêter de boire sans aller à l'hôpital", words, towns).words == ()


def test_a_heading_of_one_word_beside_others_is_a_word(words: Vocabulary, towns: PlaceIndex) -> None:
    assert understand("foster care", words, towns).terms == ()
    assert [term.code for term in understand("care", words, towns).terms] == ["care"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("autisim group falmuth", "Falmouth"),
        ("kestral bay", ""),
        ("le dortoir de Gerlande", ""),
        ("rien a bouffer lyon", "Lyon"),
    ],
)
def test_a_misspelt_town_stands_last(words: Vocabulary, towns: PlaceIndex, text: str, place: str) -> None:
    found = understand(text, words, towns).place
    assert (found.name if found else "") == place


@pytest.mark.parametrize("text", ["employment advis", "étudiants associa"])
def test_what_may_become_an_everyday_word_is_no_misspelt_town(words: Vocabulary, towns: PlaceIndex, text: str) -> None:
    assert understand(f"{text} ", words, towns).place
    assert not understand(text, words, towns).place


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("homemade bread", "home-care"),
        ("flood damage", "food"),
        ("compression stockings", "addiction"),
        ("contravention", "sexual-health"),
    ],
)
def test_an_everyday_word_is_no_slip_of_ours(words: Vocabulary, towns: PlaceIndex, text: str, need: str) -> None:
    assert need not in {term.code for term in understand(text, words, towns).terms}


def test_towns_of_everyday_words_are_still_found(words: Vocabulary, towns: PlaceIndex) -> None:
    for town in ("Avion", "Colombes", "Plaisir", "Saint-Jean-de-Luz", "La Tour-du-Pin", "Palm Springs"):
        for text in (town.lower(), f"dentiste à {town}"):
            found = understand(text, words, towns).place
            assert (found.name if found else "") == town


@pytest.mark.parametrize(("text", "wish"), [("papie", "for:older-people"), ("childh", "for:children")])
def test_what_may_become_another_word_is_no_misspelt_wish(
    words: Vocabulary, towns: PlaceIndex, text: str, wish: str
) -> None:
    assert understand(f"{text} ", words, towns).tags == (wish,)
    assert understand(text, words, towns).tags == ()
    assert understand("mutuell", words, towns).tags  # it may become nothing else


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("kiné à dom", "mode:home-visit"), ("psy avec un homm", "by:male"), ("counselling by vid", "mode:remote"),
        ("kiné gratui", "free"), ("cours de français en lig", "mode:remote"),
        ("kiné à dom ", ""), ("kiné mino", ""), ("wheelch", ""), ("kiné à dol", ""),
    ],
)  # fmt: skip
def test_half_a_wish_is_understood_where_it_can_become_one_only(
    words: Vocabulary, towns: PlaceIndex, text: str, tag: str
) -> None:
    assert " ".join(understand(text, words, towns).tags) == tag


def test_of_two_phrases_the_one_that_says_more_is_read(words: Vocabulary, towns: PlaceIndex) -> None:
    """`i have nothing` is a phrase of three words, and two of them say nothing."""
    assert [term.code for term in understand("i have nothing to eat", words, towns).terms] == ["food"]


def test_what_is_no_need_after_all_may_be_a_wish(words: Vocabulary, towns: PlaceIndex) -> None:
    meant = understand("sdf avec chien ce soir", words, towns)
    assert (meant.tags, meant.words) == (("for:homeless",), ("chien",))
    assert meant.aim
    assert meant.aim.code == "emergency-shelter"


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("quelqu'un pour tenir compagnie à ma grand-mère", "befriending"), ("keep my nan company", "befriending"),
        ("i want to talk to somebody", "counselling"), ("je vais pas bien", "mental-health"),
        ("my wife passed away", "bereavement-counselling"), ("they cut off my electricity", "energy-advice"),
        ("help finding a flat", "housing-search"), ("m'emmener à l'hôpital", "transport"),
        ("souffler un week-end", "respite"), ("faire garder ma fille", "childcare"),
        ("mon fils ne m'obéit plus", "parenting-support"), ("ma fille de 15 ans se scarifie", "youth-mental-health"),
        ("sans papiers malade", "health-access-clinic"),
    ],
)  # fmt: skip
def test_sentences_of_people_name_a_need(words: Vocabulary, towns: PlaceIndex, text: str, need: str) -> None:
    assert understand(text, words, towns).terms[0].code == need


def test_half_a_phrase_is_looked_for_as_a_name_in_the_way_it_goes_on(words: Vocabulary, towns: PlaceIndex) -> None:
    assert understand("homeless sh", words, towns).whole == ("homeless", "shelter")
    assert understand("home ca", words, towns).whole == ()
    assert understand("veter", words, towns).said == ("veter",)


def test_half_a_word_beside_a_need_is_no_second_need(words: Vocabulary, towns: PlaceIndex) -> None:
    """`veter` may become a veteran."""
    assert [term.code for term in understand("counselling for veter", words, towns).terms] == ["counselling"]
    assert [term.code for term in understand("veter", words, towns).terms] == ["pet-care"]


def test_half_a_little_word_is_a_word(words: Vocabulary, towns: PlaceIndex) -> None:
    assert understand("legal ai", words, towns).said == ("legal", "aid")


def test_a_need_read_from_nothing_but_half_a_word_is_a_guess(words: Vocabulary, towns: PlaceIndex) -> None:
    assert understand("suici", words, towns).guessed
    assert not understand("meals on w", words, towns).guessed
    assert not understand("suicide", words, towns).guessed


def test_whom_it_is_about_is_not_looked_for(words: Vocabulary, towns: PlaceIndex) -> None:
    assert understand("mon mari me frappe", words, towns).said == ("frappe",)


def test_having_no_insurance_is_a_wish_beside_a_need(words: Vocabulary, towns: PlaceIndex) -> None:
    meant = understand("detox no insurance", words, towns)
    assert [term.code for term in meant.terms] == ["alcohol-withdrawal"]
    assert meant.tags == (tags.FREE,)


def test_whose_wife_it_is_says_nothing_of_who_comes(words: Vocabulary, towns: PlaceIndex) -> None:
    assert understand("ma femme me frappe", words, towns).tags == ()
    assert understand("psychologue pour ma femme", words, towns).tags == ("for:women",)


@pytest.mark.parametrize(
    ("text", "in_passing"),
    [
        ("where can i sleep tonight", True),
        ("j'ai faim", True),
        ("dormir ce soir", True),
        ("aide juridique", False),
        ("food bank", False),
    ],
)
def test_a_word_of_a_sentence_is_no_name(words: Vocabulary, towns: PlaceIndex, text: str, in_passing: bool) -> None:
    assert understand(text, words, towns).in_passing is in_passing


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("logement durgence", "emergency-shelter"), ("besoin davocat", "legal-advice"), ("aide a lalimentation", "food"),
        ("hebergement durgence", "emergency-shelter"), ("jai besoin daide pour lalcool", "addiction"), ("lhopital", "health"),
    ],
)  # fmt: skip
def test_an_apostrophe_may_be_left_out(words: Vocabulary, towns: PlaceIndex, text: str, need: str) -> None:
    meant = understand(text, words, towns)
    assert ([term.code for term in meant.terms], meant.words) == ([need], ())
    part = next(part for part in meant.parts if part.kind == "need")
    assert understand(meant.plainly(part), words, towns).terms == ()


@pytest.mark.parametrize("text", ["dance class", "lotus", "dents", "shelter lease"])
def test_a_word_that_is_one_is_not_cut(words: Vocabulary, towns: PlaceIndex, text: str) -> None:
    meant = understand(text, words, towns)
    assert [part.text for part in meant.parts if part.kind != "need"] == [
        word for word in text.split() if word not in ("shelter",)
    ]


@pytest.mark.parametrize(
    "text", ["médecin fièvre", "médecin hanche", "doctor cough", "médecin règles", "kidney doctor"]
)
def test_what_hurts_is_no_town(words: Vocabulary, towns: PlaceIndex, text: str) -> None:
    meant = understand(text, words, towns)
    assert (meant.place, [term.code for term in meant.terms]) == (None, ["primary-care"])


@pytest.mark.parametrize(
    ("text", "broad"), [("addiction", True), ("arrêter de boire", True), ("hand therapy", False), ("kiné psy", False)]
)
def test_a_need_with_narrower_ones_is_broad(words: Vocabulary, towns: PlaceIndex, text: str, broad: bool) -> None:
    assert understand(text, words, towns).broad is broad


@pytest.mark.parametrize(
    ("text", "need", "tags", "left"),
    [
        ("internet pas cher pour la maison", "digital-inclusion", ("cheap",), "maison"),
        ("dialysis not too expensive", "", ("cheap",), "dialysis"),
        ("wig after chemo", "", (), "wig chemo"),
        ("perruque après une chimio", "", (), "perruque chimio"),
        ("early even", "", (), "early even"),
    ],
)
def test_words_in_passing_say_nothing_and_eat_no_wish(
    words: Vocabulary, towns: PlaceIndex, text: str, need: str, tags: tuple[str, ...], left: str
) -> None:
    meant = understand(text, words, towns)
    assert [term.code for term in meant.terms] == ([need] if need else [])
    assert meant.cheap is ("cheap" in tags)
    assert (" ".join(meant.words), meant.place) == (left, None)


@pytest.mark.parametrize(
    ("text", "tags", "place"),
    [
        ("reconversion à 45 ans", ("age:adult",), None), ("summer job for 15 year old", ("age:minor",), None),
        ("mon fils a 17 ans", ("age:minor",), None), ("physio for 8 year olds truro", ("age:minor",), "Truro"),
        ("sobre depuis 3 ans", (), None), ("avc il y a 30 ans", (), None), ("sober for 20 years", (), None),
    ],
)  # fmt: skip
def test_an_age_is_no_department_and_a_while_is_no_age(
    words: Vocabulary, towns: PlaceIndex, text: str, tags: tuple[str, ...], place: str | None
) -> None:
    meant = understand(text, words, towns)
    assert tuple(tag for tag in meant.tags if tag.startswith("age:")) == tags
    assert (meant.place.name if meant.place else None) == place


@pytest.mark.parametrize(
    ("text", "need"), [("HAD lyon", "nursing-at-home"), ("had", "nursing-at-home"), ("my sister had twins", "")]
)
def test_a_short_form_that_is_a_little_word_is_written_large(
    words: Vocabulary, towns: PlaceIndex, text: str, need: str
) -> None:
    assert [term.code for term in understand(text, words, towns).terms] == ([need] if need else [])
