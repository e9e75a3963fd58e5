"""Danger in words, and the numbers that answer it."""

from datetime import date, timedelta
from itertools import combinations

import pytest
import yaml

from referrals.directory.search.crisis import dangers, help_for, phrases
from referrals.directory.search.helplines import DANGERS, books, lines_of
from referrals.directory.search.tokens import read
from referrals.kit.settings import from_environment, seed_home
from referrals.kit.text import fold

COUNTRIES = ("CA", "FR", "GB", "US")


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("suicide", "suicide"),
        ("sucide", "suicide"),
        ("suiside", "suicide"),
        ("je veux mourir", "suicide"),
        ("je veu mourrir", "suicide"),
        ("J'AI ENVIE DE MOURIR", "suicide"),
        ("jai vraiment plus envie de vivre", "suicide"),
        ("I want to die", "suicide"),
        ("i wanna dye.. i want to dye", "suicide"),
        ("my daughter cuts herself truro", "suicide"),
        ("soutien après un suicide", "suicide"),
        ("il me frappe", "violence"),
        ("il me frape tout le temps", "violence"),
        ("il va me tué", "violence"),
        ("jveu mourir", "suicide"),
        ("mon mari me tape dessus", "violence"),
        ("he hits me", "violence"),
        ("he keeps hiting me", "violence"),
        ("my husband hits me", "violence"),
        ("scared of my ex", "violence"),
        ("foyer femme battue lyon", "violence"),
        ("domestic violence shelter truro", "violence"),
        ("j'ai été violée", "sexual-violence"),
        ("i was raped", "sexual-violence"),
        ("mon père me frappe", "violence child"),
        ("my dad hits me", "violence child"),
        ("quiero morir", "suicide"),
        ("mi esposo me pega", "violence"),
        ("m vle mouri", "suicide"),
        ("хочу умереть", "suicide"),
        ("زوجي يضربني", "violence"),
        ("enfant en danger", "life child"),
        ("my husband hits the kids", "child"),
        ("overdose", "overdose"),
        ("overdoze", "overdose"),
        ("my son took too many pills", "overdose"),
        ("on m'a pris mon passeport", "trafficking"),
        ("human traficking", "trafficking"),
        ("they took my passport and i am forced to work", "trafficking"),
        ("where can i sleep tonight", "night"),
        ("où dormir ce soir", "night"),
        ("hébergement d'urgence Lyon", "night"),
        ("help i cant breathe", "life"),
        ("A&E", "life"),
        ("je cherche une formation car mon fils parle de suicide", "suicide"),
        ("j'ai plus la force de vivre", "suicide"),
        ("je vais faire une connerie", "suicide"),
        ("nobody would miss me", "suicide"),
        ("i dont want to be here any more", "suicide"),
        ("my partner is so controlling", "violence"),
        ("il contrôle mon argent", "violence"),
        ("I don't feel safe at home", "violence"),
        ("mon copain m'a forcée", "sexual-violence"),
        ("i was drugged", "sexual-violence"),
        ("i took too much paracetamol", "overdose"),
        ("j'ai pris trop de doliprane", "overdose"),
        ("my baby isn't breathing", "life"),
        ("mon ami ne se réveille plus", "life"),
        ("mon fils parle de se tuer", "suicide"),
        ("my son tried to hang himself", "suicide"),
        ("i hear voices telling me to kill", "suicide"),
        ("je veux sauter par la fenêtre", "suicide"),
        ("i cant do this anymore", "suicide"),
        ("il a un couteau", "violence"),
        ("he has a gun", "violence"),
        ("he put his hands round my throat", "violence"),
        ("il me donne des coups de pied", "violence"),
        ("on me touche la nuit", "sexual-violence"),
        ("kids next door being hit", "violence child"),
        ("mon fils a disparu", "child"),
        ("he took too much heroin", "overdose"),
        ("j'ai trop bu et pris des cachets", "overdose"),
        ("il fait un malaise il est tout bleu", "life"),
        ("my son is having a seizure", "life"),
        ("elle s'est coupé les poignets", "suicide"),
        ("my daughter wrote a goodbye letter", "suicide"),
        ("quelqu'un m'a agressée", "violence"),
        ("he slapped my face", "violence"),
        ("my teacher touched my daughter", "sexual-violence child"),
        ("ma soeur a pris plein de somnifères", "overdose"),
        ("my friend drank bleach", "overdose"),
        ("he's choking", "life"),
        ("they keep my passport", "trafficking"),
        ("choking hazard", ""),
        ("locked out of my flat", ""),
        ("garde mes enfants", ""),
        ("thrown out furniture collection", ""),
        ("my partner throws things at me", "violence"),
        ("il a cassé mon bras", "violence"),
        ("heart stopped", "life"),
        ("heart attack rehabilitation", ""),
        ("rééducation après crise cardiaque", ""),
        ("viole de gambe", ""),
        ("collapsed lung physio", ""),
        ("coup de main déménagement", ""),
        ("gun licence", ""),
        ("je me coupe", "suicide"),
        ("je me coupe les cheveux", ""),
        ("me battre contre la maladie", ""),
        ("overdose de paperasse", ""),
        ("dog grooming", ""),
        ("rape seed oil", ""),
        ("kicked out of school", ""),
        ("kicked out of my house", "night"),
        ("mise à la porte de mon travail", ""),
        ("would i be better off in work", ""),
        ("suicide prevention training course for staff", ""),
        ("formation prévention du suicide pour les soignants", ""),
        ("domestic violence awareness poster", ""),
        ("kiné genou lyon 3", ""),
        ("violet", ""),
        ("violon lyon", ""),
        ("banque alimentaire rennes", ""),
        ("substance abuse", ""),
        ("dying to dance", ""),
        ("restaurant", ""),
        ("", ""),
        ("🙂 ; DROP TABLE", ""),
    ],
)
def test_words_that_mean_danger_are_heard(text: str, kinds: str) -> None:
    assert dangers(text) == tuple(kinds.split())


