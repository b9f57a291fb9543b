"""What is wrong with the explanations: stand-ins that do not follow, methods that contradict each other."""

from collections.abc import Iterator
from math import sqrt

from reportgen.findings.base import NotJudged
from reportgen.records.dossier import Dossier
from reportgen.records.explanation import Importance
from reportgen.records.finding import Finding, Severity

AGREEMENT = 0.5
NO_ANSWER = ("first_layer",)
"""First-layer weights are shown with the reason why they mislead: their ranks are nobody's answer."""


def low_fidelity(dossier: Dossier) -> Iterator[Finding]:
    """Flag readable stand-ins that do not follow the network."""
    if not dossier.surrogates:
        raise NotJudged("no_surrogates")
    lost = [one for one in dossier.surrogates if not one.follows]
    if lost:
        yield Finding(
            code="low_fidelity",
            severity=Severity.INFO,
            evidence={
                "kinds": tuple(one.kind for one in lost),
                "fidelities": tuple(one.fidelity for one in lost),
                "lows": tuple(one.low for one in lost),
                "measure": lost[0].measure,
                "floor": lost[0].floor,
                "n": lost[0].n,
                "all": len(dossier.surrogates),
            },
            section="algorithms",
        )


def methods_disagree(dossier: Dossier) -> Iterator[Finding]:
    """Flag importance methods that rank the features otherwise than the leading one."""
    main = next((one for one in dossier.importance if one.main), None)
    others = [one for one in dossier.importance if not one.main and one.method not in NO_ANSWER]
    if main is None or not others or len(main.features) < 2:
        raise NotJudged("one_method_only")
    k = _telling(main)
    apart = [one for one in others if feature_agreement(main, one, k) < AGREEMENT or rank_correlation(main, one) <= 0]
    if apart:
        yield Finding(
            code="methods_disagree",
            severity=Severity.INFO,
            evidence={
                "main": main.method,
                "main_first": _order(main)[:k],
                "top": k,
                "others": tuple(one.method for one in apart),
                "others_first": tuple(_order(one)[0] for one in apart),
                "agreements": tuple(feature_agreement(main, one, k) for one in apart),
                "taus": tuple(rank_correlation(main, one) for one in apart),
                "all": len(others),
                "n": main.n,
            },
            section="algorithms",
        )


def redundant_features(dossier: Dossier) -> Iterator[Finding]:
    """Flag columns that say the same thing: one is a function of the other."""
    if dossier.redundancy is None:
        raise NotJudged("no_pairs")
    found = dossier.redundancy.dependences
    for names in _components([(one.given, one.column) for one in found]):
        shown = [one for one in found if one.given in names]
        yield Finding(
            code="redundant_features",
            severity=Severity.WARNING,
            columns=_in_file_order(dossier, names),
            evidence={
                "given": tuple(one.given for one in shown),
                "follows": tuple(one.column for one in shown),
                "values": tuple(one.value for one in shown),
                "lows": tuple(one.low for one in shown),
                "measures": tuple(one.measure for one in shown),
                "n": min(one.n for one in shown),
            },
            section="algorithms",
        )


def correlated_importance(dossier: Dossier) -> Iterator[Finding]:
    """Flag features so closely correlated that their importance is shared between them."""
    if dossier.redundancy is None:
        raise NotJudged("no_pairs")
    for group in dossier.redundancy.groups:
        if group.low >= dossier.redundancy.cut:
            yield Finding(
                code="correlated_importance",
                severity=Severity.INFO,
                columns=group.columns,
                evidence={
                    "first": group.first,
                    "second": group.second,
                    "measure": group.method,
                    "value": group.value,
                    "low": group.low,
                    "high": group.high,
                    "weakest": group.weakest,
                    "cut": dossier.redundancy.cut,
                    "n": group.n,
                },
                section="algorithms",
            )


def _components(pairs: list[tuple[str, str]]) -> list[set[str]]:
    """Join pairs that share a name."""
    joined: list[set[str]] = []
    for pair in pairs:
        touched = [group for group in joined if group & {*pair}]
        joined = [group for group in joined if group not in touched] + [set(pair).union(*touched)]
    return joined


def _in_file_order(dossier: Dossier, names: set[str]) -> tuple[str, ...]:
    return tuple(column.name for column in dossier.dataset.columns if column.name in names)


def feature_agreement(one: Importance, other: Importance, k: int) -> float:
    """Share the k first features have in common (Krishna et al. 2022, arXiv:2202.01602)."""
    return len({*_order(one)[:k]} & {*_order(other)[:k]}) / k


def rank_correlation(one: Importance, other: Importance) -> float:
    """Correlate two methods' values over their common features by Kendall's tau-b, which allows for ties."""
    import numpy as np  # noqa: PLC0415 - codes are told without it

    first = {entry.feature: entry.value for entry in one.features}
    second = {entry.feature: entry.value for entry in other.features}
    common = [name for name in first if name in second]
    values = np.array([[first[name], second[name]] for name in common]).reshape(-1, 2)
    agreed, untied = 0, np.zeros(2, dtype=np.int64)
    for place, own in enumerate(values, start=1):
        signs = np.sign(own - values[place:]).astype(np.int64)
        agreed += int(signs.prod(axis=1).sum())
        untied += np.abs(signs).sum(axis=0)
    return agreed / sqrt(int(untied[0]) * int(untied[1])) if untied.all() else 0.0


def _telling(main: Importance) -> int:
    """Count the features that surely matter, at most half of all: of more, chance alone has most in common."""
    sure = sum(entry.low is not None and entry.low > 0 for entry in main.features)
    return min(max(sure, 1), max(len(main.features) // 2, 1))


def _order(one: Importance) -> tuple[str, ...]:
    return tuple(entry.feature for entry in sorted(one.features, key=lambda entry: -entry.value))
