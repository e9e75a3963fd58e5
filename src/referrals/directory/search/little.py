"""Words that say nothing of what is looked for, in both languages, folded."""

from typing import Final


def words_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


ARTICLES: Final = words_set("le la les l d de des du un une the a an")
LITTLE: Final = ARTICLES | words_set("""
    a au aux et en ou par pour qu que qui dont avec sans sur y n ne me m te t se s c ce cet cette ces on je j tu il elle
    nous vous ils elles lui leur leurs mon ma mes ton ta tes son sa ses notre nos votre vos moi toi est es suis sommes
    etes sont ai as avons avez ont si mais donc comme tres
    for in of on or to and with by from at so but if as my your his her its our their i you he she we they it him us
    them this that these those is are am was were be been being have has had do does did will would can could should
    may might ve re ll very just also
""")
"""Words that carry nothing by themselves."""
FILLERS: Final = words_set("""
    besoin cherche cherchons recherche rechercher trouver trouve veux veut voudrais voudrait voulons aimerais faire fais
    pouvoir peux peut puis svp merci bonjour salut bonsoir urgent quelqu quelque quelques chose faut comment vraiment
    need needs want wants looking look find get some someone somebody something please hello hi help helping how know lot lots
    quand quel quelle quels quelles combien pourquoi aller va vais vont depuis jamais toujours tout toute tous temps
    without against contre who when what where which go goes going got since always all
    fils fille pere mere maman papa mari epouse conjoint frere soeur copain copine
    1 2 3 4 5 6 7 8 9 deux trois quatre cinq six two three four five
    daughter mum mom mother dad father husband wife brother sister boyfriend girlfriend
    aide aider aidez service services
    today tomorrow aujourd hui demain
    apply applying sign register enroll enrol inscrire inscription demander
    assistance program programs programme programmes pas not any anymore jusqu month months mois week weeks semaine semaines
    jveux jvoudrais jcherche jdois ds pr tt tte bcp ke ki koi pk kelk chuis
    chui jsuis jai jsp jpeux pb quoi pu qlq qlqun stp plz pls thx im ive ill id cant dont gonna wanna gotta rien w
    thats whats wheres hows theres whos things stuff truc trucs dun dune
    doesn didn isn aren wasn weren couldn wouldn shouldn hasn hadn ain
""")
"""Words of the asking and of whom it is for, not of what is asked. Part of a phrase they count; left over they do not."""
PASSING: Final = words_set("""
    about above after again because before below between both during few further here into more most nor once only other others
    than then there through too until while why yet still even ever never much many away along across within anyone everyone
    nobody another else maybe getting take taken taking give given giving make makes made making keep keeps let put come came coming done
    cannot able really afford
    apres avant entre pendant alors aussi autre autres encore meme plus moins trop peu beaucoup parce ici cela ca souvent plusieurs
    lors lorsque afin mettre prendre donner fait faite mis pris chez
""")
"""Likewise, but not last where nothing was typed after it: `even` may become an evening."""
PLACING: Final = words_set("a in near around at vers sur pres autour dans nearby cote close proximite secteur quartier")
"""After these a place is expected."""
SURELY: Final = words_set("near around pres autour nearby close proximite vers secteur")
"""After these nothing but a place is expected."""
LANDMARKS: Final = words_set("""
    gare metro tram arret station hopital mairie place rue avenue boulevard quai port pont ecole lycee fac eglise centre parc stade
    hospital street road square bridge park school church university stadium
""")
"""After `near` one of these, with or without a name, is a place."""
STOPS: Final = words_set("gare metro tram rer arret station")
"""Beside a place they say where in it one arrives, and nothing of what is looked for."""
OFTEN: Final = words_set("every each chaque")
TIMES: Final = words_set(
    "day days night nights morning evening week month jour jours nuit nuits matin soir soirs semaine mois"
)
"""After `every` they say how often, and nothing of what is looked for."""
HOW_OFTEN: Final = OFTEN | TIMES
DENYING: Final = words_set("sans without")
"""What follows is not wanted: `without going to hospital` is no hospital."""
LED_BY: Final = words_set("de d of to the du la le les l")
"""What may stand between such a word and the place."""


def says_nothing(word: str) -> bool:
    return word in LITTLE or word in FILLERS
