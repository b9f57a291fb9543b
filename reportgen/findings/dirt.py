"""What is wrong with the cells of one column: codes for "missing", texts among numbers, spellings, values far off."""

import re
from collections.abc import Iterator

from reportgen.records.dirt import Sentinel, Variants
from reportgen.records.dossier import Dossier
from reportgen.records.finding import Finding, Severity
from reportgen.records.table import Column

MATTERS = 0.005
"""A share of cells moves accuracy by at most as much, each row being right or wrong: below half a point a reader who
rounds to whole points cannot tell."""

SWAY = 0.5
"""Values that make more than half of a column's sum of squares decide its mean, its spread and any slope on it."""

STRAYS = {"text_among_numbers": "numeric", "text_among_dates": "datetime", "numbers_among_text": "categorical"}
"""Notes on columns of two kinds of cells, and what such a column was read as."""


def sentinel_missing(dossier: Dossier) -> Iterator[Finding]:
    """Flag a column in which a number or a word stands for a missing value."""
    for column in _looked_at(dossier):
        found = tuple(one for one in dossier.profile.dirt.sentinels if one.column == column.name)
        for numbers in (True,) if column.role == "target" else (True, False):  # words: see missing_target
            alike = tuple(one for one in found if (one.how != "word") == numbers)
            if alike:
                yield _sentinel(column, alike)


def _sentinel(column: Column, found: tuple[Sentinel, ...]) -> Finding:
    """One finding on all codes of a column; words that reading understands, or that stay a category, harm nothing."""
    rows = tuple(sorted(row for one in found for row in one.rows))
    state, share = found[0].state, len(rows) / found[0].n
    harmless = state in {"read", "level"} or (state == "missing" and share < MATTERS)
    return Finding(
        code="sentinel_missing",
        severity=Severity.INFO if harmless else Severity.WARNING,
        columns=(column.name,),
        rows=rows,
        evidence={
            "values": tuple(one.value for one in found),
            "counts": tuple(len(one.rows) for one in found),
            "how": found[0].how,
            "state": state,
            "nearest": found[0].nearest,
            "p_value": max((one.p_value for one in found if one.p_value is not None), default=None),
            "n": found[0].n,
            "share": share,
        },
    )


def mixed_types(dossier: Dossier) -> Iterator[Finding]:
    """Flag a column of numbers or dates among which texts stand."""
    notes = {str(n.facts["column"]): n for n in dossier.dataset.reading.notes if _is_stray(n.code, n.facts.get("file"))}
    said = {one.column: set(one.rows) for one in dossier.profile.dirt.sentinels if one.state == "read"}
    for column in _looked_at(dossier):
        if column.name not in notes or (column.role == "target" and dossier.task.kind != "regression"):
            continue
        facts = notes[column.name].facts
        listed, examples = facts.get("rows"), facts.get("examples")
        if not isinstance(listed, tuple) or not isinstance(examples, tuple):
            continue
        rows = tuple(int(row) for row in listed if isinstance(row, int) and row not in said.get(column.name, ()))
        n = dossier.dataset.rows_read
        if rows:
            yield Finding(
                code="mixed_types",
                severity=Severity.WARNING if len(rows) >= MATTERS * n else Severity.INFO,
                columns=(column.name,),
                rows=rows,
                evidence={
                    "kind": STRAYS[notes[column.name].code],
                    "count": len(rows),
                    "n": n,
                    "share": len(rows) / n,
                    "examples": examples,
                },
            )


def _is_stray(code: str, file: object) -> bool:
    """Tell a note on texts among others in the data file; those of a test file count its own rows."""
    return code in STRAYS and file is None


def outlier_values(dossier: Dossier) -> Iterator[Finding]:
    """Flag a column in which a few values are orders of magnitude off the others."""
    judged = {column.name for column in _looked_at(dossier)}
    for found in dossier.profile.dirt.outliers:
        if found.column not in judged:
            continue
        matters = found.share > SWAY or len(found.rows) >= MATTERS * found.n
        yield Finding(
            code="outlier_values",
            severity=Severity.WARNING if matters else Severity.INFO,
            columns=(found.column,),
            rows=found.rows,
            evidence={
                "side": found.side,
                "count": len(found.rows),
                "n": found.n,
                "least": found.least,
                "most": found.most,
                "edge": found.edge,
                "ratio": found.ratio,
                "factor": found.factor,
                "share": found.share,
                "p_value": found.p_value,
                "columns_looked_at": dossier.profile.dirt.columns,
            },
        )


def category_variants(dossier: Dossier) -> Iterator[Finding]:
    """Flag a column in which one category is spelled in several ways."""
    for column in _looked_at(dossier):
        found = tuple(one for one in dossier.profile.dirt.variants if one.column == column.name)
        sure = tuple(one for one in found if one.state != "unclear")
        if found:
            yield _several(column, sure or found)


def _several(column: Column, found: tuple[Variants, ...]) -> Finding:
    """One finding on all categories of a column; where letters may be symbols, it is only a note."""
    rows = tuple(sorted(row for one in found for row in one.rows))
    share = len(rows) / found[0].n
    matters = found[0].state != "unclear" and share >= MATTERS
    return Finding(
        code="category_variants",
        severity=Severity.WARNING if matters else Severity.INFO,
        columns=(column.name,),
        rows=rows,
        evidence={
            "categories": len(found),
            "spellings": tuple(spelling for one in found for spelling in one.spellings),
            "counts": tuple(count for one in found for count in one.counts),
            "examples": tuple(" = ".join(f"“{_with_blanks(spelling)}”" for spelling in one.spellings) for one in found),
            "state": found[0].state,
            "count": len(rows),
            "n": found[0].n,
            "share": share,
        },
    )


def _with_blanks(spelling: str) -> str:
    """Show blanks that a page would swallow (outer, double and unusual ones) as middle dots."""
    return re.sub(r"^\s+|\s+$|\s{2,}|[^\S ]", lambda found: "·" * len(found.group()), spelling)


def _looked_at(dossier: Dossier) -> tuple[Column, ...]:
    """List all columns but those that the user left out and keys, whose cells teach the network nothing."""
    return tuple(c for c in dossier.dataset.columns if (c.role, c.why) != ("dropped", "asked") and c.role != "id")