@pytest.mark.parametrize(
    ("text", "country", "first"),
    [
        ("je veux mourir", "FR", "3114"),
        ("he hits me", "FR", "17"),
        ("mon fils a fait une overdose", "FR", "15"),
        ("enfant battu", "FR", "119"),
        ("où dormir ce soir", "FR", "115"),
        ("i want to die", "GB", "116 123"),
        ("he hits me", "GB", "999"),
        ("where can i sleep tonight", "GB", "0808 800 4444"),
        ("i want to die", "CA", "988"),
        ("il me frappe", "CA", "911"),
        ("i want to die", "US", "988"),
        ("overdose", "US", "911"),
    ],
)
def test_the_right_number_of_the_country_comes_first(text: str, country: str, first: str) -> None:
    found = help_for(text, country)
    assert found is not None
    assert found.country == country
    assert found.lines[0].call == first


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("mon bébé a bu de la javel", "FR", "01 45 42 59 59"),
        ("my toddler swallowed bleach", "CA", "1-844-764-7669"),
        ("my toddler swallowed bleach", "US", "1-800-222-1222"),
        ("the neighbour beats his kids", "GB", "0808 800 5000"),
        ("mon oncle vient dans ma chambre", "FR", "119"),
        ("à la maison de retraite ils attachent ma mère", "FR", "3977"),
    ],
)
def test_whoever_knows_the_danger_is_among_those_who_answer(text: str, country: str, number: str) -> None:
    found = help_for(text, country)
    assert found is not None
    assert number in [line.call for line in found.lines]


def test_somebody_who_is_hit_gets_a_way_without_speaking() -> None:
    found = help_for("il me frappe", "FR")
    assert found is not None
    assert [line.text for line in found.lines if line.silent] == ["114"]
    british = help_for("he hits me", "GB")
    assert british is not None
    assert "55" in british.lines[0].silent["en"]


def test_two_dangers_bring_the_first_numbers_of_both() -> None:
    found = help_for("mon père me frappe", "FR")
    assert found is not None
    assert {line.call for line in found.lines[:2]} == {"17", "119"}


