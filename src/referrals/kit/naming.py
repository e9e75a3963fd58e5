"""The list of what is wrong with a form names the fields: their labels stand further down on the same page."""

import re

from markupsafe import Markup

_LINES = re.compile(r'(<section class="problems".*?</section>)', re.DOTALL)
_LINE = re.compile(r'<a href="#f-([^"]+)">(.*?)</a>', re.DOTALL)
_ASIDE = re.compile(r'<span class="(?:optional|hint)">.*?</span>|<[^>]+>', re.DOTALL)


def fields_named(content: str) -> str:
    """`Please give a number.` becomes `Age · Please give a number.` in the list above the form, whatever form it is."""
    if 'class="problems"' not in content:
        return content
    text = str(content)
    return Markup(_LINES.sub(lambda found: _LINE.sub(lambda line: _named(line, text), found[0]), text))  # noqa: S704  # a page of ours


def _named(line: re.Match[str], page: str) -> str:
    label = _label(page, line[1])
    return f'<a href="#f-{line[1]}">{label} · {line[2]}</a>' if label and label not in line[2] else line[0]


def _label(page: str, name: str) -> str:
    """What the field is called, or the question that it answers: the first of both in the block that holds its message."""
    here = page.find(f'id="f-{name}-error"')
    begins = max(page.rfind('<div class="field wrong">', 0, here), page.rfind('<fieldset class="field', 0, here))
    if here < 0 or begins < 0:
        return ""
    found = re.compile(rf'<label for="f-{re.escape(name)}">(.*?)</label>|<legend>(.*?)</legend>', re.DOTALL).search(
        page, begins
    )
    return " ".join(_ASIDE.sub("", found[1] or found[2]).split()) if found else ""
