"""Which features matter, what stands in for the model, and single predictions taken apart."""

from typing import Literal

from reportgen.records.base import PartName, Record

Method = Literal[
    "conditional_permutation",
    "permutation",
    "linear",
    "tree",
    "boosting",
    "first_layer",
    "integrated_gradients",
    "expected_gradients",
]


class Selection(Record):
    """One feature's scores against the target, measured on training rows.

    entropy and mutual_information are in bits; `correlation` lies in [0, 1] or, for two numbers, in [-1, 1], and
    `correlation_method` says which it is (pearson, correlation_ratio, cramers_v). `p_value` is Holm-adjusted against
    shuffled targets; `frequency` is the share of resamples in which the feature was selected; rank 1 is best.
    """

    feature: str
    entropy: float
    mutual_information: float
    low: float | None = None
    high: float | None = None
    correlation: float | None
    correlation_method: Literal["pearson", "correlation_ratio", "cramers_v"]
    p_value: float
    selected: bool
    frequency: float
    rank: int
    n: int


class SelectionSummary(Record):
    """What holds for the whole selection: the target's entropy in bits, the rule, the number of resamples.

    `stability` says how far the half samples agree on what to keep: 1 wholly, 0 as random choices would. It is None
    where each of them kept all features or none, as `stability_note` then says.
    """

    target_entropy: float
    alpha: float
    shuffles: int
    resamples: int
    bins: int
    n: int
    stability: float | None = None
    stability_low: float | None = None
    stability_high: float | None = None
    stability_note: Literal["all_kept", "none_kept"] | None = None

    @property
    def steadiness(self) -> Literal["poor", "fair", "excellent"] | None:
        """A word for stability, which the whole interval must bear out (bounds: Nogueira et al. 2018)."""
        if self.stability_low is None or self.stability_high is None:
            return None
        if self.stability_low > 0.75:
            return "excellent"
        return "poor" if self.stability_high < 0.4 else "fair"


class FeatureImportance(Record):
    """How much one original column matters; `direction` is +1, -1 or 0 where a sign makes sense, else None."""

    feature: str
    value: float
    low: float | None = None
    high: float | None = None
    direction: int | None = None


class JointImportance(Record):
    """How much several columns matter that are shuffled together, because each stands in for the others."""

    features: tuple[str, ...]
    value: float
    low: float
    high: float


class Importance(Record):
    """One method's answer over all features, the largest value first.

    `unit` is a code for what a value counts: log_loss, r2_drop, squared_error, standardised_coefficient, impurity,
    weight, contribution_log_loss, contribution_r2_drop, contribution_squared_error; attribution in older reports.
    `fidelity` is the test score (accuracy or R2) of the model whose importances these are, as measured by
    `fidelity_measure`; `note` is a code for what the reader must keep in mind. `networks` is how many were asked, each
    about rows of its own. `conditional` lists the columns whose values were exchanged only among rows that are alike in
    the others; `groups` holds columns so correlated that they are also shuffled together.
    """

    method: Method
    main: bool = False
    fidelity: float | None = None
    fidelity_measure: Literal["accuracy", "r2"] | None = None
    unit: str
    n: int
    level: float = 0.95
    interval_method: str | None = None
    repeats: int | None = None
    note: str | None = None
    networks: int = 1
    conditional: tuple[str, ...] = ()
    features: tuple[FeatureImportance, ...]
    groups: tuple[JointImportance, ...] = ()


class Term(Record):
    """One term of a linear stand-in: how the score of a class (or the prediction) moves with one standard deviation.

    `level` names the category the term is about, None for a number. `missing` marks the term that says that the value
    is missing.
    """

    feature: str
    level: str | None = None
    missing: bool = False
    of: str | None = None
    coefficient: float


class TreeNode(Record):
    """One node of a drawn tree; the root is number 0, the yes-branch is left. A leaf has no question.

    The question is in the column's own units: `feature` `test` `threshold` ("<=") or `feature` is `level` ("=="),
    or `feature` is missing ("missing"). `answer` is the class (or the number, as text) that a leaf gives.
    """

    number: int
    feature: str | None = None
    test: Literal["<=", "==", "missing"] | None = None
    threshold: float | None = None
    level: str | None = None
    left: int | None = None
    right: int | None = None
    answer: str
    share: float
    purity: float | None = None


class Condition(Record):
    """One condition in a column's own units; a level stands with == and !=, nothing with missing and present."""

    feature: str
    test: Literal["<=", ">", "==", "!=", "missing", "present"]
    threshold: float | None = None
    level: str | None = None


class Rule(Record):
    """One rule of a list: where all conditions hold and those of no rule before it do, the answer is this.

    `share` is the share of training rows that it decides; `agreement` how often the network gives the same class to
    the `n` test rows that it decides, None for numbers and where there are none such. The last rule has no condition.
    """

    conditions: tuple[Condition, ...]
    answer: str
    share: float
    n: int
    agreement: float | None = None
    low: float | None = None
    high: float | None = None


class Region(Record):
    """The part of the table where a stand-in leaves the network most often, found on `found_on` validation rows.

    `value` is the share of its `n` test rows with another class, or their mean squared difference in variances of the
    network's numbers; `rest` the same of all other test rows; `apart_low` and `apart_high` bound the difference.
    `confirmed` says whether test rows show the region to be worse than the rest.
    """

    conditions: tuple[Condition, ...]
    n: int
    value: float
    low: float
    high: float
    rest: float
    apart_low: float
    apart_high: float
    found_on: int
    confirmed: bool


class Surrogate(Record):
    """A readable model fitted to the network's answers on training rows and held against them on test rows.

    `fidelity` is `measure`: the share of rows with the same class (agreement) or R2 of its numbers; `floor` is what
    a constant answer would reach. `follows` says whether fidelity is high enough to speak for the network at all.
    `taught` counts the training rows it was fitted to, `size` the terms, the leaves or the rules. `probability` is R2
    of the network's probabilities (for numbers `fidelity` says the same), `region` where it follows least.
    """

    kind: Literal["linear", "svm", "tree", "rules"]
    fidelity: float
    low: float
    high: float
    level: float = 0.95
    measure: Literal["agreement", "r2"]
    floor: float
    n: int
    method: str
    follows: bool
    score: float
    score_measure: Literal["accuracy", "r2"]
    taught: int = 0
    size: int
    terms: tuple[Term, ...] = ()
    nodes: tuple[TreeNode, ...] = ()
    rules: tuple[Rule, ...] = ()
    probability: float | None = None
    probability_low: float | None = None
    probability_high: float | None = None
    probability_method: str | None = None
    region: Region | None = None


class Contribution(Record):
    """What one feature's value adds to the output of one row, relative to the baseline row."""

    feature: str
    value: str
    contribution: float


class Walkthrough(Record):
    """One row, why it was chosen, what the network said and which values said it; `part` is where it stands.

    The contributions are integrated gradients of `output` (the log-odds of the predicted class against the mean of the
    others, or the predicted number) from the training rows' average row; they sum to `output - base` up to `gap`.
    The largest ten are listed; the last contribution, of feature "", is what all others add. A missing value is "".
    """

    why: Literal["asked", "right", "wrong", "unsure", "typical", "worst", "best"]
    row: int
    part: PartName = "test"
    actual: str
    predicted: str
    probability: float | None = None
    output: float
    base: float
    gap: float
    steps: int
    contributions: tuple[Contribution, ...]