def test_a_number_that_is_typed_alone_is_explained() -> None:
    found = help_for("39 19", "FR")
    assert found is not None
    assert [line.call for line in found.lines] == ["3919"]
    assert "violence" in found.dangers


def test_no_danger_and_no_country_of_ours_bring_nothing() -> None:
    assert help_for("kiné lyon", "FR") is None
    assert help_for("je veux mourir", "ZZ") is None


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_country_has_its_lines_said_in_both_languages_and_dated(country: str) -> None:
    found = lines_of(country)
    assert found is not None
    for line in found.lines:
        assert line.source.startswith(("https://", "http://"))
        assert all(line.name[language] and line.what[language] for language in ("fr", "en"))
        assert all(set(said) in (set(), {"fr", "en"}) for said in (line.open, line.silent))
        assert (line.tel or line.sms or "").isdigit()
    assert all(books()[country].against((danger,)).lines for danger in DANGERS)


@pytest.mark.parametrize("country", COUNTRIES)
def test_nobody_has_forgotten_to_check_the_numbers_for_a_year(country: str) -> None:
    """Fails when they are stale: read `seed/crisis/README.md`, check every line, then change the date."""
    today = date.today()  # noqa: DTZ011, the day of whoever runs this
    assert [line.key for line in books()[country].stale(today)] == []


def test_numbers_are_stale_a_year_and_a_day_after_they_were_checked() -> None:
    book = books()["FR"]
    checked = book.all().checked
    assert book.stale(checked.replace(year=checked.year + 1)) == ()
    assert len(book.stale(checked.replace(year=checked.year + 1) + timedelta(days=1))) == len(book.lines)


def test_a_deployment_says_whose_numbers_it_shows(tmp_path: object) -> None:
    env = {"REFERRALS_DATA": str(tmp_path)}
    assert from_environment(env).country == "FR"
    assert from_environment(env | {"REFERRALS_COUNTRY": "GB"}).country == "GB"
    with pytest.raises(ValueError, match="REFERRALS_COUNTRY must be one of CA, FR, GB, US"):
        from_environment(env | {"REFERRALS_COUNTRY": "Mars"})


def test_a_long_text_is_heard_too() -> None:
    assert dangers("mot " * 300 + "je veux mourir") == ("suicide",)
    assert dangers("mot " * 5000) == ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("j'en peu plus de vivre", "suicide"),
        ("je vais me foutre en lair", "suicide"),
        ("mon fils dit qu'il va se tuer", "suicide"),
        ("elle s'est ouvert les veines", "suicide"),
        ("thinking about ending it", "suicide"),
        ("i dont want to wake up tomorrow", "suicide"),
        ("she tried to kill herself", "suicide"),
        ("il ma etrangler", "violence"),
        ("je suis sequestré", "violence"),
        ("violance conjugale", "violence"),
        ("son mari la frappe", "violence"),
        ("he chocked me last night", "violence"),
        ("mon pere me touche", "sexual-violence"),
        ("my dad touches me", "sexual-violence"),
        ("i've been drugged and assaulted", "sexual-violence"),
        ("mon voisin bat ses enfants", "child"),
        ("my husband beats our kids", "child"),
        ("she took a whole bottle of pills", "overdose"),
        ("elle a avalé une boîte de médicaments", "overdose"),
    ],
)
def test_danger_is_heard_of_others_too_and_without_accents(text: str, kind: str) -> None:
    assert kind in dangers(text)


@pytest.mark.parametrize(
    "text",
    [
        "overdose de travail", "mourir de rire", "mort de fatigue", "le dos me frappe", "mon genou me tue", "my back hurts me",
        "my knee is killing me", "dying of hunger", "killing time", "viol d'une copropriété", "dv camera repair",
        "thèse sur les violences conjugales", "suicide prevention training for staff", "trafic routier", "cut my hair",
        "pill box for my mother", "mourir à domicile soins palliatifs", "dead end job",
    ],
)  # fmt: skip
def test_what_only_sounds_like_danger_is_none(text: str) -> None:
    assert dangers(text) == ()


