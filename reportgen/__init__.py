"""reportgen: one command turns a table into an audit report of a neural network.

from reportgen import audit
report = audit("penguins.csv", target="species")
report.save("reports/penguins")

After `reportgen run penguins.csv --target species`, the network itself:

from reportgen import load
load("reports/penguins").predict("new_penguins.csv")
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reportgen.api import Report, audit
    from reportgen.config import Config
    from reportgen.data import prepare, split
    from reportgen.document import Document
    from reportgen.model import train
    from reportgen.predictor import Predictor, load

__version__ = "0.1.0"

_HOMES = {
    "Config": "reportgen.config",
    "Document": "reportgen.document",
    "Predictor": "reportgen.predictor",
    "Report": "reportgen.api",
    "audit": "reportgen.api",
    "load": "reportgen.predictor",
    "prepare": "reportgen.data",
    "split": "reportgen.data",
    "train": "reportgen.model",
}

__all__ = ["Config", "Document", "Predictor", "Report", "__version__", "audit", "load", "prepare", "split", "train"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module's attributes are of many types
    """Import a public name when it is first used, so that the command line starts at once."""
    if name not in _HOMES:
        raise AttributeError(f"module 'reportgen' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
