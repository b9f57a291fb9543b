import numpy as np

from reportgen.evidence import confusion
from reportgen.evidence.intervals import rate_interval
from reportgen.evidence.predictions import ClassAnswers
from reportgen.records.mistakes import Confusion, Mixup

ABC = ("a", "b", "c")


def _answers(table):
    pairs = [(i, j) for i, row in enumerate(table) for j, times in enumerate(row) for _ in range(times)]
    actual, predicted = np.array(pairs).T
    return ClassAnswers("test", actual, np.eye(len(table))[predicted], None)


TABLE = ((8, 2, 0), (0, 0, 1), (30, 0, 60))


def test_rows_are_counted_actual_down_and_predicted_across():
    assert confusion.count(_answers(TABLE), ABC) == Confusion(labels=ABC, counts=TABLE)


def _mixup(actual, predicted, count, n):
    low, high = rate_interval(count, n)
    return Mixup(actual=actual, predicted=predicted, count=count, n=n, share=count / n, low=low, high=high)


def test_the_surest_mixup_leads_and_a_single_row_does_not():
    assert confusion.mixups(_answers(TABLE), ABC) == (
        _mixup("c", "a", 30, 90),
        _mixup("b", "c", 1, 1),
        _mixup("a", "b", 2, 10),
    )


def test_no_more_than_ten_are_listed_and_none_of_none():
    table = np.full((5, 5), 3)
    assert len(confusion.mixups(_answers(table), tuple("abcde"))) == 10
    assert confusion.mixups(_answers(np.eye(3, dtype=int)), ABC) == ()
