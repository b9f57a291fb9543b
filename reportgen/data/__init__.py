"""Tables: read, understood, parted and made ready for the network."""

from reportgen.data.belonging import Belonging, groups_of, moments_of
from reportgen.data.ceiling import load_within
from reportgen.data.folds import refold
from reportgen.data.load import load
from reportgen.data.prepare import Prepared, PreparedPart, Preparer, prepare, prepare_anew
from reportgen.data.rows import profile
from reportgen.data.shapes import Dataset, Matrix, Parts, Target
from reportgen.data.source import Source
from reportgen.data.split import split
from reportgen.data.structure import Suspect, measured, respect, suspects, target_numbers
from reportgen.data.unseen import read_rows

__all__ = [
    "Belonging",
    "Dataset",
    "Matrix",
    "Parts",
    "Prepared",
    "PreparedPart",
    "Preparer",
    "Source",
    "Suspect",
    "Target",
    "groups_of",
    "load",
    "load_within",
    "measured",
    "moments_of",
    "prepare",
    "prepare_anew",
    "profile",
    "read_rows",
    "refold",
    "respect",
    "split",
    "suspects",
    "target_numbers",
]
