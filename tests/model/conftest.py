"""TensorFlow computes on as many threads as a run does, whichever test of this folder comes first."""

import pytest

from reportgen.config import Config


@pytest.fixture(scope="session", autouse=True)
def threads() -> None:
    from reportgen.model.runtime import fix_threads

    fix_threads(Config().threads)
