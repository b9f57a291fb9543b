"""What the page says of the network, of its training and of its probabilities."""

import html
import re

import pytest

from reportgen.document import Document
from reportgen.records.base import Code
from reportgen.render import to_html
from tests.samples import binary, multiclass, regression


def _page(document: Document, lang: str = "en") -> str:
    """The words of the page, without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", to_html(document, lang))).split())


def _with(document: Document, notes: tuple[Code, ...] = (), **settings: object) -> Document:
    """The document, some settings of its network changed."""
    model = document.model.model_copy(update={"settings": document.model.settings | settings, "notes": notes})
    return document.model_copy(update={"model": model})


def _trained(document: Document, **facts: object) -> Document:
    return document.model_copy(update={"training": document.training.model_copy(update=facts)})


def _calibrated(**facts: object) -> Document:
    document = binary()
    return document.model_copy(update={"calibration": document.calibration.model_copy(update=facts)})


def test_an_ensemble_says_that_it_is_one_and_why() -> None:
    page = _page(binary())
    assert "an ensemble of 4 small networks, its members" in page
    assert "Why several?" in page
    assert "the answer is the mean of their probabilities" in page
    assert "the answer is the mean of their numbers" in _page(regression())


def test_one_network_is_a_multilayer_perceptron() -> None:
    page = _page(_with(binary(), members=1, embedding="none"))
    assert "The network is a multilayer perceptron (units of its hidden layers: 32, 16)" in page
    for word in ("ensemble", "Why several?", "piece by piece", "model.keras the members"):
        assert word not in page


@pytest.mark.parametrize(
    ("embedding", "words"), [("piecewise", "at most 8 pieces"), ("periodic", "as 8 waves along its range")]
)
def test_it_is_said_how_a_number_enters(embedding: str, words: str) -> None:
    page = _page(_with(binary(), embedding=embedding))
    assert words in page
    assert "the network learns 6 inputs for each number" in page


def test_layers_are_told_by_what_they_do() -> None:
    page = _page(multiclass())
    assert "each member: its own scaling of all inputs 4 × 63 – 252" in page
    assert "hidden layer 1 32 relu 2048" in page
    assert "output: one score for each answer 4 × 3 – 204" in page
    assert "EinsumDense" not in page


def test_the_article_stops_for_nothing() -> None:
    page = _page(_with(_trained(binary(), stopped_early=False), kind="article", members=1, optimiser="Adam"))
    assert "validation rows have no say in when to stop" in page
    assert "nothing looked for the best moment to stop" in page
    assert "which had the lowest loss on the validation rows, was kept" not in page


def test_the_end_of_training_is_said_as_it_was() -> None:
    through = _trained(binary(), stopped_early=False)
    falling = (Code(code="no_early_stop", facts={"epochs": 80, "best_epoch": 80}),)
    assert "Training stopped by itself after" in _page(binary())
    assert "a longer training of the same kind promises little" in _page(through)
    page = _page(_with(through, falling))
    assert "promises little" not in page
    assert "while the validation loss was still falling" in page


def test_a_curve_on_some_of_the_rows_says_so() -> None:
    document = binary()
    rows = document.split.train
    assert f"taken on 10 of the {rows} training rows" in _page(_trained(document, train_rows=10))
    assert "The training curve is taken on" not in _page(_trained(document, train_rows=rows))


def test_a_heavy_target_is_named_unless_the_user_asked_for_its_loss() -> None:
    heavy = _with(_trained(regression(), loss_name="huber"), (Code(code="heavy_target", facts={}),), loss="huber")
    assert "makes more than half of the target's variance" in _page(heavy)
    asked = heavy.settings.model_copy(update={"model": heavy.settings.model.model_copy(update={"loss": "huber"})})
    assert "makes more than half" not in _page(heavy.model_copy(update={"settings": asked}))


def test_a_training_without_a_pass_keeps_its_start() -> None:
    document = _trained(binary(), train=(), validation=(), best_epoch=0, stopped_early=False)
    model = document.model.model_copy(update={"epochs": 0, "best_epoch": 0})
    page = _page(document.model_copy(update={"model": model}))
    assert "the network stands as it was before the first" in page
    assert "The state of pass" not in page


def test_several_starts_are_told() -> None:
    assert "done 3 times from different starts" in _page(_with(binary(), starts=3))


def test_a_temperature_is_shown_before_and_after() -> None:
    page = _page(binary())
    assert "the temperature T = 1.6, makes all probabilities more cautious" in page
    assert "fitted on validation rows, judged on test rows" in page
    assert "On test rows that helped: it lowered the log loss by 0.070 (95% interval 0.030 to 0.110, n = 60)." in page
    assert "0.52 (0.40 to 0.64) 0.45 (0.35 to 0.55) 60" in page


@pytest.mark.parametrize(
    ("value", "half", "words"),
    [
        (0.02, 0.03, "The test rows cannot tell whether that helped: the log loss fell by 0.020"),
        (-0.07, 0.04, "On test rows that did harm: it raised the log loss by 0.070 (95% interval 0.030 to 0.110"),
    ],
)
def test_a_gain_that_is_none_is_no_gain(value: float, half: float, words: str) -> None:
    gain = binary().calibration.gain
    changed = gain.model_copy(update={"value": value, "low": value - half, "high": value + half})
    assert words in _page(_calibrated(gain=changed))


def test_a_bold_temperature_is_called_so() -> None:
    assert "T = 0.5, makes all probabilities bolder" in _page(_calibrated(temperature=0.5))


def test_a_temperature_of_one_says_that_nothing_changed() -> None:
    page = _page(multiclass())
    assert "The validation rows gave no reason to change anything" in page
    assert "judged on test rows" not in page


def test_without_a_temperature_nothing_is_said_of_one() -> None:
    none = {"temperature": None, "before": (), "after": (), "gain": None}
    assert "Were the probabilities corrected?" not in _page(_calibrated(**none))


def test_balanced_classes_make_no_frequencies() -> None:
    page = _page(_with(binary(), class_weights="balanced"))
    assert "they are no frequencies in this table" in page
    assert "no frequencies" not in _page(binary())


def test_chinese_says_the_same() -> None:
    page = _page(multiclass(), "zh")
    assert "由 4 个小网络（称为成员）组成的集成" in page
    assert "隐藏层 2" in page


def _beside(document: Document, **lows: float) -> Document:
    """The document, the network ahead of each baseline by an interval from this low end on."""
    first = next(one for one in document.baselines if one.comparison)
    ahead = tuple(
        first.model_copy(
            update={"name": name, "comparison": first.comparison.model_copy(update={"low": low, "high": low + 0.2})}
        )
        for name, low in lows.items()
    )
    return document.model_copy(update={"baselines": ahead})


@pytest.mark.parametrize(
    ("linear", "said"),
    [(0.1, "The network earns its place."), (-0.1, "That alone does not earn the network its place")],
)
def test_a_network_ahead_of_trees_alone_has_not_earned_its_place(linear: float, said: str) -> None:
    document = binary()
    found = tuple(one for one in document.findings if one.code != "simpler_model_suffices")
    document = document.model_copy(update={"findings": found})
    page = _page(_beside(document, linear=linear, boosting=0.1))
    assert said in page
    assert page.count("earns its place") + page.count("not earn the network its place") == 1


def test_a_column_that_leads_without_being_shown_does_not_say_that_none_is() -> None:
    document = binary()
    main, *others = document.importance
    first, *rest = main.features
    unsure = main.model_copy(update={"features": (first.model_copy(update={"low": -0.1}), *rest)})
    page = _page(document.model_copy(update={"importance": (unsure, *others)}))
    assert "has the highest value, but is not shown to matter; others are." in page
    assert "No column is shown to matter." not in page
