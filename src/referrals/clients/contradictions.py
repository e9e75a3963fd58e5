"""Answers that cannot both be true, said in a sentence for the field where it shows. Pure; empty where all is well."""

from datetime import date

from referrals.clients import labels
from referrals.kit.html import day
from referrals.kit.i18n import gettext as _

OLDEST = 120
"""Years; the age that is asked for ends there too."""


def of_ages(born: date | None, age: int | None, today: date) -> str:
    if born is not None and born > today:
        return _("The birth date lies in the future.")
    if born is not None and years(born, today) > OLDEST:
        return _("By this birth date they would be %(age)d years old: please check the year.") % {
            "age": years(born, today)
        }
    if born is None or age is None or years(born, today) == age:
        return ""
    return _("By the birth date they are %(by_date)d, by what you wrote %(age)d: which is right?") % {
        "by_date": years(born, today), "age": age,
    }  # fmt: skip


def of_ways(mobility: str | None, minutes: float | None) -> str:
    if mobility != "none" or not minutes:
        return ""
    return _("They cannot travel, and could go %(minutes)d minutes: both cannot be. Which is it?") % {
        "minutes": minutes
    }


def of_dates(need_by: date | None, today: date) -> str:
    if need_by is None or need_by >= today:
        return ""
    return _("%(day)s has passed: by when is it needed now?") % {"day": day(need_by)}


def of_receiving(one: tuple[str, str], other: tuple[str, str]) -> str:
    """`one`, `other`: who or how, and how strongly. `Only a woman` beside `Rather a man`."""
    said = [_(labels.RECEIVED[strength][code]) for code, strength in (one, other)]
    return _("“%(one)s” and “%(other)s” exclude each other: choose one, or leave both open.") % {
        "one": said[0], "other": said[1],
    }  # fmt: skip


def years(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
