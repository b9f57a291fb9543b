"""The network and its simpler rivals: the only home of Keras."""

from reportgen.model.baselines import FittedBaseline, fit_baselines
from reportgen.model.curve import course_for, learn_less, learn_less_apart, to_learn_apart
from reportgen.model.network import Network
from reportgen.model.probe import Trial, group_trial, hold, hold_again, telling, time_trial
from reportgen.model.refits import refit, refits_for
from reportgen.model.saved import SavedNetwork, load_network
from reportgen.model.shapes import bare
from reportgen.model.training import measure, plan_for, train

__all__ = [
    "FittedBaseline",
    "Network",
    "SavedNetwork",
    "Trial",
    "bare",
    "course_for",
    "fit_baselines",
    "group_trial",
    "hold",
    "hold_again",
    "learn_less",
    "learn_less_apart",
    "load_network",
    "measure",
    "plan_for",
    "refit",
    "refits_for",
    "telling",
    "time_trial",
    "to_learn_apart",
    "train",
]
