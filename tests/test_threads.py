"""Every pool of threads is bounded by the option, and a number that comes too late is refused."""

import json
import subprocess
import sys
from types import SimpleNamespace

import pytest

pytestmark = pytest.mark.slow

AUDIT = """
import json, sys
from contextlib import contextmanager

import pandas as pd
from threadpoolctl import threadpool_info

from reportgen.config import Config
from reportgen.errors import ConfigError
from reportgen.model.runtime import tf
from reportgen.pipeline import audit

threads, pools = int(sys.argv[1]), {}

@contextmanager
def watch(step):
    before = [pool["num_threads"] for pool in threadpool_info()]
    yield
    pools[step] = sorted({*before, *(pool["num_threads"] for pool in threadpool_info())})

frame = pd.DataFrame({"a": [i * 7 % 31 for i in range(90)], "b": [i * 5 % 17 for i in range(90)]})
frame["y"] = ["yes" if a > b else "no" for a, b in zip(frame["a"], frame["b"])]
config = Config(threads=threads, budget="quick", model={"epochs": 2}, selection={"shuffles": 20, "resamples": 5})
outcome = audit(frame, config, watch=watch)
try:
    refused = audit(frame, Config(threads=threads + 1)) and ""
except ConfigError as error:
    refused = str(error)
print(json.dumps({
    "intra": tf.config.threading.get_intra_op_parallelism_threads(),
    "inter": tf.config.threading.get_inter_op_parallelism_threads(),
    "pools": pools,
    "command": outcome.document.environment.command,
    "arguments": dict(outcome.document.arguments),
    "refused": refused,
}))
"""

COUNT = """
import os, sys
from reportgen.model.runtime import seed_everything, tf

seed_everything(0, int(sys.argv[1]))
square = tf.ones((600, 600))
tf.linalg.matmul(square, square)
print(len(os.listdir("/proc/self/task")))
"""

NOTEBOOK = """
from reportgen.errors import ConfigError
from reportgen.model import runtime

runtime.tf.constant(1) + 1
cores = runtime._cores()
runtime.seed_everything(0, cores)
try:
    runtime.seed_everything(0, cores + 1)
except ConfigError as error:
    print(str(error) == f"threads = {cores + 1}, but TensorFlow already computes on {cores} in this process, which "
          f"only a new process can change; ask for threads = {cores}, or start anew")
"""


def run(program: str, *words: str) -> str:
    done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout


@pytest.fixture(scope="module")
def single() -> dict[str, object]:
    return json.loads(run(AUDIT, "1"))


def test_one_thread_bounds_tensorflow(single):
    assert (single["intra"], single["inter"]) == (1, 1)


def test_one_thread_bounds_numpy_and_scikit_learn_in_every_step(single):
    assert {"read", "train", "fit_baselines"} <= set(single["pools"])
    assert {tuple(sizes) for sizes in single["pools"].values()} == {(1,)}


def test_the_report_leaves_the_default_out(single):
    assert single["command"] == "audit(frame, target='y', seed=0)"
    assert "threads" not in single["arguments"]


def test_the_command_repeats_a_number_that_is_not_the_default():
    from reportgen.config import Config
    from reportgen.flow.environment import command

    dataset = SimpleNamespace(
        reading=SimpleNamespace(format="csv"), task=SimpleNamespace(target="y"), source="data.csv"
    )
    assert command(dataset, Config(), None) == "reportgen run data.csv --target y --seed 0"
    assert command(dataset, Config(threads=2), None) == "reportgen run data.csv --target y --seed 0 --threads 2"


def test_another_number_in_the_same_process_is_refused(single):
    assert single["refused"] == (
        "threads = 2, but TensorFlow already computes on 1 in this process, which only a new process can change; "
        "ask for threads = 1, or start anew"
    )


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted in /proc")
def test_three_threads_more_are_three_threads_more_of_the_system():
    assert int(run(COUNT, "4")) - int(run(COUNT, "1")) == 3


def test_a_notebook_that_used_tensorflow_keeps_the_threads_it_has():
    assert run(NOTEBOOK) == "True\n"
