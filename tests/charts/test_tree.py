"""A tree's boxes stand in columns and never on each other."""

import itertools

from reportgen.charts.style import WIDTH, drawing
from reportgen.charts.tree import Box, _spots


def _full(words: str) -> dict[int, Box]:
    """Fifteen nodes, four levels."""
    nodes = {}
    for number in range(15):
        leaf = number >= 7
        left, right = (None, None) if leaf else (2 * number + 1, 2 * number + 2)
        nodes[number] = Box(number, words * (number % 3 + 1), left, right, 0.5, leaf=leaf)
    return nodes


def test_no_two_boxes_touch_and_all_are_on_the_page() -> None:
    with drawing():
        for words in ("a", "age <= 30 ", "一个很长的类别名称", "a_very_long_column_name "):
            spots, height = _spots(_full(words), 0)
            for one, other in itertools.combinations(spots.values(), 2):
                apart_across = abs(one.x - other.x) >= (one.wide + other.wide) / 2
                assert apart_across or abs(one.y - other.y) >= (one.high + other.high) / 2
            for spot in spots.values():
                assert spot.wide / 2 <= spot.x <= WIDTH - spot.wide / 2
                assert spot.high / 2 <= spot.y <= height - spot.high / 2


def test_yes_goes_up_and_a_question_stands_between_its_branches() -> None:
    with drawing():
        nodes = _full("age")
        spots, _ = _spots(nodes, 0)
    for number, node in nodes.items():
        if node.left is not None and node.right is not None:
            assert spots[node.left].y < spots[number].y < spots[node.right].y
