"""What an address asks and we cannot: said in a sentence each, and left out. The rest is answered."""

from collections.abc import Iterator
from dataclasses import replace

from referrals.directory.routes import wishes
from referrals.directory.routes.question import (
    FARTHEST,
    LONGEST,
    PAGES,
    Params,
    Question,
    asks_anew,
    looks_like_a_point,
)
from referrals.directory.search import tags
from referrals.kit.html import number
from referrals.kit.i18n import gettext as _
from referrals.kit.settings import LANGUAGES
from referrals.taxonomy.vocabulary import Vocabulary

_SHOWN = 40
"""Letters of what was typed that are said back."""


def possible(asked: Question, words: Vocabulary) -> Question:
    """The question without what our words do not know: it would find nothing, and not say why."""
    need = asked.need if words.need(asked.need) else ""
    return replace(asked, need=need, tags=tuple(tag for tag in asked.tags if wishes.exists(tag, words)))


def doubts(params: Params, asked: Question) -> list[str]:
    """`asked`: what could be read of these parameters. One sentence for each thing that could not."""
    return list(_doubts(params, asked))


def _doubts(params: Params, asked: Question) -> Iterator[str]:
    one = {name: typed for name, values in params.items() if (typed := _shown(next(filter(None, values), "")))}
    if len(one.get("q", "")) > LONGEST:
        yield _("That was long: we read the first %(count)s letters.") % {"count": number(LONGEST)}
    if asked.q and not any(map(str.isalnum, asked.q)):
        yield _("We cannot read a word in “%(typed)s”.") % {"typed": _short(asked.q)}
    if "km" in one and asked.km is None:
        yield _("“%(typed)s” is not a distance that we can look within: it goes up to %(most)s km.") % {
            "typed": _short(one["km"]), "most": number(FARTHEST),
        }  # fmt: skip
    if "near" in one and looks_like_a_point(one["near"]) and not asked.near:
        yield _("“%(typed)s” is nowhere on the earth. Type a town instead.") % {"typed": _short(one["near"])}
    if "need" in one and not asked.need and not asks_anew(params):
        yield _("We do not know the need “%(typed)s”.") % {"typed": _short(one["need"])}
    for typed in dict.fromkeys(
        (*params.get("tag", []), *(f"lang:{code}" for code in params.get("speaks", []) if code))
    ):
        tag = _shown(typed).lower()
        if tag and tag not in asked.tags:
            yield _unknown(tag)
    if "lang" in one and one["lang"] not in LANGUAGES:
        yield _unknown(f"{tags.LANGUAGE}:{one['lang']}")
    if "page" in one and (not one["page"].isdecimal() or int(one["page"][:9]) > PAGES):
        yield _("There is no page “%(typed)s”.") % {"typed": _short(one["page"])}
    for name in ("order", "open", "map", "remote"):
        if name in one and not _read(name, asked) and not (name == "remote" and one[name] in ("yes", "no")):
            yield _("We could not read this part of the address: %(part)s.") % {"part": _short(f"{name}={one[name]}")}


def _read(name: str, asked: Question) -> bool:
    return bool({"order": asked.order, "open": asked.open, "map": asked.map}.get(name))


def _unknown(tag: str) -> str:
    group, colon, code = tag.partition(":")
    if colon and group == tags.LANGUAGE:
        return _("We do not know the language “%(typed)s”.") % {"typed": _short(code)}
    return _("We do not know the filter “%(typed)s”.") % {"typed": _short(tag)}


def _shown(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable()).strip()


def _short(text: str) -> str:
    shown = _shown(text)
    return shown if len(shown) <= _SHOWN else shown[:_SHOWN].rstrip() + "…"
