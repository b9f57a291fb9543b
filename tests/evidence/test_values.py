import numpy as np
import pandas as pd
import pytest

from reportgen.evidence.values import as_short_text, as_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3.0, "3"),
        (0.1 + 0.2, "0.3"),
        (np.float64(1234567.0), "1.23457e+06"),
        (7, "7"),
        (True, "True"),
        ("<b>", "<b>"),
        (None, ""),
        (np.nan, ""),
        (pd.NaT, ""),
        (pd.Timestamp("2024-02-29"), "2024-02-29"),
        (pd.Timestamp("2024-02-29 13:05"), "2024-02-29 13:05:00"),
    ],
)
def test_cells_read_as_people_write_them(value, text):
    assert as_text(value) == text


def test_long_cells_are_cut():
    assert as_short_text("x" * 60) == "x" * 60
    assert as_short_text("x" * 61) == "x" * 59 + "…"
    assert as_short_text(0.1 + 0.2) == "0.3"
