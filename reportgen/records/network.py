"""The network, its training, what it scores and what it is compared with."""

from typing import Literal

from reportgen.records.base import Code, PartName, Record, Scalar


class Layer(Record):
    """One layer: its name, its kind, its width, its activation, its trainable numbers."""

    name: str = ""
    kind: str
    units: int
    activation: str | None = None
    parameters: int = 0


class ModelRecord(Record):
    """The trained model; `parameters` counts its trainable numbers.

    `train_seconds` is None in a saved report, whose bytes must not depend on the clock; manifest.json holds it.
    """

    family: str
    parameters: int
    epochs: int
    best_epoch: int
    train_seconds: float | None = None
    note: str = "the seconds of each step stand in manifest.json, so that this file repeats byte for byte"
    inputs: int
    layers: tuple[Layer, ...]
    settings: dict[str, Scalar]
    notes: tuple[Code, ...] = ()


class Training(Record):
    """The loss after each epoch, on training and on validation rows; epochs count from 1.

    `train_rows` are the training rows that the loss was taken on, None for all of them.
    """

    loss_name: str
    train: tuple[float, ...]
    validation: tuple[float, ...]
    best_epoch: int
    stopped_early: bool
    train_rows: int | None = None


class Metric(Record):
    """One number about predictions with its interval, the rows behind it and the method of the interval.

    `of` names a class where the number is about one class, None where it is about all.
    """

    name: str
    split: PartName
    value: float | None
    low: float | None = None
    high: float | None = None
    level: float = 0.95
    n: int
    method: str
    of: str | None = None
    note: str | None = None


Cover = Literal["split", "training_rows", "seed"]
"""What was drawn anew: all parts, training and validation rows only (the test rows being fixed), the seed."""


class RefitMetric(Record):
    """One number about networks made in the same way, each judged on its own test rows.

    `values` holds one number a network that has it, the reported network's first; `n` counts them. `low` to `high` is
    the interval of what such networks reach on average. `usual_low` to `usual_high` is where one more of them would
    fall, as the others tell without the reported one.
    """

    name: str
    values: tuple[float, ...]
    reported: float | None
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    usual_low: float | None = None
    usual_high: float | None = None
    level: float = 0.95
    n: int
    method: str
    note: str | None = None

    @property
    def place(self) -> Literal["below", "among", "above"] | None:
        """Where the reported network lies by what the others lead to expect; None where they are too few to tell."""
        if self.reported is None or self.usual_low is None or self.usual_high is None:
            return None
        if self.reported < self.usual_low:
            return "below"
        return "above" if self.reported > self.usual_high else "among"


class Refits(Record):
    """The network made anew `count` times in the same way, with the reported one beside them as one of `count` + 1.

    `covers` says what was drawn anew each time; `left_out` counts draws that left a part without rows or training
    without a class. `collapsed` and `diverged` count the networks made anew that give one class to all training rows,
    or whose loss ceased to be a number. `train_rows` (validation rows among them) and `test_rows` are means, rounded.
    """

    strategy: Literal["random", "stratified", "group", "time", "given"]
    covers: tuple[Cover, ...]
    count: int
    left_out: int = 0
    collapsed: int = 0
    diverged: int = 0
    train_rows: int
    test_rows: int
    method: str
    metrics: tuple[RefitMetric, ...]

    def metric(self, name: str) -> RefitMetric | None:
        """The metric of that name, None where there is none."""
        return next((metric for metric in self.metrics if metric.name == name), None)


class Comparison(Record):
    """How much better the network is than a baseline on the same test rows (positive: the network is better)."""

    metric: str
    difference: float
    low: float
    high: float
    level: float = 0.95
    n: int
    p_value: float | None = None
    method: str


class Baseline(Record):
    """A simpler model, trained and tested on the same rows."""

    name: Literal["dummy", "linear", "tree", "boosting"]
    metrics: tuple[Metric, ...]
    comparison: Comparison | None = None
    settings: dict[str, Scalar] = {}


class ReliabilityBin(Record):
    """Rows whose stated probability lies in one bin: the mean stated, the share observed and its interval."""

    stated: float
    observed: float
    low: float
    high: float
    n: int


class Calibration(Record):
    """Whether stated probabilities are met on test rows: about the predicted class, or the positive one if binary.

    `temperature` is the number that validation rows gave: above 1 it makes probabilities more cautious, below 1 bolder;
    None where none was looked for. `before` and `after` are the log loss and the calibration error of test rows without
    and with it, `gain` is by how much it lowers their log loss; these are empty without a temperature.
    `brier` are the parts of the Brier score of what was stated: reliability (0 is best), resolution (more is better),
    uncertainty of the outcome itself, and what grouping leaves over; score = uncertainty + reliability - resolution +
    grouping. There are none where rows are too few for two groups, and None where nobody asked.
    """

    about: Literal["positive", "predicted"]
    bins: tuple[ReliabilityBin, ...]
    n: int
    method: str
    temperature: float | None = None
    before: tuple[Metric, ...] = ()
    after: tuple[Metric, ...] = ()
    gain: Metric | None = None
    brier: tuple[Metric, ...] | None = None
