"""Hours as people type them, in both languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from referrals.directory import hours


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("lundi 9–12, 14–17; mercredi 9-12", "MO 09:00-12:00; MO 14:00-17:00; WE 09:00-12:00"),
        ("Mon-Fri 9-5", "MO,TU,WE,TH,FR 09:00-17:00"),
        ("du lundi au vendredi de 9h à 12h30 et de 14h à 17h30", "MO,TU,WE,TH,FR 09:00-12:30; MO,TU,WE,TH,FR 14:00-17:30"),
        ("tous les jours 8h30-19h", "MO,TU,WE,TH,FR,SA,SU 08:30-19:00"),
        ("sam. 10h–13h, dimanche fermé", "SA 10:00-13:00"),
        ("lu-ve 9-12 14-17", "MO,TU,WE,TH,FR 09:00-12:00; MO,TU,WE,TH,FR 14:00-17:00"),
        ("Mon–Thu 9–12, 2–5", "MO,TU,WE,TH 09:00-12:00; MO,TU,WE,TH 14:00-17:00"),
        ("mon, wed and fri 9am to noon; tue 1-5pm", "MO,WE,FR 09:00-12:00; TU 13:00-17:00"),
        ("Fri 22:00-2:00", "FR 22:00-02:00"),
        ("week-end 10h à minuit", "SA,SU 10:00-23:59"),
        ("vendredi au lundi 10h-12h", "MO,FR,SA,SU 10:00-12:00"),
        ("24/7", "MO,TU,WE,TH,FR,SA,SU 00:00-23:59"),
        ("Mardi\n9 h 15 – 11 h 45", "TU 09:15-11:45"),
        ("1er lundi du mois 14h-16h", "1MO 14:00-16:00"),
        ("le 1er et le 3e mardi du mois, 14h-16h", "1TU,3TU 14:00-16:00"),
        ("last friday of the month 2pm-4pm", "-1FR 14:00-16:00"),
        ("9h-17h du lundi au vendredi", "MO,TU,WE,TH,FR 09:00-17:00"),
        ("9-12, 14-17 Monday and Tuesday; 10-12 Saturday", "MO,TU 09:00-12:00; MO,TU 14:00-17:00; SA 10:00-12:00"),
        ("9-12 du lundi au jeudi; vendredi 14-17\nsamedi: 9-12", "MO,TU,WE,TH 09:00-12:00; FR 14:00-17:00; SA 09:00-12:00"),
        ("9-12 lun 14-17 mar", "MO 09:00-12:00; TU 14:00-17:00"),
        ("tous les jours sauf dimanche 9-18", "MO,TU,WE,TH,FR,SA 09:00-18:00"),
        ("Mon-Fri 9-5 except Wednesday", "MO,TU,TH,FR 09:00-17:00"),
        ("Mon-Fri 9-5 except Wednesday 9-12", "MO,TU,TH,FR 09:00-17:00; WE 09:00-12:00"),
        ("tous les jours sauf samedi et dimanche 9-18; samedi 9-12", "MO,TU,WE,TH,FR 09:00-18:00; SA 09:00-12:00"),
        ("Mon 9:00-17:30, closed Tue", "MO 09:00-17:30"),
        ("tous les lundis matin 9-12, lundi après-midi 2-5", "MO 09:00-12:00; MO 14:00-17:00"),
        ("lundi 0h-24h", "MO 00:00-23:59"),
        ("24h/24 samedi et dimanche", "SA,SU 00:00-23:59"),
    ],
)  # fmt: skip
def test_what_people_type_is_read(text: str, read: str) -> None:
    found = hours.read(text)
    assert found.understood
    assert "; ".join(
        f"{','.join(rule.byday)} {rule.span.opens:%H:%M}-{rule.span.closes:%H:%M}" for rule in found.rules
    ) == read  # fmt: skip


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("lundi", ("lundi",)),
        ("9-12", ("9-12",)),
        ("Mardi 9h-12h banane", ("banane",)),
        ("Jeudi 9h", ("Jeudi 9h",)),
        ("vendredi 25h-26h", ("vendredi 25h-26h",)),
        ("Mon 9-12, 14-17; Fri 9–25", ("Fri 9–25",)),
        ("lundi 9-12 sauf Mardi", ("Mardi",)),
        ("9-12 lundi, 14 h – 17 h", ("14 h – 17 h",)),
        ("sur rendez-vous", ("sur rendez-vous",)),
        ("été, lundi 9-12, 3e", ("été", "3e")),
        ("", ()),
    ],
)
def test_what_is_not_understood_is_named_as_it_was_typed(text: str, unread: tuple[str, ...]) -> None:
    found = hours.read(text)
    assert not found.understood
    assert found.unread == unread


@given(some.text(max_size=60))
def test_nothing_that_is_typed_breaks_it(text: str) -> None:
    assert isinstance(hours.read(text), hours.Typed)


@given(
    some.lists(
        some.sampled_from(
            [
                "lundi",
                "lun.",
                "mar",
                "mercredi",
                "fri",
                "sat",
                "au",
                "-",
                "–",
                "9h",
                "12",
                "14:30",
                "5pm",
                "noon",
                ";",
                ",",
                "et",
                "1er",
                "du",
                "mois",
                "fermé",
                "sauf",
                "après-midi",
                "24/7",
            ]
        ),
        max_size=12,
    )
)
def test_whatever_is_read_has_days_and_a_length(words: list[str]) -> None:
    for rule in hours.read(" ".join(words)).rules:
        assert rule.span.opens != rule.span.closes
        assert rule.byday
