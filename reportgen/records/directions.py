"""Which way each metric is better."""

HIGHER = frozenset(
    ("accuracy", "balanced_accuracy", "f1_macro", "f1", "roc_auc", "precision", "recall", "specificity", "r2")
)
LOWER = frozenset(
    (
        *("error_rate", "log_loss", "brier", "ece", "mean_class_difference", "cost"),
        *("rmse", "mae", "median_absolute_error", "mean_absolute_error"),
    )
)


def direction(metric: str) -> int:
    """+1 where more is better, -1 where less is, 0 where neither is (or the metric is unknown)."""
    return (metric in HIGHER) - (metric in LOWER)
