import numpy as np
import pandas as pd
import pytest

from reportgen.evidence.values import as_text


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
