"""Numbers and words in, one SVG string out: the only home of matplotlib."""

from reportgen.charts.bars import bars
from reportgen.charts.effects import effects
from reportgen.charts.fonts import advance, covered, letters
from reportgen.charts.grid import grid
from reportgen.charts.heatmap import heatmap, share_heatmap
from reportgen.charts.histogram import histogram
from reportgen.charts.lines import lines, reliability
from reportgen.charts.pie import pie
from reportgen.charts.ranges import ranges
from reportgen.charts.scatter import scatter
from reportgen.charts.strips import strips
from reportgen.charts.tree import Box, tree
from reportgen.charts.words import shown

__all__ = (
    "Box",
    "advance",
    "bars",
    "covered",
    "effects",
    "grid",
    "heatmap",
    "histogram",
    "letters",
    "lines",
    "pie",
    "ranges",
    "reliability",
    "scatter",
    "share_heatmap",
    "shown",
    "strips",
    "tree",
)
