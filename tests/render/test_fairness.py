"""Groups on the page: what differs, whose answers it was measured on, and what cannot be had at once."""

import html
import re

from reportgen.document import Document
from reportgen.records.fairness import FairGap, FairGroup, Fairness, GroupRate
from reportgen.records.mistakes import Errors
from reportgen.render import to_html
from tests.samples import binary, multiclass, regression

NAMES = ("base", "selection", "true_positive", "false_positive", "precision", "error_rate", "stated_minus_observed")


def _group(*values: str, off: bool = False, columns: tuple[str, ...] = ("age",)) -> FairGroup:
    rates = tuple(GroupRate(name=name, value=0.3, low=0.2, high=0.4, n=50) for name in NAMES)
    return FairGroup(columns=columns, values=values, n=50, rates=rates, off=off)


def _gap(name: str, p_value: float, **facts: object) -> FairGap:
    made = {
        "columns": ("age",), "name": name, "gap": 0.123, "low": 0.05, "high": 0.2, "p_value": p_value,
        "highest": ("old",), "lowest": ("young",), "groups": 2, "n": 100, "method": "Newcombe limits, chi-square test",
    }  # fmt: skip
    return FairGap.model_validate(made | facts)


def _page(document: Document, fairness: Fairness | None, lang: str = "en") -> str:
    shown = to_html(document.model_copy(update={"fairness": fairness}), lang)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", shown)).split())


def _fairness(*gaps: FairGap, off: bool = False, networks: int = 5, positive: str | None = "<b>yes</b>") -> Fairness:
    groups = (_group("young", off=off), _group("old"))
    return Fairness(positive=positive, n=300, networks=networks, enough=10, small=1, groups=groups, gaps=gaps)


def test_what_differs_is_said_first_and_who_answered() -> None:
    page = _page(
        binary(), _fairness(_gap("demographic_parity", 0.001), _gap("equalised_odds", 0.2, of="true_positive"))
    )
    assert "show a difference which chance does not explain: 1 of 3; the largest is" in page
    assert "how often a row is given the class (demographic parity), by age" in page
    assert "Measured on 300 rows, each answered by a network that had not seen it: the 60 test rows by this" in page
    assert "how often the class is found (equalised odds) old young 12.3 5.0 to 20.0 0.20" in page
    assert "“the class” is <b>yes</b>" in page
    assert "age: young 50 30.0 20.0 to 40.0 30.0 20.0 to 40.0" in page
    assert "cannot be had" not in page


def test_unequal_base_rates_bring_the_caveat() -> None:
    words = "all at once for all groups (Kleinberg, Mullainathan and Raghavan 2017; Chouldechova 2017)"
    assert words in _page(binary(), _fairness(_gap("base_rate", 0.001)))
    assert words not in _page(binary(), _fairness(_gap("base_rate", 0.4)))


def test_no_difference_is_no_proof() -> None:
    page = _page(binary(), _fairness(_gap("base_rate", 0.001), _gap("demographic_parity", 0.3), networks=1))
    assert "No difference between groups was found that chance would not explain. That is no proof" in page
    assert "Measured on the 300 test rows." in page


def test_probabilities_that_are_not_met_are_named() -> None:
    words = "Stated probabilities are not met on average for: young (+30.0 percentage points)."
    assert words in _page(binary(), _fairness(off=True))
    assert "not met on average" not in _page(binary(), _fairness())


def test_too_few_groups_are_said() -> None:
    alone = binary().model_copy(update={"errors": binary().errors.model_copy(update={"gaps": ()})})
    assert "Fewer than two groups have enough rows to be compared." in _page(alone, _fairness())


def test_several_classes_and_numbers_have_tables_of_their_own() -> None:
    assert "stated minus true: mean stated probability less the share of right answers" in _page(
        multiclass(), _fairness(positive=None)
    )
    rates = (GroupRate(name="mean_absolute_error", value=44.8, low=40.4, high=49.2, n=50), GroupRate(name="bias", n=50))
    group = FairGroup(columns=("age",), values=("old",), n=50, rates=rates)
    page = _page(regression(), _fairness(positive=None).model_copy(update={"groups": (group,)}))
    assert "age: old 50 44.8 40.4 to 49.2 –" in page


def test_without_a_protected_column_one_line_says_how_to_ask() -> None:
    bare = binary().model_copy(update={"errors": Errors(measure="error_rate")})
    assert "name the columns that make them: --protected COLUMN, once for each." in _page(bare, None)


def test_an_older_report_keeps_its_table() -> None:
    assert "Errors by group of the protected columns" in _page(binary(), None)


def test_a_missing_value_is_a_group_in_every_language() -> None:
    lost = _gap("demographic_parity", 0.01, highest=("(missing)",))
    assert "（缺失） young" in _page(binary(), _fairness(lost), lang="zh")


def test_in_chinese() -> None:
    page = _page(binary(), _fairness(_gap("base_rate", 0.001), _gap("demographic_parity", 0.01)), lang="zh")
    assert "其中 1 项的差异无法用偶然来解释" in page
    assert "究竟哪一项应当相等，必须作出选择" in page
