"""Holds two audits of one task against each other: what changed, how surely, and whether something was lost."""

from reportgen.comparison.compare import compare
from reportgen.comparison.seen import SeenReport, read_report

__all__ = ["SeenReport", "compare", "read_report"]
