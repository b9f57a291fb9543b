"""A network read back from its file: it answers rows to the same bits as the one that was saved."""

import warnings
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from reportgen.errors import ConfigError, ModelError
from reportgen.model.network import batches, softmax
from reportgen.model.runtime import fix_threads, keras, tf
from reportgen.model.shapes import Floats


@dataclass(frozen=True)
class SavedNetwork:
    """The layers before the last (`scores`), and what the last does with them, in double precision.

    `inputs` counts encoded columns; `outputs` classes, or 1 for a number.
    """

    inputs: int
    outputs: int
    scores: Callable[[tf.Tensor], tf.Tensor] = field(repr=False)
    last: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]] = field(repr=False)

    def predict(self, x: Floats) -> npt.NDArray[np.float64]:
        """Probabilities (rows, classes), or numbers (rows,) in the target's own units."""
        scores = np.concatenate([self.scores(batch).numpy() for batch in batches(x)])
        return self.last(scores.astype(np.float64))


def load_network(file: Path, threads: int) -> SavedNetwork:
    """Read a model.keras that a run saved; `threads` are those of the run, since they decide the last digits.

    Raises ModelError for a file that cannot be read or that is another network.
    """
    with suppress(ConfigError):  # this process computes already, and on its own number: the last digits may differ
        fix_threads(threads)
    model = _read(file)
    ours = isinstance(model, keras.Model) and len(model.inputs) == len(model.outputs) == 1
    last = _last(model.layers[-1]) if ours else None
    if last is None:
        raise ModelError(f"{file} is a Keras model, but none that reportgen saved; give the model.keras of a report")
    core = keras.Model(model.inputs[0], model.layers[-1].input)
    return SavedNetwork(core.input_shape[-1], core.output_shape[-1], _trace(core), last)


def _read(file: Path) -> keras.Model:
    if not zipfile.is_zipfile(file):
        raise ModelError(f"{file} is no Keras file, or a damaged one; fetch it again, or run the audit again")
    try:
        with warnings.catch_warnings():  # Keras copies into TensorFlow's variables in a way that NumPy 2 frowns on
            warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)
            return keras.saving.load_model(file, compile=False)
    except (OSError, ValueError, TypeError, KeyError, zipfile.BadZipFile) as error:
        reason = str(error).strip().splitlines()[0][:160]
        raise ModelError(f"{file} cannot be loaded by Keras {keras.__version__} ({reason})") from None


def _last(layer: keras.layers.Layer) -> Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]] | None:
    """What the last layer does, in double precision; None for a layer that no network of ours ends with."""
    if isinstance(layer, keras.layers.Softmax):
        return softmax
    if isinstance(layer, keras.layers.Rescaling):
        return lambda scores: layer.offset + layer.scale * scores[:, 0]
    return None


def _trace(core: keras.Model) -> Callable[[tf.Tensor], tf.Tensor]:
    """Compile the question once, for batches of any size."""
    rows = tf.TensorSpec((None, core.input_shape[-1]), tf.float32)
    scores = tf.function(lambda batch: core(batch, training=False), autograph=False)
    traced: Callable[[tf.Tensor], tf.Tensor] = scores.get_concrete_function(rows)
    return traced
