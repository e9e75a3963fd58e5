"""Texts as packages write them, made plain: HTML read, hidden signs taken out, line breaks as line breaks."""

import html
import re
from dataclasses import dataclass

import nh3

from referrals.exchange.reasons import HIDDEN, HTML, OLD_LETTERS

_TAGS = (
    "a|abbr|address|article|aside|audio|b|base|blockquote|body|br|button|canvas|center|cite|code|col|colgroup|dd|del|"
    "details|dfn|div|dl|dt|em|embed|fieldset|figcaption|figure|font|footer|form|frame|frameset|h[1-6]|head|header|hr|"
    "html|i|iframe|img|input|ins|kbd|label|legend|li|link|main|map|mark|math|meta|nav|noscript|object|ol|option|p|param|"
    "picture|pre|q|s|samp|script|section|select|small|source|span|strike|strong|style|sub|summary|sup|svg|table|tbody|"
    "td|template|textarea|tfoot|th|thead|time|title|tr|tt|u|ul|var|video|o:p"
)
_TAG = re.compile(rf"</?(?:{_TAGS})(?=[\s/>])[^<>]{{0,4000}}>|<!--", re.IGNORECASE)
_NO_TAG = re.compile(rf"<(?!/?(?:{_TAGS})(?=[\s/>])|!--)", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_LINK = re.compile(
    r"<a\s[^<>]{0,2000}?href\s{0,5}=\s{0,5}[\"']?(https?://[^\"'\s<>]{1,2000})[\"']?[^<>]{0,2000}>([^<]{0,500})</a\s{0,5}>",
    re.IGNORECASE,
)
_BREAKS = (
    (re.compile(r"<br\s{0,5}/?\s{0,5}>", re.IGNORECASE), "\n"),
    (re.compile(r"<li(?=[\s>])[^<>]{0,2000}>", re.IGNORECASE), "\n- "),
    (re.compile(r"</(?:li|tr|dt|dd|option)\s{0,5}>", re.IGNORECASE), "\n"),
    (re.compile(r"</(?:td|th)\s{0,5}>", re.IGNORECASE), " "),
    (
        re.compile(r"</?(?:p|div|h[1-6]|ul|ol|dl|table|blockquote|section|article|pre|hr)(?=[\s/>])[^<>]{0,2000}>", re.IGNORECASE),
        "\n\n",
    ),
)  # fmt: skip
_OLD = re.compile("[\x80-\x9f]")
# Control signs, marks that turn the direction of writing around, halves of letters, signs without width.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060\u2066-\u2069\ud800-\udfff\ufeff\ufff9-\ufffb]"
)
_LOST_DASH = re.compile("(?<=[ \u00a0])\u00ad(?=[ \u00a0])")
"""A place to part a word has no words beside it: it was a dash before the letters were changed for others."""
_WRITTEN_BREAK = re.compile(r"\\r(?:\\n|\n)?|\\n")
"""A line break written as the letters behind a backslash. Taken for nothing, `\\\\rr` would leave another behind."""
_SOURCE_MARKERS = re.compile(r"\s*###\w+###")
# UTF-8 read as code page 437 and then squeezed into Latin-1: seen in exports of old directory software.
_MANGLED = {
    "GÇÖ": "’", "GÇÿ": "‘", "GÇ£": "“", "GÇ¥": "”", "GÇô": "–", "GÇö": "—", "GÇæ": "-", "GÇï": "", "GÇª": "…", "GÇó": "•",
}  # fmt: skip
_BROKEN = re.compile("|".join(_MANGLED))
_PASSES = 8


@dataclass(frozen=True, slots=True)
class Plain:
    """A plain text, and the reasons why it is not what the source wrote, where somebody should hear of it."""

    text: str | None
    told: tuple[str, ...] = ()


def is_plain(said: str) -> bool:
    """Whether nothing has to be done to it but trimming. Every hidden sign is one that cannot be printed."""
    if "<" in said or "&" in said or "\\" in said or "###" in said or "GÇ" in said:
        return False
    return said.isprintable() or ("\n" in said and said.replace("\n", "").isprintable())


def tidy(said: str) -> Plain:
    """Trimmed, plain; tidying it again changes nothing."""
    if is_plain(said):
        return Plain(said.strip() or None)
    told: list[str] = []
    if _OLD.search(said):
        said = _OLD.sub(lambda match: match[0].encode("latin-1").decode("cp1252", "ignore"), said)
        told.append(OLD_LETTERS)
    if _LOST_DASH.search(said):
        said = _LOST_DASH.sub("–", said)
        told.append(OLD_LETTERS)
    if _HIDDEN.search(said):
        said = _HIDDEN.sub("", said)
        told.append(HIDDEN)
    if _BROKEN.search(said):
        told.append(OLD_LETTERS)
    for _ in range(
        _PASSES
    ):  # a text may have been wrapped into HTML more than once; what is taken out joins what is beside it
        before, without = said, _without_marks(said)
        said = _without_html(without)
        if said == before:
            break
        if said != without and HTML not in told:
            told.append(HTML)
    else:
        said = said.replace("&", "& ").replace("<", "< ").replace("###", "## #")
    return Plain(said.strip() or None, tuple(told))


def _without_marks(said: str) -> str:
    """Line breaks as line breaks, and nothing that the source's own program left in a text."""
    if "\\" in said:
        said = _WRITTEN_BREAK.sub("\n", said).replace("\\t", " ")
    if "GÇ" in said:
        said = _BROKEN.sub(lambda match: _MANGLED[match.group()], said)
    if "###" in said:
        said = _SOURCE_MARKERS.sub("", said)
    return said.replace("\r\n", "\n").replace("\r", "\n") if "\r" in said else said


def _without_html(said: str) -> str:
    if "<" in said and _TAG.search(said):
        said = _LINK.sub(_link, said)
        for pattern, instead in _BREAKS:
            said = pattern.sub(instead, said)
        said = html.unescape(nh3.clean(_NO_TAG.sub("&lt;", said), tags=set()))
        said = re.sub(r"[ \t\u00a0]{0,100}\n[ \t]{0,100}", "\n", said)
        return _HIDDEN.sub("", re.sub(r"\n{3,}", "\n\n", said)).strip()
    if "&" in said and _ENTITY.search(said):
        return _HIDDEN.sub("", _ENTITY.sub(lambda match: html.unescape(match[0]), said))
    return said


def _link(match: re.Match[str]) -> str:
    """The words of a link with the address behind them; the address alone where the words are the same."""
    address, words = match[1], match[2].strip()
    return words if words in ("", address) or words.rstrip("/") in address.rstrip("/") else f"{words} ({address})"
