from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from reportgen.evidence import identity
from reportgen.findings import leaking
from reportgen.findings.columns import adds_up


def parts(subject, frame, y):
    """Two thirds to train on, one to check by."""
    cut = 2 * len(y) // 3
    rows = {"train": slice(None, cut), "validation": slice(cut, None)}
    return [replace(getattr(subject, name), frame=frame[where], y=y[where]) for name, where in rows.items()]


def found(subject, columns, y):
    frame = pd.DataFrame(columns)
    return identity.find(*parts(subject, frame, np.asarray(y, dtype=float)), tuple(frame))


def fares(rng, n=1500):
    """A bill: fare, tip, tolls and one of three surcharges make the total."""
    distance = rng.exponential(4, n)
    fare = np.round(3 + 2.5 * distance + rng.normal(0, 2, n), 1)
    tip, tolls = np.round(rng.exponential(2, n), 2), rng.choice([0, 5.76], n, p=[0.95, 0.05])
    total = np.round(fare + tip + tolls + rng.choice([0.3, 0.8, 1.3], n), 2)
    return {"distance": distance, "tip": tip, "tolls": tolls, "total": total}, fare


def test_a_bill_is_seen_through(regression_subject):
    columns, fare = fares(np.random.default_rng(1))
    account = found(regression_subject, columns, fare)
    assert dict(zip(account.columns, account.signs, strict=True)) == {"tip": -1, "tolls": -1, "total": 1}
    assert (account.share, account.n) == (1.0, 500)
    assert adds_up(account)
    assert leaking((), account) == ("tip", "tolls", "total")


def test_a_plain_sum_with_gaps_is_seen_through(regression_subject):
    rng = np.random.default_rng(2)
    casual, registered = rng.poisson(30, 900).astype(float), rng.poisson(90, 900).astype(float)
    y = casual + registered
    casual[::50] = np.nan
    account = found(regression_subject, {"casual": casual, "registered": registered, "noise": rng.normal(size=900)}, y)
    assert account.columns == ("casual", "registered")
    assert account.r2 == pytest.approx(1.0)
    assert adds_up(account)


def test_a_strong_predictor_is_no_account(regression_subject):
    """R² 0.99 with a weight of one: the errors come in any amount."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=1200)
    account = found(regression_subject, {"x": x, "z": rng.normal(size=1200)}, x + 0.1 * rng.normal(size=1200))
    assert account.r2 > 0.98
    assert not adds_up(account)


def test_yesterday_s_count_is_no_account(regression_subject):
    """Whole numbers differ by whole numbers, but by more than eight of them."""
    rng = np.random.default_rng(4)
    before = rng.poisson(200, 1200)
    assert not adds_up(found(regression_subject, {"before": before.astype(float)}, before + rng.poisson(9, 1200) - 9))


def test_few_targets_make_no_account(regression_subject):
    rng = np.random.default_rng(5)
    stars = rng.integers(1, 6, 900)
    account = found(regression_subject, {"stars_by_others": stars.astype(float)}, stars)
    assert account.own == 1.0
    assert not adds_up(account)


def test_nothing_that_adds_up_is_none(regression_subject):
    rng = np.random.default_rng(6)
    assert found(regression_subject, {"x": rng.normal(size=600)}, rng.normal(size=600) * 100) is None
    assert found(regression_subject, {"x": np.array(["a", "b"] * 300, dtype=object)}, rng.normal(size=600)) is None
