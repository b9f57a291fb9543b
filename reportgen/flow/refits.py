"""The network made anew from other seeds, on rows parted anew: how far its numbers are a matter of chance."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import pandas as pd

from reportgen.config import Config
from reportgen.data import Matrix, Parts, Prepared, Preparer, prepare_anew, refold
from reportgen.errors import DataError
from reportgen.evidence.base import Refit, Refitting
from reportgen.flow.subject import part
from reportgen.model import Network, refit, refits_for
from reportgen.model.refits import Refitted, seeds
from reportgen.records.network import Cover


@dataclass(frozen=True)
class _Draw:
    """The rows that one network is made of anew, the parts of which only test rows are kept, and what varied."""

    seed: int
    rows: Prepared
    tested: Parts
    varied: Cover


def refitting(parts: Parts, prepared: Prepared, network: Network, config: Config) -> Refitting:
    """Make the network anew from other seeds, each time on parts drawn and prepared anew where they are drawn at all.

    A draw that cannot be learnt from, by the same rules that refuse such a table, is left out and counted.
    """
    asked = config.refits.count
    count = refits_for(network.plan, network.workshop.size, config.budget) if asked is None else asked
    if not count:
        return Refitting(why_none="too_large_to_refit" if asked is None else "refits_off")
    draws = [
        draw
        for number, seed in enumerate(seeds(config.seed, count))
        if (draw := _draw(parts, prepared, config, number, seed))
    ]
    made = refit(network, [draw.rows for draw in draws], parts.dataset.task, [draw.seed for draw in draws])
    networks = tuple(
        as_refit(draw.rows, draw.tested, one, prepared, config) for draw, one in zip(draws, made, strict=True)
    )
    return Refitting(networks, _covers(draws), count - len(networks), "no_other_split")


def as_refit(rows: Prepared, anew: Parts, network: Refitted, prepared: Prepared, config: Config) -> Refit:
    """A network made anew, with the test rows that it did not see, shown from outside."""
    return Refit(
        test=part("test", rows.test, anew.test, prepared, config),
        inputs=rows.inputs,
        predict=network.predict,
        train_rows=len(rows.train.y) + len(rows.validation.y),
        notes=network.notes,
        encode=partial(encode, rows.preparer, anew.dataset.frame),
        exchanged=network.exchanged,
    )


def encode(preparer: Preparer, table: pd.DataFrame, frame: pd.DataFrame) -> Matrix:
    """Rows as one network sees them; a feature that they lack, since the reported one does not use it, is missing."""
    lacking = [plan.name for plan in preparer.plans if plan.name not in frame]
    missing = [pd.Series(index=frame.index, dtype=table[name].dtype, name=name) for name in lacking]
    return preparer.transform(pd.concat([frame, *missing], axis="columns"))


def _draw(parts: Parts, prepared: Prepared, config: Config, number: int, seed: int) -> _Draw | None:
    """The table parted and prepared anew; None where it cannot be learnt from."""
    try:
        drawn = refold(parts, config, number, seed)
        varied = _varied(parts, drawn)
        rows = _encoded(prepare_anew(drawn)) if varied != "seed" else prepared
        return _Draw(seed, rows, _tested(drawn), varied)
    except DataError:
        return None


def _encoded(rows: Prepared) -> Prepared:
    """The same without the original values of rows that a network learns from, which it does not see."""
    train, validation = (replace(part, frame=part.frame.iloc[:0].copy()) for part in (rows.train, rows.validation))
    return replace(rows, train=train, validation=validation)


def _tested(drawn: Parts) -> Parts:
    """The same with the test rows alone: of wide tables several draws of all rows fill the memory."""
    dataset = replace(drawn.dataset, frame=drawn.dataset.frame.iloc[:0].copy(), test=None)
    train, validation = (part.iloc[:0].copy() for part in (drawn.train, drawn.validation))
    return replace(drawn, dataset=dataset, train=train, validation=validation)


def _varied(parts: Parts, drawn: Parts) -> Cover:
    """What of the parts was drawn otherwise, if anything was."""
    if not drawn.test.index.equals(parts.test.index):
        return "split"
    return "seed" if drawn.train.index.equals(parts.train.index) else "training_rows"


def _covers(draws: Sequence[_Draw]) -> tuple[Cover, ...]:
    """The widest of what varied, and the seed: a split drawn anew is training rows drawn anew."""
    varied = {draw.varied for draw in draws}
    widest: Iterable[Cover] = [cover for cover in ("split", "training_rows") if cover in varied][:1]
    return (*widest, "seed") if draws else ()