def test_danger_beside_a_manner_of_speaking_is_heard() -> None:
    assert dangers("mort de honte, je veux mourir") == ("suicide",)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("he took pills and is not responding", "overdose"),
        ("jai avalé tout le tube de cachets", "overdose"),
        ("le petit a bu du produit vaisselle", "overdose"),
        ("mon fils ne répond plus", "life"),
        ("gran fell and she cannot get up, not moving", "life"),
        ("mon pere a mal a la poitrine et au bras", "life"),
        ("je veux dormir et ne plus me réveiller", "suicide"),
        ("life isnt worth it any more", "suicide"),
        ("mon ex est devant ma porte avec un couteau", "violence"),
        ("mon mari me laisse pas sortir", "violence"),
        ("my partner gets violent when hes drunk", "violence"),
        ("les parents d en face battent leur gosse", "child"),
        ("my boss locks us in and doesnt pay", "trafficking"),
        ("il me force a faire le trottoir", "trafficking"),
        ("mon voisin touche ma fille", "sexual-violence"),
        ("sleeping in the car with my kids", "night"),
        ("un couteu, il attend devant chez moi", "violence"),
        ("il ma balancé contre le mur", "violence"),
        ("my flatmate got in my bed while i was asleep", "sexual-violence"),
        ("mamie a melangé ses cachets et du vin", "overdose"),
        ("bebe 2 mois brulant et tout mou", "life"),
        ("my landlord wants to throw me out", "night"),
        ("il me prend mon téléphone et mon argent", "violence"),
        ("he checks my phone and keeps my bank card", "violence"),
        ("je dois lui demander la permission pour voir ma soeur", "violence"),
        ("he put a tracker on my car", "violence"),
        ("à la maison de retraite ils attachent ma mère", "violence"),
        ("dad hurts me", "child"),
        ("mon oncle vient dans ma chambre", "child"),
        ("an older man online wants my daughter to send pictures", "child"),
        ("my parents are sending my sister abroad to be cut", "child"),
        ("ma fille 15 an parti pas rentré", "child"),
        ("avc mon pere", "life"),
        ("suddenly he can't lift his arm", "life"),
        ("elle accouche dans la voiture", "life"),
        ("il tremble de partout depuis qu'il a arrêté de boire", "overdose"),
        ("i have to work until my debt is paid, they wont let me leave", "trafficking"),
        ("my father talks of joining mum, he's standing on the bridge", "suicide"),
        ("corde pendre moi", "suicide"),
        ("my brother smashes plates when dinner is late", "violence"),
        ("mon mari a jeté mes affaires et nous menace", "violence"),
        ("mamie a des bleus et elle a peur de l'auxiliaire", "violence"),
        ("he won't leave, he put cameras in the living room to watch me", "violence"),
        ("she'll tell immigration if i leave her", "violence"),
        ("how many paracetamol is enough to die", "suicide"),
        ("my daughter hides razors under her bed", "suicide"),
        ("he took the condom off without telling me", "sexual-violence"),
        ("le kiné a mis sa main dans ma culotte", "sexual-violence"),
        ("il y a un enfant tout seul dans la voiture", "child"),
        ("dad comes home drunk and chases us with a belt", "child"),
        ("mixed xanax and vodka", "overdose"),
        ("ça sent le gaz", "life"),
        ("bee sting and my throat is closing", "life"),
        ("the family i clean for keeps my visa", "trafficking"),
        ("motel put us out, kids have nowhere tonight", "night"),
        ("my sister swallowed paint thinner", "overdose"),
        ("femme enceinte frapée", "violence"),
        ("mon prof me demande des photos de moi nue", "child"),
        ("mon frère de 10 ans pas rentré de l'école", "child"),
        ("papa sent plus son bras et parle bizarrement", "life"),
        ("jai avalé du produit pour les wc", "overdose"),
        ("painless way to die", "suicide"),
        ("he calls me crazy and stupid", "violence"),
        ("ex broke into my house last night", "violence"),
        ("son comes back from his dads with marks", "child"),
        ("my little sister is shut in the dark", "child"),
        ("my cousin did things to me when i was little", "sexual-violence"),
        ("motorbike crash, leg open", "life"),
        ("bought a rope today", "suicide"),
        ("my ex stalks me", "violence"),
        ("battue je veux quitter la maison", "violence"),
        ("il ma menacer avec un tournevis", "violence"),
        ("le chauffeur de taxi ma touché la cuisse", "sexual-violence"),
        ("live at my boss's no wages not allowed out", "trafficking"),
        ("malaise mon mari par terre", "life"),
        ("no shelter has space for me and my kids", "night"),
        ("il n'a pas écouté quand j'ai dit non", "sexual-violence"),
    ],
)
def test_a_few_words_close_to_one_another_tell_of_danger_in_any_order(text: str, kind: str) -> None:
    assert kind in dangers(text)


