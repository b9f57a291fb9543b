"""Judges the evidence: a rule a defect, a plain list of rules, and the verdict that they come to."""

from reportgen.findings.codes import CODES, CodeInfo
from reportgen.findings.columns import leaking
from reportgen.findings.rules import RULES, judge
from reportgen.findings.targets import failing, hold, refuse_unfit, refuse_unknown
from reportgen.findings.verdict import decide
from reportgen.findings.waivers import counted, refuse_unknown_codes, waive

__all__ = [
    "CODES",
    "RULES",
    "CodeInfo",
    "counted",
    "decide",
    "failing",
    "hold",
    "judge",
    "leaking",
    "refuse_unfit",
    "refuse_unknown",
    "refuse_unknown_codes",
    "waive",
]
