"""Numbers in cells: shown rounded, carried whole."""

import re

from reportgen.render.exact import exact, kept, measured
from reportgen.render.words import environment


def _filled(source: str, **facts: object) -> str:
    return environment("en").from_string("{% autoescape true %}" + source + "{% endautoescape %}").render(**facts)


def test_a_rounded_number_carries_what_it_was() -> None:
    assert _filled("{{ x|percent|exact }}", x=0.123456) == ' data-value="0.123456"'
    assert _filled("{{ x|number|exact }}", x=1 / 3) == ' data-value="0.3333333333333333"'
    assert _filled("{{ x|pvalue|exact }}", x=1e-9) == ' data-value="1e-09"'


def test_what_is_shown_whole_carries_nothing() -> None:
    assert _filled("{{ x|integer|exact }}", x=7) == ""
    assert _filled("{{ x|integer|exact }}", x=12345) == ' data-value="12345"'
    assert _filled("{{ x|number|exact }}", x=None) == ""
    assert exact("text") == exact(None) == ""
    assert kept("true", True) == "true"


def test_an_interval_carries_both_ends_on_screen_and_nothing_on_paper() -> None:
    source = '{{ x|interval(low, high, "accuracy")|measured(paper) }}'
    facts = {"x": 0.9166666, "low": 0.8, "high": 0.97}
    assert _filled(source, paper=False, **facts) == (
        '<span data-value="0.9166666" data-low="0.8" data-high="0.97">91.7% (80.0% to 97.0%)</span>'
    )
    assert _filled(source, paper=True, **facts) == "91.7% (80.0% to 97.0%)"
    assert measured("<b>") == "&lt;b&gt;"


def test_a_page_on_paper_holds_none_of_it() -> None:
    from reportgen.render.html import to_paper
    from tests.samples import multiclass

    paper = to_paper(multiclass(), "en")
    assert not re.search(r"data-(value|low|high|at)|<script|<details|class=\"live", paper)
