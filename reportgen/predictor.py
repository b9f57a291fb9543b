"""The door to a saved network: raw rows in, predictions out, as the audit read, encoded and answered them."""

from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

import numpy as np
import numpy.typing as npt

from reportgen.config import Config
from reportgen.data import Preparer, Source, read_rows
from reportgen.errors import ModelError
from reportgen.model import SavedNetwork, load_network
from reportgen.output import read_manifest

Rows = Source


@dataclass(frozen=True)
class Predictor:
    """The network of a report, for new rows: a data frame, a file or URL, or the name of a built-in table.

    Columns may stand in any order; those that are not `features`, the target among them, are not looked at. Every cell
    is read for itself, as the audit read its table: an empty or unreadable one is missing, a category that training had
    not is another one. The same rows give the same bits as in the audit; among other rows a last digit may differ.

    What `pandas.read_csv` parses away (007 as 7, None as missing) is read back where only one text can be meant;
    a file, or a table read with `dtype=str, keep_default_na=False`, leaves nothing to guess.
    """

    target: str
    classes: tuple[str, ...]
    features: tuple[str, ...]
    _preparer: Preparer = field(repr=False)
    _network: SavedNetwork = field(repr=False)

    def predict(self, data: Rows) -> npt.NDArray[np.str_] | npt.NDArray[np.float64]:
        """The likeliest class of each row as text, the first of equals; for a regression the number in its own units.

        Raises DataError for rows that cannot be read, or that lack a feature.
        """
        answers = self._answer(data)
        return np.array(self.classes)[answers.argmax(axis=1)] if self.classes else answers

    def predict_proba(self, data: Rows) -> npt.NDArray[np.float64]:
        """Probabilities (rows, classes), in the order of `classes`.

        Raises DataError as `predict` does, and ModelError for a regression.
        """
        if not self.classes:
            raise ModelError(f"the target {self.target!r} is a number and has no classes; ask predict for it")
        return self._answer(data)

    def _answer(self, data: Rows) -> npt.NDArray[np.float64]:
        return self._network.predict(self._preparer.transform(read_rows(data, self._preparer.readers)))


def load(path: str | PathLike[str]) -> Predictor:
    """The network that `reportgen run` saved, from the report's folder or from the model.keras in it.

    It needs model.keras and preparer.json side by side, wherever they were moved to; with manifest.json beside them it
    computes on as many threads as the run did. Raises ModelError where one of them is not there, broken, or another's.
    """
    place = Path(path)
    file = place / "model.keras" if place.is_dir() else place
    if not file.is_file():
        raise ModelError(f"there is no saved network {file}; give the folder of a report that reportgen run wrote")
    preparer = _preparer(file.with_name("preparer.json"))
    network = load_network(file, _threads(file.parent))
    if (network.inputs, network.outputs) != (len(preparer.inputs), len(preparer.task.classes) or 1):
        raise ModelError(
            f"{file} and the preparer.json beside it are of two different runs; keep those of one together"
        )
    features = tuple(plan.name for plan in preparer.plans)
    return Predictor(preparer.task.target, preparer.task.classes, features, preparer, network)


def _preparer(file: Path) -> Preparer:
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ModelError(f"there is no {file}, which model.keras needs beside it; copy it there too") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"{file} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    return Preparer.from_json(text)


def _threads(folder: Path) -> int:
    """The threads of the run, as its manifest says, or those of a run that asked for none."""
    configuration = (read_manifest(folder) or {}).get("configuration", {})
    threads = configuration.get("threads") if isinstance(configuration, dict) else None
    return threads if isinstance(threads, int) else Config().threads
