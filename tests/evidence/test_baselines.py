from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import r2_score

from reportgen.evidence import baselines
from reportgen.evidence.base import Fitted
from reportgen.evidence.baselines import MCNEMAR
from reportgen.evidence.intervals import paired_rate_difference_interval
from reportgen.evidence.multiplicity import holm
from reportgen.records.network import Comparison


def _right(subject, predict):
    return predict(subject.test.x).argmax(axis=1) == subject.test.y


def _won_and_lost(subject, baseline):
    network, other = _right(subject, subject.predict), _right(subject, baseline.predict)
    return int((network & ~other).sum()), int((other & ~network).sum())


@pytest.mark.parametrize("fixture", ["binary_subject", "multiclass_subject"])
def test_classifiers_meet_row_by_row(fixture, request):
    subject = request.getfixturevalue(fixture)
    counts = [_won_and_lost(subject, baseline) for baseline in subject.baselines]
    p_values = holm([float(stats.binomtest(won, won + lost).pvalue) for won, lost in counts])
    found = baselines.measure(subject)
    for one, (won, lost), p_value in zip(found, counts, p_values, strict=True):
        low, high = paired_rate_difference_interval(won, lost, 200)
        assert one.comparison == Comparison(
            metric="accuracy",
            difference=(won - lost) / 200,
            low=low,
            high=high,
            n=200,
            p_value=p_value,
            method=MCNEMAR,
        )


def test_names_metrics_and_settings_are_the_baselines_own(binary_subject):
    dummy, linear = baselines.measure(binary_subject)
    assert (dummy.name, linear.name) == ("dummy", "linear")
    assert (dummy.settings, linear.settings) == ({"strategy": "prior"}, {"C": 1.0})
    assert [metric.name for metric in linear.metrics] == ["accuracy", "log_loss", "roc_auc"]
    assert dummy.metrics[2].value == 0.5
    assert linear.metrics[0].value == _right(binary_subject, binary_subject.baselines[1].predict).mean()
    assert all(metric.split == "test" and metric.low <= metric.value <= metric.high for metric in linear.metrics)


def test_a_twin_is_not_worse(binary_subject):
    twin = Fitted(name="tree", predict=binary_subject.predict, settings={})
    comparison = baselines.measure(replace(binary_subject, baselines=(twin,)))[0].comparison
    assert (comparison.difference, comparison.p_value) == (0.0, 1.0)
    assert comparison.low == pytest.approx(-comparison.high)


def test_models_of_numbers_meet_in_r2(regression_subject):
    subject, y = regression_subject, regression_subject.test.y
    network = subject.predict(subject.test.x)
    p_values = []
    for one, fitted in zip(baselines.measure(subject), subject.baselines, strict=True):
        other = fitted.predict(subject.test.x)
        found = one.comparison
        assert found.difference == pytest.approx(r2_score(y, network) - r2_score(y, other))
        assert 0 < found.low < found.difference < found.high < 1.2
        assert (found.metric, found.n) == ("r2", 200)
        assert [metric.name for metric in one.metrics] == ["r2", "rmse", "mae"]
        p_values.append(stats.ttest_rel((other - y) ** 2, (network - y) ** 2).pvalue)
    found = [one.comparison.p_value for one in baselines.measure(subject)]
    assert found == pytest.approx(holm(p_values), rel=1e-6)


def test_a_twin_of_a_model_of_numbers_is_not_worse(regression_subject):
    twin = Fitted(name="boosting", predict=regression_subject.predict, settings={})
    comparison = baselines.measure(replace(regression_subject, baselines=(twin,)))[0].comparison
    assert (comparison.difference, comparison.low, comparison.high, comparison.p_value) == (0.0, 0.0, 0.0, 1.0)


def test_a_target_without_spread_allows_no_comparison(regression_subject):
    test = replace(regression_subject.test, y=np.full_like(regression_subject.test.y, 3.0))
    assert [one.comparison for one in baselines.measure(replace(regression_subject, test=test))] == [None, None]


def test_without_baselines_there_is_nothing_to_compare(binary_subject):
    assert baselines.measure(replace(binary_subject, baselines=())) == ()
