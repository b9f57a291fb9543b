"""Every code that evidence, findings and data may hand over has words: nothing is printed as a raw code."""

import ast
from dataclasses import fields
from pathlib import Path
from typing import Literal, get_args, get_origin, get_type_hints

import pytest

from reportgen.config import ModelConfig, SelectionConfig
from reportgen.evidence import collect
from reportgen.evidence.base import Shrinking
from reportgen.evidence.intervals import JACKKNIFE
from reportgen.evidence.learning_curve import METHOD
from reportgen.evidence.robustness import PAIRED
from reportgen.findings import CODES
from reportgen.findings.base import Reason
from reportgen.model.plan import Plan
from reportgen.records.card import Card
from reportgen.records.network import Layer
from reportgen.render.words import environment
from tests.evidence.conftest import build

WORDS = environment("en").get_template("part/vocabulary.html.j2").module
ROOT = Path(__file__).resolve().parents[1] / "reportgen"


@pytest.fixture(scope="module", params=["binary", "multiclass", "regression"])
def dossier(request):
    return collect(build(request.param, 300, 0), SelectionConfig(shuffles=20, resamples=5))


def test_metrics_and_their_intervals_have_words(dossier):
    metrics = [*dossier.metrics, *(metric for baseline in dossier.baselines for metric in baseline.metrics)]
    assert {metric.name for metric in metrics} - set(WORDS.MEASURES) == set()
    assert {metric.method for metric in metrics} - set(WORDS.METHODS) == set()
    assert {metric.note for metric in metrics if metric.note} - set(WORDS.METRIC_NOTES) == set()


def test_methods_of_explanations_have_words(dossier):
    compared = {baseline.comparison.method for baseline in dossier.baselines if baseline.comparison}
    surrogates = {surrogate.method for surrogate in dossier.surrogates}
    intervals = {one.interval_method for one in dossier.importance if one.interval_method}
    calibrated = {dossier.calibration.method} if dossier.calibration else set()
    assert (compared | surrogates | intervals | calibrated) - set(WORDS.METHODS) == set()


def test_methods_of_changed_inputs_and_of_the_learning_curve_have_words(dossier):
    assert {dossier.robustness.method, PAIRED.format(limits=JACKKNIFE), METHOD} - set(WORDS.METHODS) == set()
    reasons = get_args(get_type_hints(Shrinking)["why_none"])
    assert set(reasons) - set(WORDS.REASONS) == set()


def test_codes_of_explanations_have_words(dossier):
    assert {one.method for one in dossier.importance} - set(WORDS.IMPORTANCES) == set()
    assert {one.unit for one in dossier.importance} - set(WORDS.UNITS) == set()
    assert {one.note for one in dossier.importance if one.note} - set(WORDS.IMPORTANCE_NOTES) == set()
    assert {one.why for one in dossier.walkthroughs} - set(WORDS.WALKS) == set()
    assert {one.analysis for one in dossier.skipped} - set(WORDS.ANALYSES) == set()


def test_checks_reasons_and_questions_have_words():
    assert {code.code for code in CODES} - set(WORDS.CHECKS) == set()
    assert set(Reason.__args__) - set(WORDS.REASONS) == set()
    assert set(Card.model_fields) == set(WORDS.CARDS)


def test_settings_of_the_network_have_words():
    assert set(ModelConfig.model_fields) - set(WORDS.SETTINGS) == set()
    for name in SETTING_CHOICES:
        choices = {choice for choice in get_args(_inner(name)) if isinstance(choice, str)}
        assert choices
        assert choices - set(WORDS.SETTING_VALUES[name]) == set(), name


def test_the_settings_that_the_report_says_cannot_be_asked_for_are_these():
    shown = {field.name for field in fields(Plan)} | {"temperature"}
    assert shown - set(ModelConfig.model_fields) == {"optimiser", "warm_up", "starts", "temperature"}
    assert shown - set(WORDS.SETTINGS) == set()


@pytest.mark.parametrize(
    "layer", ["pieces", "within_pieces", "waves", "embedding", "member_scales", "hidden_2", "output"]
)
def test_a_layer_is_worded_by_its_name(layer):
    words = WORDS.layer(Layer(name=layer, kind="Dense", units=8))
    assert words not in ("Dense", "")
    assert WORDS.layer(Layer(kind="Dense", units=8)) == "Dense"


def test_a_layer_is_as_wide_as_its_units_for_each_number_or_member():
    assert WORDS.layer_width(Layer(name="pieces", kind="EinsumDense", units=8), 4) == "8 a number"
    assert WORDS.layer_width(Layer(name="member_scales", kind="Dense", units=72, parameters=288), 4) == "4 × 72"
    assert WORDS.layer_width(Layer(name="output", kind="EinsumDense", units=3), 4) == "4 × 3"
    assert WORDS.layer_width(Layer(name="output", kind="EinsumDense", units=3), 1) == "3"
    assert WORDS.layer_width(Layer(name="hidden_1", kind="Dense", units=64), 4) == "64"


SETTING_CHOICES = ("kind", "embedding", "loss", "class_weights", "schedule")


def _inner(name: str) -> object:
    """The Literal of a setting, without the None that leaves it open."""
    annotation = ModelConfig.model_fields[name].annotation
    return next((kind for kind in get_args(annotation) if get_origin(kind) is Literal), annotation)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("embedding", "piecewise", "原值，以及它在取值范围各段中走过的比例"),
        ("embedding", "none", "原值"),
        ("loss", "huber", "Huber 损失（目标列标准化后）"),
        ("members", 8, "8"),
        ("calibrate", True, "是"),
        ("bins", None, "–"),
        ("hidden", "64, 32", "64, 32"),
    ],
)
def test_a_setting_is_worded_by_its_name(name, value, words):
    chinese = environment("zh").get_template("part/vocabulary.html.j2").module
    assert chinese.setting_value(name, value) == words


def _named(room: str, call: str) -> set[str]:
    """The first words of every call of that name in a room: Code(code="x") and NotApplicable("x")."""
    found = set()
    for file in (ROOT / room).glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == call:
                first = [*node.args[:1], *(word.value for word in node.keywords if word.arg == "code")]
                found |= {word.value for word in first if isinstance(word, ast.Constant)}
    return found


def test_reasons_of_evidence_have_words():
    reasons = _named("evidence", "NotApplicable")
    assert reasons
    assert reasons - set(WORDS.REASONS) == set()


@pytest.mark.parametrize("room", ["data", "model"])
def test_codes_of_data_and_model_have_a_branch(room):
    source = (ROOT.parent / "templates" / "part" / "vocabulary.html.j2").read_text(encoding="utf-8")
    codes = _named(room, "Code") - {"clip"}  # said once for the whole table
    assert codes
    assert {code for code in codes if f'"{code}"' not in source} == set()
