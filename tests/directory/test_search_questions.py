"""Addresses of searches, read and written, and the words marked in an answer. Pure."""

import pytest

from referrals.directory.routes.doors import SENTENCES, doors
from referrals.directory.routes.doubts import doubts, possible
from referrals.directory.routes.marks import marked
from referrals.directory.routes.question import PAGES, Look, Question, line, many, point, question
from referrals.kit import i18n
from referrals.kit.geo import Km, LatLon
from referrals.kit.html import Addresses
from referrals.taxonomy.vocabulary import Vocabulary


@pytest.fixture(autouse=True)
def english() -> None:
    i18n.speak("en")


URL = Addresses({"services": "/services"})


def read(query: str) -> Question:
    return question(many([(name, value) for name, _, value in (part.partition("=") for part in query.split("&"))]))


def test_an_address_says_the_whole_question_and_nothing_that_was_not_asked() -> None:
    asked = Question(
        "kiné", "Lyon", Km(5), "physiotherapy", ("free", "lang:ar"), open=True, order="soon", page=2,
        map=Look(LatLon(45.75, 4.85), Km(12.5)), kept="0190a2b4-0000-7000-8000-000000000001",
    )  # fmt: skip
    assert (
        asked.where(URL) == "/en/services?q=kin%C3%A9&near=Lyon&km=5&need=physiotherapy&tag=free&tag=lang%3Aar&open=now"
        "&order=soon&page=2&map=45.75%2C4.85%2C12.5&s=0190a2b4-0000-7000-8000-000000000001"
    )
    assert question({name: [str(v) for v in (value if isinstance(value, list) else [value])] for name, value in asked.query().items()}) == asked  # fmt: skip
    assert Question().where(URL) == "/en/services"


def test_a_change_begins_at_page_one_with_the_whole_map() -> None:
    asked = Question("kiné", page=4, map=Look(LatLon(1, 2), Km(3)))
    assert asked.wishing("free") == Question("kiné", tags=("free",))
    assert asked.wishing("free").wishing("free").tags == ("free",)
    assert asked.but(page=5).page == 5


def test_older_addresses_still_mean_what_they_meant() -> None:
    assert read("speaks=ar&remote=yes").tags == ("lang:ar", "mode:remote")
    assert read("remote=no").tags == ("mode:on-site", "mode:home-visit", "mode:outreach")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("50.263411,-5.051999", "50.26,-5.05"),
        ("48.1, -1.7", "48.1,-1.7"),
        ("48.1;-1.7", "48.1,-1.7"),
        ("95,0", ""),
        ("12,200", ""),
        ("999999,1", ""),
        ("69003", "69003"),
        ("Truro, Cornwall", "Truro, Cornwall"),
    ],
)
def test_a_point_is_kept_no_finer_than_a_kilometre(typed: str, kept: str) -> None:
    assert read(f"near={typed}").near == kept


def test_a_line_is_printable_and_bounded() -> None:
    assert line("  kiné\x00\n\u202egenou \t") == "kiné genou"
    assert len(line("x" * 10_000)) == 200
    assert point("nan,nan") is None


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("km=-1", "“-1” is not a distance"),
        ("km=1e9", "“1e9” is not a distance"),
        ("km=nan", "“nan” is not a distance"),
        ("page=1000000000", "There is no page “1000000000”"),
        ("page=-3", "There is no page “-3”"),
        ("need=unicorns", "We do not know the need “unicorns”"),
        ("speaks=qqq", "We do not know the language “qqq”"),
        ("lang=xx", "We do not know the language “xx”"),
        ("tag=lang:xx-none", "We do not know the language “xx-none”"),
        ("tag=for:unicorns", "We do not know the filter “for:unicorns”"),
        ("tag=%27", "We do not know the filter “%27”"),
        ("near=95,200", "“95,200” is nowhere on the earth"),
        ("order=best", "We could not read this part of the address: order=best"),
        ("map=1,2", "We could not read this part of the address: map=1,2"),
        ("q=" + "x" * 300, "we read the first 200 letters"),
        ("tag=" + "y" * 300, "y…”"),
    ],
)
def test_what_cannot_be_asked_is_said_and_left_out(address: str, said: str, words: Vocabulary) -> None:
    params = many([tuple(part.split("=", 1)) for part in address.split("&")])  # type: ignore[misc]  # two parts each
    asked = possible(question(params), words)
    (sentence,) = doubts(params, asked)
    assert said in sentence
    assert asked in (Question(), Question(q="x" * 200), Question(page=PAGES))


@pytest.mark.parametrize("typed", ["😀🧑‍⚕️", '+ - " ( ) : *'])
def test_a_line_without_a_word_is_said_to_have_none(typed: str) -> None:
    params = many([("q", typed)])
    (sentence,) = doubts(params, question(params))
    assert sentence.startswith("We cannot read a word in “")


def test_what_nobody_can_see_is_asked_for_by_nobody() -> None:
    params = many([("q", "\x00"), ("need", "\x00\x01"), ("tag", "\x00"), ("page", "\u200b")])
    assert doubts(params, question(params)) == []


def test_a_good_address_raises_no_doubt(words: Vocabulary) -> None:
    params = many([("q", "kiné"), ("km", "12,5"), ("tag", "free"), ("tag", "lang:ar"), ("page", "2"), ("order", "near"), ("remote", "yes"), ("open", "now"), ("map", "1,2,30")])  # fmt: skip
    assert doubts(params, possible(question(params), words)) == []


def test_every_need_stands_behind_a_question_and_none_that_nothing_answers(words: Vocabulary) -> None:
    everything = set(words.terms["need"])
    behind = {need.code for door in doors(words, everything) for need in door.needs}
    assert behind == {code for code in everything if words.terms["need"][code].taggable}
    (only,) = doors(words, {"rent-arrears", "housing-dom"})
    assert (only.text, [need.code for need in only.needs]) == ("Where to sleep", ["rent-arrears"])


def test_the_questions_name_needs_that_exist(words: Vocabulary) -> None:
    assert all(words.need(code) for said in SENTENCES for code in (*said.first, *filter(None, [said.heading])))


@pytest.mark.parametrize(
    ("text", "asked", "seen"),
    [
        ("Kinésithérapie du genou", "kine genou", "<mark>Kinésithérapie</mark> du <mark>genou</mark>"),
        ("Genoux et dos", "genou", "<mark>Genoux</mark> et dos"),
        ("Knee clinic for knees", "knees", "<mark>Knee</mark> clinic for <mark>knees</mark>"),
        ("Physiotherapy", "phisiotherapy", "<mark>Physiotherapy</mark>"),
        ("A bed for tonight", "bed", "A <mark>bed</mark> for tonight"),
        ("Bedford House", "bed", "Bedford House"),
        (
            "Café <script>alert(1)</script> & co",
            "cafe",
            "<mark>Café</mark> &lt;script&gt;alert(1)&lt;/script&gt; &amp; co",
        ),
        ("<b>gras</b>", "gras b", "&lt;<mark>b</mark>&gt;<mark>gras</mark>&lt;/<mark>b</mark>&gt;"),
        ("Food bank", "food bank", "<mark>Food bank</mark>"),
        ("Nothing here", "", "Nothing here"),
    ],
)
def test_words_are_marked_and_everything_else_is_escaped(text: str, asked: str, seen: str) -> None:
    assert str(marked(text, tuple(asked.split()))) == seen
