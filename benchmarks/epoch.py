"""Time per epoch: the product's compiled one against plain Keras `fit`, both in one process.

    python benchmarks/epoch.py --data FOLDER --table pima_diabetes

Same layers, rows, batch size and optimiser, validation rows judged after every epoch; after a warm-up the two take
turns. The product also judges the training rows, which `fit` only adds up as it goes; both run deterministic
operations, which was measured to cost `fit` nothing. Exit status 1 where `fit` does not take three times as long.
"""

import argparse
import json
import math
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

from splits import prepared_splits, read_table

from reportgen.config import Config
from reportgen.data import Prepared
from reportgen.model.descent import CLIP, SPARED
from reportgen.model.epoch import LOSSES, Epoch
from reportgen.model.layers import stack, trained_scores, widened
from reportgen.model.plan import Plan
from reportgen.model.runtime import keras, seed_everything
from reportgen.model.training import lay_out, measure, plan_for
from reportgen.model.workshop import open_workshop
from reportgen.records.table import Task

ROWS = 10_000
TIMES = 3.0

Run = Callable[[int], None]
"""Trains through so many epochs."""


def main() -> int:
    """Print one row a table and whether the promise is kept."""
    options = _options()
    print("| table | rows | batch | compiled ms | fit ms | fit / compiled | first epoch s (compiled) | (fit) |")
    print("|---|---|---|---|---|---|---|---|", flush=True)
    ratios = {}
    for entry in json.loads((options.data / "manifest.json").read_text("utf-8"))["datasets"]:
        if entry["rows"] < ROWS and (not options.table or entry["name"] in options.table):
            ratios[entry["name"]] = _compare(entry["name"], *_table(options.data, entry), options)
    if not ratios:
        sys.exit(f"no table of fewer than {ROWS:,} rows was chosen from {options.data}")
    behind = [f"{name} {ratio:.1f}" for name, ratio in ratios.items() if ratio < TIMES]
    kept = f"{len(ratios) - len(behind)} of {len(ratios)}" + (f"; not on {', '.join(behind)}" if behind else "")
    print(f"\n- **{'not met' if behind else 'met'}**: an epoch {TIMES:g} times quicker than by `fit`: {kept}")
    return 1 if behind else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder (default ../shared/data)")
    parser.add_argument(
        "--table", action="append", help="a table's name; repeat for more (default: all that are small)"
    )
    parser.add_argument("--epochs", type=int, default=20, help="epochs a turn (default 20)")
    parser.add_argument("--turns", type=int, default=3, help="turns each after the warm-up (default 3)")
    parser.add_argument("--budget", default="standard", choices=("quick", "standard", "thorough"))
    return parser.parse_args()


def _table(folder: Path, entry: dict) -> tuple[Prepared, Task]:
    dataset = read_table(folder, entry)
    return next(prepared_splits(dataset, 1)), dataset.task


def _compare(name: str, prepared: Prepared, task: Task, options: argparse.Namespace) -> float:
    config = Config(budget=options.budget)
    seed_everything(config.seed, config.threads)
    rows, plan = len(prepared.train.x), plan_for(prepared, task, config)
    ways = compiled(prepared, task, plan), plain(prepared, task, plan)
    first = [_seconds(run, 1) for run in ways]
    turns = [[_seconds(run, options.epochs) / options.epochs for run in ways] for _ in range(options.turns)]
    ours, theirs = (median(turn[way] for turn in turns) for way in (0, 1))
    numbers = f"{1000 * ours:.1f} | {1000 * theirs:.1f} | {theirs / ours:.1f} | {first[0]:.2f} | {first[1]:.2f}"
    print(f"| {name} | {rows:,} | {plan.batch} | {numbers} |", flush=True)
    return theirs / ours


def _seconds(run: Run, epochs: int) -> float:
    began = perf_counter()
    run(epochs)
    return perf_counter() - began


def compiled(prepared: Prepared, task: Task, plan: Plan) -> Run:
    """The product's own epoch; its tracing falls into the first run."""
    done = 0
    epoch: Epoch | None = None

    def run(epochs: int) -> None:
        nonlocal done, epoch
        if epoch is None:
            epoch = open_workshop(plan, measure(prepared, task)).epoch(lay_out(prepared, task)[0], 0)
        for number in range(done + 1, done + epochs + 1):
            epoch(number)
        done += epochs

    return run


def plain(prepared: Prepared, task: Task, plan: Plan) -> Run:
    """The same network by `fit`, as Keras's own guide has it."""
    size, (bench, _) = measure(prepared, task), lay_out(prepared, task)
    arranged = keras.Input((size.numbers + size.flags,))
    scores = trained_scores(widened(arranged, size, plan), stack(size, plan), _kept(arranged, plan))
    net = keras.Model(arranged, keras.ops.transpose(scores, (1, 0, 2)))
    steps, kind = math.ceil(size.rows / plan.batch) * plan.epochs, "int32" if task.classes else "float32"
    shape = (-1, plan.members, size.outputs)  # Keras drops axes of one

    def loss(y: keras.KerasTensor, scores: keras.KerasTensor) -> keras.KerasTensor:
        members_first = keras.ops.transpose(keras.ops.reshape(scores, shape), (1, 0, 2))
        return LOSSES[plan.loss](keras.ops.cast(y[:, 0], kind), members_first)

    net.compile(optimizer=optimiser_for(plan, steps), loss=loss)
    train, validation = (
        (bench.layout.arrange(part.x), part.y.astype(kind)[:, None]) for part in (bench.train, bench.validation)
    )

    def run(epochs: int) -> None:
        net.fit(*train, batch_size=plan.batch, epochs=epochs, validation_data=validation, verbose=0)

    return run


def _kept(arranged: keras.KerasTensor, plan: Plan) -> tuple[keras.KerasTensor, ...]:
    """What dropout multiplies the units by, by Keras's own layer; () without dropout."""
    if not plan.dropout:
        return ()
    one = keras.ops.ones_like(arranged[:, :1])
    return tuple(keras.layers.Dropout(plan.dropout)(keras.ops.repeat(one, units, axis=1)) for units in plan.hidden)


def optimiser_for(plan: Plan, steps: int) -> keras.optimizers.Optimizer:
    """The product's descent in Keras's own words."""
    rate = plan.learning_rate
    if plan.schedule == "cosine":
        warm = round(plan.warm_up * steps)
        rate = keras.optimizers.schedules.CosineDecay(
            initial_learning_rate=0.0 if warm else plan.learning_rate,
            decay_steps=max(steps - warm, 1),
            alpha=0.01,
            warmup_target=plan.learning_rate if warm else None,
            warmup_steps=warm,
        )
    if plan.optimiser == "Adam":
        return keras.optimizers.Adam(rate)
    optimiser = keras.optimizers.AdamW(rate, weight_decay=plan.weight_decay, global_clipnorm=CLIP)
    optimiser.exclude_from_weight_decay(var_names=list(SPARED))
    return optimiser


if __name__ == "__main__":
    sys.exit(main())
