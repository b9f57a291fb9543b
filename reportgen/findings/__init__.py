"""Judges the evidence: a rule a defect, a plain list of rules, and the verdict that they come to."""

from reportgen.findings.codes import CODES, CodeInfo
from reportgen.findings.columns import leaking
from reportgen.findings.rules import RULES, judge
from reportgen.findings.verdict import decide

__all__ = ["CODES", "RULES", "CodeInfo", "decide", "judge", "leaking"]
