"""The rows parted: as asked, or by the groups or the time that were found to matter."""

from reportgen.config import Config
from reportgen.data import Dataset, Parts, prepare, respect, split
from reportgen.errors import DataError
from reportgen.evidence.structure import respectable
from reportgen.records.structure import Candidate, Structure


def part_rows(dataset: Dataset, config: Config, structure: Structure) -> tuple[Parts, Config, Structure]:
    """Part the rows as asked, or by what was found where a random split flatters, with the settings that say so."""
    if config.group or config.time:
        told = {"respected": config.group or config.time, "kind": "group" if config.group else "time"}
        return split(dataset, config), config, structure.model_copy(update={**told, "origin": "given"})
    best = respectable(structure.candidates, "group") or respectable(structure.candidates, "time")
    if best is None:
        return split(dataset, config), config, structure
    if dataset.test is not None:
        return split(dataset, config), config, structure.model_copy(update={"why_not_respected": "test_rows_given"})
    try:
        parts, asked = _kept_to(dataset, config, best)
    except DataError:
        return split(dataset, config), config, structure.model_copy(update={"why_not_respected": "split_impossible"})
    told = {"respected": best.columns, "kind": best.kind, "origin": "found"}
    return parts, asked, structure.model_copy(update=told)


def _kept_to(dataset: Dataset, config: Config, found: Candidate) -> tuple[Parts, Config]:
    """The rows parted by what was found; raises DataError where nothing could be learnt from them so."""
    marked, asked = respect(dataset, config, found.kind, found.columns)
    parts = split(marked, asked)
    prepare(parts)
    return parts, asked


def refuse_absent(parts: Parts, wanted: tuple[int, ...]) -> None:
    """Rows that are to be explained must be among those in use; with a test file they are its rows."""
    dataset = parts.dataset
    known, source = (dataset.frame, dataset.source) if dataset.test is None else (parts.test, dataset.test_source)
    absent = [row for row in wanted if row not in known.index]
    if absent:
        drawn = f", and so are those not drawn from {dataset.rows:,}" if dataset.rows_read < dataset.rows else ""
        raise DataError(
            f"row {absent[0]} of {source} cannot be explained: rows count from 0 below the header, the last with a "
            f"usable target is {known.index.max()}, those without one are left out{drawn}; give --explain-row another"
        )
