"""Categories as numbers: what each level is encoded as, beside the inputs that say which level it is."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from reportgen.data.shapes import Matrix
from reportgen.data.summary import labelled
from reportgen.records.base import Record
from reportgen.records.table import Encoded

CLIP = 8.0
"""Encoded numbers end here: by Chebyshev's inequality fewer than one training value in 64 lies beyond."""

FEWEST_RANKS = 3
"""Two ranks say no more than one input a level does."""


class LevelCodes(Record):
    """What levels are encoded as, one encoded column a part.

    `codes` holds a row a part, an entry a level: what stands for the level, less `centre`, divided by `scale`.
    A level that is not among `levels`, or a missing one, is 0, which stands for the centre.
    """

    name: str
    parts: tuple[str, ...]
    levels: tuple[str, ...]
    codes: tuple[tuple[float, ...], ...]
    centre: tuple[float, ...]
    scale: tuple[float, ...]

    def encoded(self) -> tuple[Encoded, ...]:
        """What the encoded columns are."""
        return tuple(
            Encoded(
                name=f"{self.name}: {part}",
                feature=self.name,
                kind="code",
                centre=centre,
                scale=scale,
                part=part,
                codes=dict(zip(self.levels, codes, strict=True)),
            )
            for part, centre, scale, codes in zip(self.parts, self.centre, self.scale, self.codes, strict=True)
        )

    def apply(self, values: pd.Series) -> list[Matrix]:
        """The encoded columns of rows that the codes were not learnt from."""
        labels = pd.Index(labelled(values), dtype=object)
        place = pd.Index(self.levels, dtype=object).get_indexer(labels)
        return [np.append(np.array(codes, dtype=np.float32), np.float32(0))[place] for codes in self.codes]


def rank_levels(values: pd.Series, order: Sequence[str]) -> LevelCodes | None:
    """The places of levels in their order, counted from 1, standardised by training rows; None where they hold few.

    A level of the order that training rows lack has its place all the same.
    """
    place = {level: number for number, level in enumerate(order, start=1)}
    ranks = labelled(values).map(place).dropna().to_numpy(dtype=np.float64)
    if len(np.unique(ranks)) < FEWEST_RANKS:
        return None
    centre, scale = float(ranks.mean()), float(ranks.std())
    codes = np.clip((np.arange(1, len(order) + 1) - centre) / scale, -CLIP, CLIP).astype(np.float32)
    return LevelCodes(
        name=str(values.name),
        parts=("rank",),
        levels=tuple(order),
        codes=(tuple(map(float, codes)),),
        centre=(centre,),
        scale=(scale,),
    )
