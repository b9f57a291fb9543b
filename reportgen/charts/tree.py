"""A decision tree, read from the left: the yes-branch goes up, the no-branch down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from reportgen.charts import style
from reportgen.charts.words import elided, shown, width, wrapped

LINE = 9.5  # points from line to line
PADDING = 5.0
BETWEEN = 9.0  # points between two boxes above each other
COLUMN_GAP = 30.0  # points between two levels: room for yes and no
WIDEST, LEAST = 150.0, 36.0
BOLD = 1.1  # how much wider bold letters are than those that are measured, at most
SIGN = 7.0  # points: yes and no
ROUND = "round,pad=0,rounding_size=3"


@dataclass(frozen=True)
class Box:
    """One node: its question or answer, the numbers of the nodes that yes and no lead to, its share of the rows."""

    number: int
    text: str
    left: int | None
    right: int | None
    share: float
    leaf: bool


@dataclass(frozen=True)
class Spot:
    """Where a box's middle is, how large it is, and its lines."""

    x: float
    y: float
    wide: float
    high: float
    lines: tuple[str, ...]


def tree(nodes: Sequence[Box], *, name: str, yes: str, no: str) -> str:
    """The tree whose root is the first node; the lines are the thicker, the larger the share of rows."""
    boxes = {node.number: node for node in nodes}
    with style.drawing():
        spots, height = _spots(boxes, nodes[0].number)
        axes = _axes(height)
        for node in nodes:
            for target, word in ((node.left, yes), (node.right, no)):
                if target is not None:
                    _branch(axes, spots[node.number], spots[target], word, boxes[target].share)
        for node in nodes:
            _box(axes, node, spots[node.number])
        return style.svg(axes, name, [_spot(node, spots[node.number]) for node in nodes])


def _spot(box: Box, place: Spot) -> style.Spot:
    """The words of a box whole, which may be cut where it is drawn."""
    corners = (
        (place.x - place.wide / 2, place.y - place.high / 2),
        (place.x + place.wide / 2, place.y + place.high / 2),
    )
    return style.Spot(place.x, place.y, (style.Told(box.text, place.lines[-1]),), corners)


def _axes(height: float) -> Axes:
    """Axes whose unit is the point, the origin at the top left."""
    axes = style.sheet(height, left=0, right=0, bottom=0, top=0)
    axes.set(xlim=(0, style.WIDTH), ylim=(height, 0))
    axes.set_axis_off()
    return axes


def _levels(boxes: Mapping[int, Box], root: int) -> dict[int, int]:
    levels, rest = {root: 0}, [root]
    while rest:
        node = boxes[rest.pop()]
        for child in (node.left, node.right):
            if child is not None:
                levels[child] = levels[node.number] + 1
                rest.append(child)
    return levels


def _spots(boxes: Mapping[int, Box], root: int) -> tuple[dict[int, Spot], float]:
    """A column a level; the leaves take their places from the top, every question stands between its branches."""
    levels = _levels(boxes, root)
    starts, rooms = _columns(boxes, levels)
    lines = {number: _lines(boxes[number], rooms[level] - 2 * PADDING) for number, level in levels.items()}
    middles, height = _middles(boxes, root, {number: len(text) * LINE + 8 for number, text in lines.items()})
    spots = {}
    for number, level in levels.items():
        weight = "bold" if boxes[number].leaf else "normal"
        wide = max(width(line, style.SMALL, weight) for line in lines[number]) + 2 * PADDING
        spots[number] = Spot(
            starts[level] + wide / 2, middles[number], wide, len(lines[number]) * LINE + 6, lines[number]
        )
    return spots, height


