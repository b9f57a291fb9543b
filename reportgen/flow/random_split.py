"""What a random split would have said, where the reported one keeps to groups or to time."""

from reportgen.config import Config
from reportgen.data import Parts, Prepared, prepare_anew, split
from reportgen.errors import DataError
from reportgen.evidence.base import Refit
from reportgen.flow.refits import as_refit
from reportgen.model import Network, refit, refits_for
from reportgen.records.structure import Structure


def split_at_random(
    parts: Parts, prepared: Prepared, network: Network, config: Config, structure: Structure
) -> tuple[Refit | None, Structure]:
    """A network made in the same way on rows parted at random, where the reported split keeps to groups or time."""
    if not structure.respected or parts.dataset.test is not None:
        return None, structure
    asked = config.refits.count
    if asked == 0 or (asked is None and not refits_for(network.plan, network.workshop.size, config.budget)):
        why = "too_large_to_refit" if asked is None else "refits_off"
        return None, structure.model_copy(update={"why_no_random_split": why})
    try:
        anew = split(parts.dataset, config.model_copy(update={"group": (), "time": ()}))
        rows = prepare_anew(anew)
    except DataError:
        return None, structure.model_copy(update={"why_no_random_split": "no_other_split"})
    (made,) = refit(network, [rows], parts.dataset.task, [config.seed])
    return as_refit(rows, anew, made, prepared, config), structure
