"""What the script of the page reads: numbers that the page shows or could show, small and plain."""

from base64 import b64encode
from hashlib import sha256
from typing import Any

from reportgen.document import Document
from reportgen.records.mistakes import Confusion, ErrorRow
from reportgen.render.plain import elided, visible

SCRIPT = "script/report.js"
LONGEST = 60
CLASS_MEASURES = ("recall", "precision", "f1")

Facts = dict[str, Any]


def digest(script: str) -> str:
    """The hash by which a Content-Security-Policy lets one script run and no other."""
    return b64encode(sha256(script.encode()).digest()).decode("ascii")


def live(document: Document) -> Facts:
    """The numbers for the slider, the choice of a class and the reader of errors; nothing where they have no place."""
    return {"line": _line(document), "classes": _classes(document), "errors": _errors(document)}


def _said(text: object) -> str:
    return visible(elided(text, LONGEST))


def _line(document: Document) -> Facts | None:
    found = document.thresholds
    if found is None or found.scores is None:
        return None
    scores, labels = found.scores, document.task.classes
    return {
        "positive": _said(found.positive),
        "negative": _said(next((one for one in labels if one != found.positive), "")),
        "cuts": scores.cuts,
        "positives": scores.positives,
        "negatives": scores.negatives,
        "exact": scores.exact,
        "own": scores.own,
        "n": scores.n,
        "effects": dict(scores.effects),
        "costs": (found.false_positive, found.false_negative) if found.aim == "cost" else None,
    }


def _classes(document: Document) -> Facts | None:
    """The cells of the matrix that are not empty, and what was measured of each class."""
    matrix = document.errors.confusion
    if matrix is None or len(matrix.labels) < 3:
        return None
    place = {label: at for at, label in enumerate(matrix.labels)}
    return {
        "labels": [_said(label) for label in matrix.labels],
        "cells": _filled(matrix),
        "metrics": [
            (place[one.of], one.name, one.value, one.low, one.high, one.n)
            for one in document.metrics
            if one.of in place and one.split == "test" and one.name in CLASS_MEASURES
        ],
        "mixups": [(place[one.actual], place[one.predicted]) for one in document.errors.mixups],
    }


def _filled(matrix: Confusion) -> list[tuple[int, int, int]]:
    return [(i, j, count) for i, row in enumerate(matrix.counts) for j, count in enumerate(row) if count]


def _errors(document: Document) -> Facts | None:
    errors = document.errors
    if not errors.rows:
        return None
    taken_apart = {one.row for one in document.single_rows if one.part == "test"}
    near = {one.row: one.neighbours for one in document.neighbours.rows} if document.neighbours else {}
    suspects = {one.row: one for one in document.labels.suspects} if document.labels else {}
    return {
        "all": None if errors.wrong_rows is None else len(errors.wrong_rows),
        "classes": errors.confusion is not None,
        "rows": [
            _error(one)
            | {
                "apart": one.row in taken_apart,
                "near": [(_said(other.label), other.row, other.distance) for other in near.get(one.row, ())],
                "suspect": suspects[one.row].probability if one.row in suspects else None,
            }
            for one in errors.rows
        ],
    }


def _error(row: ErrorRow) -> Facts:
    return {
        "row": row.row,
        "actual": _said(row.actual),
        "predicted": _said(row.predicted),
        "size": row.error if row.probability is None else row.probability,
        "values": [(_said(name), _said(value)) for name, value in row.values],
        "parts": [(_said(one.feature), _said(one.value), one.contribution) for one in row.parts],
    }
