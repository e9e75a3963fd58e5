"""What is wrong with a form is listed above it, each thing with the name of its field."""

import pytest

from referrals.kit.html import environment

PAGE = """{% import "components/forms.html" as f with context %}{% filter fields_named %}
{{ f.error_summary(errors) }}{% call f.form('/x') %}
{% call f.fieldset("About them") %}{{ f.text('age', "Age", 'abc', hint="In years", required=false) }}{% endcall %}
{{ f.radios('way', "Which way?", [('a', "By car"), ('b', "On foot")]) }}
{{ f.check('agreed', "They agreed") }}
{{ f.date('day', "Which day < today?") }}
{% endcall %}{% endfilter %}"""


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("age", "Age · Wrong."), ("way", "Which way? · Wrong."), ("agreed", "They agreed · Wrong."),
        ("day", "Which day &lt; today? · Wrong."),
    ],
)  # fmt: skip
def test_each_line_names_its_field(field: str, told: str) -> None:
    assert f'<a href="#f-{field}">{told}</a>' in _page({field: "Wrong."})


def test_what_belongs_to_no_field_or_names_it_already_stays_as_it_is() -> None:
    page = _page({"": "Nothing can be sent.", "age": "Age lies between 0 and 120.", "gone": "Wrong."})
    assert "<li>Nothing can be sent.</li>" in page
    assert '<a href="#f-age">Age lies between 0 and 120.</a>' in page
    assert '<a href="#f-gone">Wrong.</a>' in page


def _page(errors: dict[str, str]) -> str:
    return environment().from_string(PAGE).render(errors=errors, csrf_token="", lang="en")
