"""What figures need beside numbers: shares of counts, a tree's questions in words, formulas drawn beforehand."""

import math
import re
from collections.abc import Sequence
from functools import cache
from gettext import NullTranslations
from typing import NamedTuple

from markupsafe import Markup

from reportgen.charts import Box
from reportgen.charts.formula import FORMULAS, place
from reportgen.errors import RenderError
from reportgen.records.explanation import TreeNode
from reportgen.records.mistakes import Condition, Confusion, ErrorNode
from reportgen.render import numbers
from reportgen.render.plain import elided

LONGEST_NAME = 24
PICTURE_WIDTH = re.compile(r'<svg [^>]*?width="([\d.]+)pt"')
WIDEST_BESIDE = 240.0  # points


class Formula(NamedTuple):
    """A formula as a picture, as MathML and in words for those who cannot see it."""

    svg: Markup
    mathml: Markup
    words: str
    width: float = math.inf

    @property
    def wide(self) -> bool:
        """Whether its words would have too narrow a column beside it."""
        return self.width > WIDEST_BESIDE


@cache
def formula(key: str) -> Formula:
    """The picture of a formula. Raises RenderError where there is none of that name."""
    file = place(key)
    if not file.is_file() or key not in FORMULAS:
        raise RenderError(f"there is no formula {key!r} among the templates; install reportgen again")
    svg, mathml = (Markup(place(key, kind).read_text(encoding="utf-8").strip()) for kind in ("svg", "mml"))  # noqa: S704 - our own files
    found = PICTURE_WIDTH.search(svg)
    return Formula(svg, mathml, FORMULAS[key][1], float(found[1]) if found else math.inf)


MOST_DRAWN = 20
"""Classes of a confusion matrix that a picture of the width of a page shows with numbers that can be read."""


class Drawn(NamedTuple):
    """A confusion matrix as it is drawn; `within` counts the mistakes among the classes taken together in the last.

    `pairs` counts the pairs of different classes that were exchanged at all, `darkest` is the largest count of single
    classes, None where all classes are single.
    """

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    within: int
    pairs: int
    darkest: int | None = None


def most_mistaken(confusion: Confusion, others: str, most: int = MOST_DRAWN) -> Drawn:
    """The whole matrix, or of more classes than `most` those with the most mistakes and `others` for all the rest."""
    counts, labels = confusion.counts, confusion.labels
    pairs = sum(count > 0 for i, row in enumerate(counts) for j, count in enumerate(row) if i != j)
    if len(labels) <= most:
        return Drawn(labels, counts, 0, pairs)
    wrong = [
        sum(row) + sum(column) - 2 * row[i]
        for i, (row, column) in enumerate(zip(counts, zip(*counts, strict=True), strict=True))
    ]
    chosen = sorted(sorted(range(len(labels)), key=lambda i: -wrong[i])[:most])
    rest = sorted(set(range(len(labels))) - set(chosen))
    groups = [(i,) for i in chosen] + [tuple(rest)]
    joined = tuple(tuple(sum(counts[i][j] for i in own for j in taken) for taken in groups) for own in groups)
    within = joined[-1][-1] - sum(counts[i][i] for i in rest)
    darkest = max(count for row in joined[:-1] for count in row[:-1])
    return Drawn((*(labels[i] for i in chosen), others), joined, within, pairs, darkest)


def shares(counts: Sequence[Sequence[int]]) -> list[list[float]]:
    """Each row of counts as shares of its sum; a row without counts has shares of 0."""
    return [[count / (sum(row) or 1) for count in row] for row in counts]


def boxes(nodes: Sequence[TreeNode], lang: str, translations: NullTranslations) -> list[Box]:
    """The nodes of a tree with their questions in words, ready to be drawn."""
    return [
        Box(
            number=node.number,
            text=_question(node, lang, translations) if node.feature else _answer(node, lang),
            left=node.left,
            right=node.right,
            share=node.share,
            leaf=node.feature is None,
        )
        for node in nodes
    ]


def _answer(node: TreeNode, lang: str) -> str:
    """A class as it is; a number, which has no purity, as the language writes numbers."""
    return node.answer if node.purity is not None else numbers.number(float(node.answer), lang)


def _question(node: TreeNode, lang: str, translations: NullTranslations) -> str:
    """The question of a node; a name too long for its box loses its middle and not the question's end."""
    feature = elided(node.feature, LONGEST_NAME)
    if node.test == "<=":
        return f"{feature} ≤ {numbers.number(node.threshold, lang)}"
    if node.test == "==":
        return f"{feature} = {elided(node.level, LONGEST_NAME)}"
    return translations.gettext("%(feature)s is missing") % {"feature": feature}


def error_boxes(nodes: Sequence[ErrorNode], measure: str, lang: str, translations: NullTranslations) -> list[Box]:
    """The nodes of a tree that tells where errors are, each leaf with its error, ready to be drawn."""
    return [
        Box(
            number=node.number,
            text=_asked(node.condition, translations)
            if node.condition
            else translations.gettext("error %(error)s") % {"error": numbers.amount(node.error, lang, measure)},
            left=node.left,
            right=node.right,
            share=node.share,
            leaf=node.condition is None,
        )
        for node in nodes
    ]


def _asked(condition: Condition, translations: NullTranslations) -> str:
    """A condition as a question; the end of a number's stays, the middle of a long level goes."""
    name = elided(condition.column, LONGEST_NAME)
    if condition.missing:
        return translations.gettext("%(feature)s is missing") % {"feature": name}
    if condition.level is not None:
        return f"{name} = {elided(condition.level, LONGEST_NAME)}"
    return condition.model_copy(update={"column": name}).symbols.replace("<=", "≤")