@pytest.mark.parametrize(
    "text",
    [
        "mon fils ne répond plus à mes messages pour l'inscription", "took my tablets prescription renewal", "site ne répond plus",
        "kitchen knife skills class", "pas de réponse de la CAF", "my partner is not well", "my husband takes medication",
        "mon père prend ses médicaments, pilulier", "i dont feel up to it", "mon chien a avalé une pile", "lettre d'adieu collègue retraite",
        "fell behind on rent, cant catch up", "mal au coeur et au bras après vaccin", "left my kids alone with homework club",
        "mon fils a mangé du poisson", "couteau " + "mot " * 12 + "il est devant la porte", "film sur le suicide",
        "dad had a stroke two years ago, help at home", "mon père a eu un avc il y a deux ans", "préparation à l'accouchement",
        "j'ai été battue enfant, aujourd'hui j'écris un livre", "dire adieu à mon appartement", "i hate my haircut", "climbing rope bought second hand", "things to do with my little girl",
        "my son is not home from university yet", "j'ai mangé des champignons de paris", "painless dentist",
        "help with my son, he throws tantrums", "care for spouses, parents, adult children", "collapsed tent repair",
        "il me pousse à chercher du travail", "he beats me at chess", "my husband throws me a birthday party", "facture de gaz trop chère",
        "caméra pour surveiller bébé", "bible study about heaven with my mum", "the wife and i split a cab to work",
        "my computer won't wake up", "i can't go on paying this rent", "climbing rope for the bridge walk", "le chat ne respire plus bien",
        "on m'a volé mon téléphone et mon argent", "my uncle was touched by cancer", "mes enfants attachés dans le siège de la voiture",
        "me suis fait voler", "my grandad cant walk far mobility scooter", "papa peut plus conduire", "le chauffage ne marche plus il fait froid",
    ],
)  # fmt: skip
def test_the_same_words_about_something_else_are_no_danger(text: str) -> None:
    assert dangers(text) == ()


def test_a_sign_is_told_from_its_first_word_to_its_last() -> None:
    text = "bonjour, mon ex attend avec un couteau à Lyon"
    assert [text[start:end] for start, end, _ in phrases(read(text))] == ["ex attend avec un couteau"]


def test_each_sign_needs_as_many_words_as_it_has_groups() -> None:
    """A word that stood in two groups of one sign would hide the other."""
    book = yaml.safe_load((seed_home() / "crisis" / "words.yaml").read_text("utf-8"))
    groups = {name: {fold(str(word)) for word in words} for name, words in book["words"].items()}
    signs = [sign.split() for danger in DANGERS for sign in book["signs"].get(danger, ())]
    assert set(book["signs"]) <= set(DANGERS)
    assert {name.removeprefix("-") for sign in signs for name in sign if name != "+"} == set(groups)
    heard = [[name for name in sign if name != "+" and not name.startswith("-")] for sign in signs]
    assert [sign for sign in heard for one, two in combinations(sign, 2) if groups[one] & groups[two]] == []
    assert [word for words in groups.values() for word in words if " " in word] == []
    assert [name for name, words in book["words"].items() if any(isinstance(word, bool) for word in words)] == []
