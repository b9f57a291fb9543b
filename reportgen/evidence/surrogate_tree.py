"""A shallow tree drawn in the columns' own units, the yes-branch to the left."""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from reportgen.evidence.base import Subject
from reportgen.records.explanation import TreeNode
from reportgen.records.table import Encoded

LEAVES = 8
Tree: TypeAlias = DecisionTreeClassifier | DecisionTreeRegressor


@dataclass(frozen=True)
class _Question:
    """What a node asks, and which of scikit-learn's children answers yes."""

    feature: str
    test: Any
    threshold: float | None
    level: str | None
    flipped: bool


def shown(column: Encoded) -> str:
    """The column's name as a reader meets it: a part of a date, or what stands for a category, says which."""
    return f"{column.feature} ({column.part})" if column.part else column.feature


def draw(tree: Tree, subject: Subject) -> tuple[TreeNode, ...]:
    """The nodes, numbered from the root down, left before right; a question whose answers are the same is not asked."""
    raw, nodes, waiting = tree.tree_, [], [0]
    pointless = _pointless(tree)
    for number, index in enumerate(waiting):
        question = None if index in pointless else _question(tree, index, subject)
        left = right = None
        if question:
            children = (int(raw.children_left[index]), int(raw.children_right[index]))
            left, right = len(waiting), len(waiting) + 1
            waiting.extend(reversed(children) if question.flipped else children)
        nodes.append(_node(tree, subject, index, number, question, left, right))
    return tuple(nodes)


def _pointless(tree: Tree) -> set[int]:
    """The leaves, and the nodes below which every leaf gives the same class. Children stand after their parents."""
    raw = tree.tree_
    answers: dict[int, int | None] = {}
    for index in reversed(range(raw.node_count)):
        left, right = int(raw.children_left[index]), int(raw.children_right[index])
        if left < 0:
            answers[index] = (
                int(np.argmax(raw.value[index])) if isinstance(tree, DecisionTreeClassifier) else -index - 1
            )
        else:
            answers[index] = answers[left] if answers[left] == answers[right] else None
    return {index for index, answer in answers.items() if answer is not None}


def _question(tree: Tree, index: int, subject: Subject) -> _Question | None:
    """scikit-learn goes left where the value is at most the threshold: for a 0 or 1 that means no."""
    raw = tree.tree_
    if raw.children_left[index] < 0:
        return None
    column = subject.inputs[raw.feature[index]]
    name = shown(column)
    if column.kind in {"number", "code", "text"}:
        threshold = float(f"{column.centre + column.scale * float(raw.threshold[index]):.7g}")
        return _Question(name, "<=", threshold, None, flipped=False)
    if column.kind == "level":
        return _Question(name, "==", None, column.level, flipped=True)
    return _Question(name, "missing", None, None, flipped=True)


def _node(
    tree: Tree,
    subject: Subject,
    index: int,
    number: int,
    question: _Question | None,
    left: int | None,
    right: int | None,
) -> TreeNode:
    value = np.ravel(tree.tree_.value[index])
    best = int(np.argmax(value))
    classifies = isinstance(tree, DecisionTreeClassifier)
    return TreeNode(
        number=number,
        feature=question.feature if question else None,
        test=question.test if question else None,
        threshold=question.threshold if question else None,
        level=question.level if question else None,
        left=left,
        right=right,
        answer=subject.task.classes[int(tree.classes_[best])] if classifies else f"{value[0]:.5g}",
        share=float(tree.tree_.weighted_n_node_samples[index] / tree.tree_.weighted_n_node_samples[0]),
        purity=float(value[best] / value.sum()) if classifies else None,
    )
