"""A small table whose every word is meant to break a page: its columns, its cells, its classes, its own name."""

import csv
import random
from pathlib import Path

LONG = "long_" + "x" * 290 + "_name"
TURNED = "\u0634\u0647\u0631\u202e\u05e9\u05dc\u05d5\u05dd"
BROKEN = 'two\nlines "quoted"'
SCRIPT = "<script>alert(1)</script>"
NUMERIC = ("../../x", "{{7*7}}", LONG, TURNED, "rocket \U0001f600\U0001f680", "$x_1$")
CATEGORICAL = (SCRIPT, "=cmd()", "a|b", "%(x)s %s {0}", BROKEN)
CONSTANT = "--> ]]> &lt;!--"
TARGET = "</td><svg onload=alert(1)>"
CLASSES = ("<img src=x onerror=alert(1)>", "{% raw %}", "'; DROP TABLE students; --")
VALUES = (
    "<b onmouseover=alert(1)>bold</b>",
    "esc\x1b[31m\x7f\x9b5m",
    "a|b\\|c",
    "\ufeff\u200b\u202etxt.exe",
    "&lt;i&gt;",
)
COLUMNS = (*NUMERIC, *CATEGORICAL, CONSTANT, TARGET)
FILE = "<img src=x onerror=alert(1)> {{7*7}} $(id) ..\u202e%s.csv"
CARD = {
    "purpose": "<script>alert('card')</script> {{7*7}} | ``` # head",
    "decision": "[click](javascript:alert(1)) ![x](http://198.51.100.1/x.png)",
    "owner": "\u202egro.elpmaxe \x00\x07 \U0001f600",
    "contact": "<a href=javascript:alert(1)>write</a>",
    "affected": "x" * 400,
    "legal_basis": "{% include '/etc/passwd' %} %(x)s %s {0} ${y}",
}


def write(folder: Path) -> list[str]:
    """Put the table and its reportgen.toml into a folder; returns the words of the command that audits it."""
    source, settings = folder / FILE, folder / "reportgen.toml"
    with source.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([COLUMNS, *_rows(random.Random(0))])
    answers = (f'{key} = "{"".join(_escaped(letter) for letter in text)}"' for key, text in CARD.items())
    settings.write_text("\n".join(["[card]", *answers]), encoding="utf-8")
    return ["run", str(source), "--config", str(settings), "--protected", SCRIPT, "--protected", "a|b"]


def _escaped(letter: str) -> str:
    return letter if letter.isascii() and letter.isprintable() and letter not in '"\\' else f"\\U{ord(letter):08X}"


def _rows(chance: random.Random) -> list[list[str]]:
    rows = []
    for number in range(130):
        label = chance.randrange(3)
        numbers = [f"{chance.gauss(label * size, 1):.4f}" for size in (2, 1, 2, 0.5, 0, 0)]
        picks = [VALUES[(label + chance.choice((0, 0, 0, 1, 3))) % len(VALUES)] for _ in CATEGORICAL[:-1]]
        rows.append([*numbers, *picks, VALUES[number % 2], "`x`", CLASSES[label]])
    for row in rows:
        row[5] = str(2 * float(row[1]))  # one column says what another says
    for row in rows[::2]:
        row[4] = ""  # and one is mostly missing
    rows[5][0] = "-999999"  # a value orders of magnitude off
    return [*rows, rows[0], rows[1], rows[2]]