def _columns(boxes: Mapping[int, Box], levels: Mapping[int, int]) -> tuple[list[float], list[float]]:
    """Where each level starts and how wide its boxes may be: short words leave their room to long ones."""
    needs = [0.0] * (max(levels.values()) + 1)
    for number, level in levels.items():
        own = width(shown(boxes[number].text), style.SMALL) * (BOLD if boxes[number].leaf else 1) + 2 * PADDING + 1
        needs[level] = min(max(needs[level], own, LEAST), WIDEST)
    page = style.WIDTH - 4
    rooms = _dealt(needs, page - COLUMN_GAP * (len(needs) - 1))
    gap = min((page - sum(rooms)) / max(len(rooms) - 1, 1), 2 * COLUMN_GAP)
    return [2 + sum(rooms[:level]) + gap * level for level in range(len(rooms))], rooms


def _dealt(needs: Sequence[float], whole: float) -> list[float]:
    """What each gets where there is not enough for all: all of it for those that need less than an equal part."""
    rest, rooms = whole, [0.0] * len(needs)
    for left, level in zip(
        range(len(needs), 0, -1), sorted(range(len(needs)), key=lambda one: needs[one]), strict=True
    ):
        rooms[level] = min(needs[level], rest / left)
        rest -= rooms[level]
    return rooms


def _lines(box: Box, room: float) -> tuple[str, ...]:
    share = "<1%" if 0 < box.share < 0.005 else f"{box.share:.0%}"
    room = room / BOLD if box.leaf else room
    return (*wrapped(box.text, room, style.SMALL, lines=3).split("\n"), share)


def _middles(boxes: Mapping[int, Box], root: int, heights: Mapping[int, float]) -> tuple[dict[int, float], float]:
    """How far down each box's middle is, and how high the whole is: every subtree has a strip of its own."""
    middles: dict[int, float] = {}

    def place(number: int, top: float) -> float:
        children = [child for child in (boxes[number].left, boxes[number].right) if child is not None]
        bottom = top
        for child in children:
            bottom = place(child, bottom)
        needed = heights[number] + BETWEEN
        if bottom - top < needed:
            for member in _below(boxes, number):
                middles[member] += (needed - (bottom - top)) / 2
            bottom = top + needed
        middles[number] = sum(middles[child] for child in children) / 2 if len(children) == 2 else (top + bottom) / 2
        return bottom

    return middles, place(root, 0.0)


def _below(boxes: Mapping[int, Box], number: int) -> list[int]:
    children = [child for child in (boxes[number].left, boxes[number].right) if child is not None]
    return children + [member for child in children for member in _below(boxes, child)]


def _branch(axes: Axes, start: Spot, end: Spot, word: str, share: float) -> None:
    """A line with one step, and its word above it near the box that it leads to."""
    left, right = start.x + start.wide / 2, end.x - end.wide / 2
    turn = right - COLUMN_GAP + 8
    axes.plot(
        [left, max(turn, left + 4), max(turn, left + 4), right],
        [start.y, start.y, end.y, end.y],
        color=style.QUIET,
        linewidth=0.8 + 3.2 * share,
        solid_joinstyle="round",
        zorder=1,
    )
    text = elided(word, COLUMN_GAP - 12, SIGN)
    axes.text(right - 3, end.y - 3 - 1.6 * share, text, ha="right", va="bottom", fontsize=SIGN, color=style.MUTED)


def _box(axes: Axes, box: Box, spot: Spot) -> None:
    corner = (spot.x - spot.wide / 2, spot.y - spot.high / 2)
    face, edge = ("#e3eef7", style.ACCENT) if box.leaf else (style.PAPER, style.MUTED)
    axes.add_patch(
        FancyBboxPatch(corner, spot.wide, spot.high, boxstyle=ROUND, facecolor=face, edgecolor=edge, linewidth=0.8)
    )
    for row, line in enumerate(spot.lines):
        last = row == len(spot.lines) - 1
        axes.text(
            spot.x,
            spot.y + (row - (len(spot.lines) - 1) / 2) * LINE,
            line,
            ha="center",
            va="center_baseline",
            fontsize=style.SMALL,
            color=style.MUTED if last else style.INK,
            fontweight="bold" if box.leaf and not last else "normal",
            zorder=4,
        )
