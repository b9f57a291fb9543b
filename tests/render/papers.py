"""PDFs of the reports built by hand, each made once: in two languages, on two sizes of paper, narrow and wide."""

from functools import cache

from reportgen.document import Document
from reportgen.records.table import Column
from reportgen.render import to_pdf
from tests.samples import binary, multiclass, regression


@cache
def paper(name: str) -> bytes:
    """The PDF of a report: `binary` on A4, `multiclass` in Chinese, `wide` with 80 columns on Letter."""
    if name == "binary":
        return to_pdf(binary())
    if name == "multiclass":
        return to_pdf(multiclass(), "zh")
    return to_pdf(wide(), paper="letter")


def wide() -> Document:
    """The report of a regression on 80 columns."""
    document = regression()
    columns = document.dataset.columns
    more = tuple(Column(name=f"sensor_{n}", kind="numeric", role="feature", missing=0, distinct=9) for n in range(80))
    dataset = document.dataset.model_copy(update={"columns": (*columns, *more)[:80]})
    return document.model_copy(update={"dataset": dataset})
