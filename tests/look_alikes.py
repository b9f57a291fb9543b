"""Tables that look as if something were wrong with them, and are sound: an audit of them warns of nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

Rng = np.random.Generator
YES = np.array(["no", "yes"], dtype=object)


@dataclass(frozen=True)
class LookAlike:
    """A table, what a user would say with it, and the codes that it looks like, each with what does.

    `fair` holds codes that may be warned of all the same, since they are true.
    """

    frame: pd.DataFrame
    like: dict[str, str]
    fair: tuple[str, ...] = ()
    test: pd.DataFrame | None = None
    options: dict[str, Any] = field(default_factory=dict)


def customers(rng: Rng) -> LookAlike:
    """Honest quirks in single columns: tails, caps that are prices, rare levels, gaps that fell by chance."""
    n = 2400
    age, income = rng.normal(45, 12, n).round(1), rng.lognormal(10, 1.1, n).round(0)
    score = rng.normal(0, 1, n).round(3)
    chance = 1 / (1 + np.exp(-(0.9 * (age - 45) / 12 + 1.3 * score + 0.5 * (np.log(income) - 10))))
    answer = YES[(rng.random(n) < chance).astype(int)]
    frame = pd.DataFrame(
        {
            "age": age,
            "income": income,
            "score": score,
            "price": rng.choice([199, 499, 799, 999, 1299, 1999], n) + 5 * rng.integers(-20, 21, n),
            "visits": np.where(rng.random(n) < 0.7, 0, rng.poisson(4, n)),
            "balance": (rng.standard_t(3, n) * 1000).round(2),
            "district": [f"D{k:02d}" for k in rng.integers(0, 60, n)],
            "flat": rng.choice(["1", "2", "2a", "3", "3b", "4"], n, p=[0.3, 0.25, 0.1, 0.2, 0.1, 0.05]),
            "wind": rng.choice(["north", "north-east", "north-west", "south", "southern hills"], n),
            "contract": np.where(rng.random(n) < 0.96, "open", "fixed"),
            "partner_age": np.where(rng.random(n) < 0.42, np.nan, (age + rng.normal(0, 16, n)).round(1)),
            "height": np.where(rng.random(n) < 0.05, np.nan, rng.normal(171, 9, n).round(1)),
            "answer": answer,
        }
    )
    like = {
        "outlier_values": "log-normal incomes, balances with a heavy tail on both sides",
        "sentinel_missing": "prices of 999, counts that are 0 in most rows",
        "mixed_types": "numbers of flats, of which most are digits alone",
        "category_variants": "levels of which one begins like the other",
        "id_column": "sixty districts with 40 rows each",
        "high_cardinality": "the same",
        "constant_column": "a contract that is open in 96 of 100 rows",
        "mostly_missing": "a column with four values in ten missing",
        "informative_missingness": "values missing by chance",
        "correlated_importance": "the ages of partners, correlated by 0.6 where known",
        "group_leakage": "the districts",
        "weak_slice": "errors that are as likely everywhere",
    }
    return LookAlike(frame, like)


def patients(rng: Rng) -> LookAlike:
    """A strong but legal predictor, coarse values by which two persons coincide, a harmless diary, fair errors."""
    n = 2400
    ill = rng.random(n) < 0.24
    sex = np.where(rng.random(n) < np.where(ill, 0.35, 0.55), "female", "male")
    frame = pd.DataFrame(
        {
            "seen_at": pd.date_range("2024-01-01", periods=n, freq="5h").strftime("%Y-%m-%d %H:%M"),
            "screening": (1.75 * ill + rng.normal(size=n)).round(1),
            "grade": np.clip((0.7 * ill + rng.normal(size=n)).round(), -2, 2),
            "smokes": np.where(rng.random(n) < np.where(ill, 0.6, 0.3), "yes", "no"),
            "ward": [f"W{k}" for k in rng.integers(0, 12, n)],
            "sex": sex,
            "ill": YES[ill.astype(int)],
        }
    )
    like = {
        "target_leakage": "a screening score of AUC 0.89",
        "time_leakage": "a diary in which nothing drifts",
        "duplicate_rows": "patients that coincide in coarse values",
        "conflicting_labels": "the same",
        "train_test_overlap": "the same",
        "class_imbalance": "three healthy to one ill",
        "rare_class": "the same",
        "missing_target": "nobody's outcome is unknown",
        "label_noise": "patients who are ill against all signs",
        "unfair_errors": "women who are ill less often",
        "overfit": "chances that no model can tell better",
        "miscalibrated": "the same",
        "no_better_than_baseline": "a model that is right little more often than guessing is",
    }
    options = {"protected": ("sex",)}
    return LookAlike(frame, like, fair=("weak_slice",), options=options)  # between ill and healthy every model errs


def houses(rng: Rng) -> LookAlike:
    """Prices that columns tell well but do not give away, and columns that are close but not the same."""
    n = 2000
    area, rooms = rng.normal(110, 30, n), rng.normal(0, 1, n)
    frame = pd.DataFrame(
        {
            "area": area.round(1),
            "usable_area": (0.8 * area + rng.normal(0, 14, n)).round(1),
            "light": rooms.round(3),
            "year": rng.integers(1950, 2021, n),
            "street": [f"S{k:02d}" for k in rng.integers(0, 40, n)],
            "price": (area * 2.5 * np.exp(0.12 * rooms) + rng.normal(0, 22, n)).round(1),
        }
    )
    like = {
        "target_leakage": "an area that tells four fifths of the price",
        "redundant_features": "two areas, correlated by 0.86",
        "id_column": "streets",
        "group_leakage": "streets",
    }
    return LookAlike(frame, like)


def waves(rng: Rng) -> LookAlike:
    """Two files of the same world: names that test alone has, chance shifts, and a product no line can follow."""
    n = 3000
    x, y = (np.sign(draw) * (0.35 + np.abs(draw)) for draw in rng.normal(size=(2, n)))
    kind = np.where(x * y + 0.15 * rng.normal(size=n) > 0, "rising", "falling")
    frame = pd.DataFrame(
        {
            "x": x.round(3),
            "y": y.round(3),
            "noise": rng.normal(size=n).round(3),
            "place": [f"P{k:02d}" for k in np.minimum(rng.geometric(0.08, n), 45)],
            "kind": kind,
        }
    )
    like = {
        "simpler_model_suffices": "a product, of which each factor alone says nothing",
        "feature_drift": "two parts that differ by chance",
        "label_drift": "the same",
        "unseen_categories": "rare places, some of which only the test file has",
        "performance_drop": "scores that differ by chance",
    }
    return LookAlike(frame[:2000].copy(), like, test=frame[2000:].copy())


TABLES: dict[str, Callable[[Rng], LookAlike]] = {
    "customers": customers,
    "patients": patients,
    "houses": houses,
    "waves": waves,
}


def made(name: str, seed: int = 0) -> LookAlike:
    """One of the tables, drawn from a seed."""
    return TABLES[name](np.random.default_rng([seed, len(name)]))
