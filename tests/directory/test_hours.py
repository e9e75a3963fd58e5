"""Opening hours as people say them."""

from datetime import datetime

import pytest

from referrals.directory import hours
from referrals.kit.i18n import speak

OFFICE = hours.slots(
    [
        {"days": ["MO", "TU", "WE", "TH", "FR"], "opens": "09:00", "closes": "12:00"},
        {"days": ["MO", "TU", "WE", "TH", "FR"], "opens": "14:00", "closes": "17:30"},
        {"days": ["SA"], "opens": "09:00", "closes": "12:00"},
    ]
)
ALWAYS = hours.slots([{"days": list(hours.DAYS), "opens": "00:00", "closes": "23:59"}])
NIGHTS = hours.slots(
    [
        {"days": list(hours.DAYS), "opens": "20:30", "closes": "23:59"},
        {"days": list(hours.DAYS), "opens": "00:00", "closes": "08:00"},
    ]
)
LATE = hours.slots([{"days": ["FR"], "opens": "22:00", "closes": "02:00"}])


@pytest.mark.parametrize(
    ("week", "french", "english"),
    [
        (
            OFFICE,
            ["Du lundi au vendredi, 9 h–12 h et 14 h–17 h 30", "Samedi, 9 h–12 h"],
            ["Monday to Friday, 9:00–12:00 and 14:00–17:30", "Saturday, 9:00–12:00"],
        ),
        (ALWAYS, ["Tous les jours, jour et nuit"], ["Every day, day and night"]),
        (NIGHTS, ["Tous les jours, 20 h 30–8 h"], ["Every day, 20:30–8:00"]),
        (
            (*NIGHTS, *hours.slots([{"days": ["TH"], "opens": "14:00", "closes": "16:30"}])),
            ["Lundi, mardi, mercredi, vendredi, samedi et dimanche, 20 h 30–8 h", "Jeudi, 14 h–16 h 30 et 20 h 30–8 h"],
            [
                "Monday, Tuesday, Wednesday, Friday, Saturday and Sunday, 20:30–8:00",
                "Thursday, 14:00–16:30 and 20:30–8:00",
            ],
        ),
        (LATE, ["Vendredi, 22 h–2 h"], ["Friday, 22:00–2:00"]),
        (
            hours.slots([{"days": ["MO", "TH"], "opens": "18:00", "closes": "23:59"}]),
            ["Lundi et jeudi, 18 h–minuit"],
            ["Monday and Thursday, 18:00–midnight"],
        ),
        ((), [], []),
    ],
)
def test_a_week_is_told_in_sentences(week: tuple[hours.Slot, ...], french: list[str], english: list[str]) -> None:
    speak("fr")
    assert hours.sentences(week) == french
    speak("en")
    assert hours.sentences(week) == english


@pytest.mark.parametrize(
    ("week", "at", "said"),
    [
        (OFFICE, "2026-11-23 10:00", "Open until 12:00"),
        (OFFICE, "2026-11-23 12:00", "Opens at 14:00"),
        (OFFICE, "2026-11-23 19:00", "Opens tomorrow at 9:00"),
        (OFFICE, "2026-11-21 13:00", "Opens on Monday at 9:00"),
        (ALWAYS, "2026-11-22 03:00", "Open day and night"),
        (NIGHTS, "2026-11-22 22:00", "Open until 8:00"),
        (NIGHTS, "2026-11-22 03:00", "Open until 8:00"),
        (NIGHTS, "2026-11-22 12:00", "Opens at 20:30"),
        (LATE, "2026-11-21 01:00", "Open until 2:00"),
        (LATE, "2026-11-21 02:00", "Opens on Friday at 22:00"),
        ((), "2026-11-21 02:00", ""),
    ],
)
def test_open_or_when_it_opens(week: tuple[hours.Slot, ...], at: str, said: str) -> None:
    speak("en")
    local = datetime.fromisoformat(at)
    assert hours.said(hours.opening(hours.of_week(week), local), local) == said
