"""What the network's answers are worth when its inputs, or its random start, are not quite the same."""

from typing import Literal

from reportgen.records.base import Record


class Trial(Record):
    """Rows asked again with changed inputs: `change` is the measure after the change less before it.

    `noise` changes all columns at once: numbers by normal noise of `amount` training standard deviations, categories
    in that share of the cells. `missing` takes one column away; `shift` moves one by `amount` standard deviations.
    `flips` is the share of rows that are answered otherwise, with its interval. `draws` is how often noise was drawn.
    `p_value` is adjusted over all trials of the kind. `learnt` says whether training rows lacked values of the column.
    """

    kind: Literal["noise", "missing", "shift"]
    feature: str | None = None
    amount: float | None = None
    draws: int = 1
    change: float
    low: float
    high: float
    p_value: float | None = None
    flips: float
    flips_low: float
    flips_high: float
    n: int
    learnt: bool | None = None


class Churn(Record):
    """The share of test rows that networks made in the same way answer otherwise than the reported one, on average.

    None of them learnt a test row. `covers` says what differs between them: the seed alone, or training rows too.
    """

    share: float
    low: float
    high: float
    n: int
    networks: int
    covers: Literal["seed", "training_rows"]


class Robustness(Record):
    """Trials on `n` rows, of the `measure` that the report leads with, which is `value` on these rows.

    The rows are test rows; where these leave room, those of networks made anew in the same way are asked too, each row
    of one network that did not learn it: `networks` in all, the reported one among them. A number counts as answered
    otherwise when it moves by more than `tolerance`, the mean absolute error; None for classes. `method` is that of
    the changes' intervals and tests. `churn` is None where no other network was made that learnt none of the test rows.
    Of very many columns, `of` in all (None in reports of earlier versions), those are taken away and shifted that tell
    the target best alone, as training and validation rows say.
    """

    measure: Literal["accuracy", "r2"]
    value: float
    tolerance: float | None = None
    n: int
    networks: int = 1
    method: str
    trials: tuple[Trial, ...]
    churn: Churn | None = None
    of: int | None = None

    def of_kind(self, kind: str) -> tuple[Trial, ...]:
        """The trials of one kind, in the order they were made."""
        return tuple(trial for trial in self.trials if trial.kind == kind)
