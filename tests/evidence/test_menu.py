from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from reportgen.evidence.menu import lay_out


def _menu(subject, frame):
    """A menu of a subject whose training rows hold these values of size, and colours."""
    train = replace(subject.train, x=subject.train.x[: len(frame)], y=subject.train.y[: len(frame)], frame=frame)
    return lay_out(replace(subject, train=train))


@pytest.fixture(scope="module")
def frame():
    return pd.DataFrame(
        {
            "size": [1.0, 2.0, 2.0, 9.0, np.nan],
            "weight": [1.0, 2.0, 3.0, 4.0, 5.0],
            "colour": np.array(["red", "blue", "red", None, "red"], dtype=object),
        }
    )


def test_numbers_are_as_far_apart_as_the_share_of_rows_between_them(binary_subject, frame):
    size = _menu(binary_subject, frame).scales[0]
    assert size.train[:4].tolist() == [0.25, 0.625, 0.625, 1.0]
    assert float(size.apart(size.train[0], size.train[3])) == 0.75
    assert frame["size"].iloc[list(size.choices)].tolist() == [1.0, 2.0, 9.0]


def test_rows_stand_where_training_rows_of_the_same_value_stand(binary_subject, frame):
    menu = _menu(binary_subject, frame)
    for scale in menu.scales:
        np.testing.assert_array_equal(scale.place(frame), scale.train)
    between = menu.scales[0].place(pd.DataFrame({"size": [0.0, 5.0, 10.0]}))
    assert between.tolist() == [0.125, 0.875, 1.125]


def test_categories_differ_wholly_and_so_does_a_missing_value(binary_subject, frame):
    colour = _menu(binary_subject, frame).scales[2]
    red, blue, _, missing, _ = colour.train
    new = colour.place(pd.DataFrame({"colour": np.array(["green"], dtype=object)}))[0]
    found = [float(colour.apart(one, other)) for one, other in ((red, red), (red, blue), (red, missing), (new, blue))]
    assert found == [0.0, 1.0, 1.0, 1.0]
    assert float(colour.apart(missing, missing)) == 0.0
    assert frame["colour"].iloc[list(colour.choices)].tolist() == ["red", "blue"]


def test_dates_are_placed_like_numbers(binary_subject, frame):
    days = pd.to_datetime(["2020-01-01", "2020-01-02", "2020-01-03", "2020-01-04", None])
    scale = _menu(binary_subject, frame.assign(size=days)).scales[0]
    np.testing.assert_array_equal(scale.place(pd.DataFrame({"size": days})), [0.25, 0.5, 0.75, 1.0, np.nan])


def test_protected_and_immutable_columns_cannot_change(binary_subject):
    fixed = replace(binary_subject, protected=("colour", "sex"), immutable=("weight",))
    menu = lay_out(fixed)
    assert [menu.scales[place].feature for place in menu.changeable] == ["size"]


def test_the_nearest_training_row_is_found(binary_subject, frame):
    menu = _menu(binary_subject, frame)
    assert menu.nearest(menu.place(frame)).tolist() == [0.0] * 5
    odd = frame.iloc[[0]].assign(colour="green")
    assert menu.nearest(menu.place(odd)).tolist() == [1.0]


def test_the_margin_of_a_number_is_the_mean_error_on_test_rows(regression_subject, binary_subject):
    test = regression_subject.test
    assert lay_out(regression_subject).margin == np.abs(regression_subject.predict(test.x) - test.y).mean()
    assert lay_out(binary_subject).margin is None
