"""What belongs together: the group or the moment of each row, marked on every part that evidence is shown."""

from dataclasses import dataclass, replace
from typing import Self

from reportgen.config import Config
from reportgen.data import Belonging, Dataset, groups_of, moments_of
from reportgen.evidence.base import Part, Subject
from reportgen.evidence.structure import respectable
from reportgen.records.structure import Structure


@dataclass(frozen=True)
class Together:
    """The groups and the moments of all rows, where the user gave them or they were found to matter."""

    groups: Belonging | None
    moments: Belonging | None

    @classmethod
    def of(cls, dataset: Dataset, config: Config, structure: Structure) -> Self:
        """The columns that the split keeps to, or those that flatter a split that could not keep to them."""
        given = bool(config.group or config.time)
        group = None if given else respectable(structure.candidates, "group")
        time = None if given or group else respectable(structure.candidates, "time")
        groups = config.group or (group.columns if group else ())
        moments = config.time or (time.columns if time else ())
        return cls(groups_of(dataset, groups), moments_of(dataset, () if groups else moments))

    def marked(self, part: Part) -> Part:
        """The part with the group or the moment of each row; with a file of test rows these are the test part."""
        given = part.name == "test"
        units, moments = (
            None if known is None else known.of(part.rows, given=given) for known in (self.groups, self.moments)
        )
        return replace(part, units=units, moments=moments)

    def in_all(self, subject: Subject) -> Subject:
        """The subject with every part marked, those of the networks made anew among them."""
        if self.groups is None and self.moments is None:
            return subject
        networks = tuple(replace(one, test=self.marked(one.test)) for one in subject.refits.networks)
        return replace(
            subject,
            train=self.marked(subject.train),
            validation=self.marked(subject.validation),
            test=self.marked(subject.test),
            refits=replace(subject.refits, networks=networks),
        )
