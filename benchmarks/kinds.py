"""How many columns of real tables are read as what they are: kinds and roles held against a manifest.

    python benchmarks/kinds.py MANIFEST.json

The manifest lists tables (file, target, categorical_columns, id_columns); what it does not say stands in KINDS below,
after each table's own documentation. Prints the rate and every column that differs.
"""

import json
import sys
from pathlib import Path

from reportgen.config import Config
from reportgen.data import load
from reportgen.data.structure import suspects
from reportgen.records.table import Column

KINDS: dict[tuple[str, str], str] = {
    ("telco_churn", "TotalCharges"): "numeric",
    ("nyc_taxis", "pickup"): "datetime",
    ("nyc_taxis", "dropoff"): "datetime",
    ("titanic3", "name"): "text",
    ("telco_churn", "customerID"): "text",
}
"""Columns of text in the file that are no categories: blanks among numbers, moments, names of persons, keys."""

CODED: dict[str, tuple[str, ...]] = {
    "ames": ("MS.SubClass",),
    "soybean": ("*",),
    "bikeshare": ("season",),
}
"""Categories that the file codes as digits: the documentation says so, the table cannot; `[columns]` settles them."""


def expected_kinds(table: dict[str, object], name: str) -> set[str]:
    """What a column may be read as: yes and no are categories of two words in the manifest."""
    own = KINDS.get((str(table["name"]), name))
    if own:
        return {own}
    listed = table.get("categorical_columns") or []
    return {"categorical", "boolean"} if name in listed else {"numeric"}


def expected_role(table: dict[str, object], name: str) -> str:
    if name == table["target"]:
        return "target"
    return "id" if name in (table.get("id_columns") or []) else "feature"


def kind_fits(table: dict[str, object], column: Column) -> bool:
    if column.name == table["target"]:
        return column.kind == "numeric" if table["task"] == "regression" else True
    return column.kind in expected_kinds(table, column.name)


def role_fits(table: dict[str, object], column: Column, groups: set[str]) -> bool:
    """A column that the manifest calls a key and the table's group is one where the audit would try it as a group."""
    constant = (column.role, column.why) in {("dropped", "constant"), ("dropped", "all_missing")}
    grouped = column.name == table.get("group_column") and column.name in groups
    return column.role == expected_role(table, column.name) or (constant and column.distinct <= 1) or grouped


def main(manifest: Path) -> int:
    """Print the rates and the rest; status 1 below 99 in a hundred."""
    tables = json.loads(manifest.read_text(encoding="utf-8"))["datasets"]
    columns, wrong, coded = 0, [], 0
    for table in tables:
        dataset = load(manifest.parent / table["file"], Config(target=table["target"]))
        groups = {name for one in suspects(dataset, Config()) if one.kind == "group" for name in one.columns}
        for column in dataset.columns:
            columns += 1
            where = f"{table['name']}.{column.name}"
            names = CODED.get(table["name"], ())
            coded += column.name != table["target"] and ("*" in names or column.name in names)
            if not kind_fits(table, column):
                expected = " or ".join(sorted(expected_kinds(table, column.name)))
                wrong.append(f"{where}: kind {column.kind}, not {expected}")
            if not role_fits(table, column, groups):
                wrong.append(f"{where}: role {column.role} ({column.why}), not {expected_role(table, column.name)}")
    bad = len({line.split(":")[0] for line in wrong})
    print(f"{columns - bad} of {columns} columns right ({(columns - bad) / columns:.1%}) in {len(tables)} tables")
    print(*wrong, sep="\n")
    print(f"besides, {coded} columns are categories coded as digits, which no table can tell: they are read as numbers")
    return int(bad > columns / 100)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
