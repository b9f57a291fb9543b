"""Short English sentences for machines to pass on: in junit.xml, in annotations, in SARIF and on the terminal."""

from reportgen.records.finding import Finding
from reportgen.records.gates import Target

STATES = {"met": "met", "missed": "missed", "not_shown": "not shown"}
NOTES = {"not_measured": "it could not be measured", "no_interval": "its value has no interval"}


def target_sentence(target: Target) -> str:
    """What was asked, what it comes to, what was measured: `r2 >= 0.9 missed: 0.71 (0.65 to 0.76), n = 300`."""
    return f"{target.name} {target.asked} {STATES[target.status]}: {_measured(target)}"


def _measured(target: Target) -> str:
    if target.value is None:
        return NOTES["not_measured"]
    words = _written(target.value)
    if target.low is not None and target.high is not None:
        words += f" ({_written(target.low)} to {_written(target.high)})"
    words += f", n = {target.n}" if target.n is not None else ""
    return f"{words}; {NOTES[target.note]}" if target.note else words


def _written(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def waiver_sentence(finding: Finding) -> str:
    """Who has answered for a finding and until when, or whose waiver has ended; empty where nobody has."""
    if finding.waived:
        return f"Waived by {finding.waived.by} until {finding.waived.until}: {finding.waived.reason}"
    if finding.lapsed:
        return f"A waiver by {finding.lapsed.by} ended on {finding.lapsed.until}, so this counts again."
    return ""
