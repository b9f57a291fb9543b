"""What a comparison reads of a report.json: only that, and tolerantly, so that older and newer reports can be read."""

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from reportgen.errors import ReportgenError
from reportgen.records.base import Facts, Kind, Role, Scalar, TaskKind
from reportgen.records.finding import Severity

ANY_REPORT = "reportgen/report/"


class Seen(BaseModel):
    """A part of a report: keys that are not known here are passed over, keys that an older report lacks are empty."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class SeenLevel(Seen):
    """One value of a column with its rows."""

    label: str
    count: int


class SeenNumbers(Seen):
    """Where a column's numbers lie."""

    mean: float
    standard_deviation: float


class SeenColumn(Seen):
    """One column."""

    name: str
    kind: Kind | None = None
    role: Role | None = None
    missing: int | None = None
    numbers: SeenNumbers | None = None
    levels: tuple[SeenLevel, ...] = ()
    other_levels: int = 0


class SeenDataset(Seen):
    """The table."""

    name: str
    source: str = ""
    rows: int
    rows_used: int | None = None
    sha256: str
    test_sha256: str | None = None
    columns: tuple[SeenColumn, ...] = ()


class SeenTask(Seen):
    """The task."""

    kind: TaskKind
    target: str
    classes: tuple[str, ...] = ()
    positive: str | None = None


class SeenSplit(Seen):
    """How rows were parted."""

    strategy: str = ""
    train: int
    validation: int = 0
    test: int
    by: str | None = None
    seed: int | None = None
    test_digest: str | None = None


class SeenMetric(Seen):
    """One number with its interval."""

    name: str
    split: str = "test"
    value: float | None = None
    low: float | None = None
    high: float | None = None
    level: float = 0.95
    n: int | None = None
    of: str | None = None


class SeenRefit(Seen):
    """One number about networks made in the same way."""

    name: str
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0


class SeenRefits(Seen):
    """Networks made in the same way."""

    metrics: tuple[SeenRefit, ...] = ()


class SeenWorth(Seen):
    """How much one column matters."""

    feature: str
    value: float
    low: float | None = None
    high: float | None = None


class SeenImportance(Seen):
    """One method's importances."""

    method: str
    main: bool = False
    unit: str | None = None
    n: int | None = None
    networks: int | None = None
    features: tuple[SeenWorth, ...] = ()


class SeenErrorRow(Seen):
    """One row that was got wrong."""

    row: int


class SeenConfusion(Seen):
    """Test rows by actual and predicted class."""

    counts: tuple[tuple[int, ...], ...] = ()


class SeenResiduals(Seen):
    """Actual and predicted numbers."""

    actual: tuple[float, ...] = ()
    predicted: tuple[float, ...] = ()
    n: int = 0


class SeenGap(Seen):
    """How far errors differ between the groups of a protected column."""

    column: str
    gap: float
    low: float
    high: float
    n: int | None = None


class SeenErrors(Seen):
    """The mistakes on test rows."""

    confusion: SeenConfusion | None = None
    rows: tuple[SeenErrorRow, ...] = ()
    wrong_rows: tuple[int, ...] | None = None
    residuals: SeenResiduals | None = None
    gaps: tuple[SeenGap, ...] = ()


class SeenFinding(Seen):
    """One finding; `waived` is whatever the report says of a waiver."""

    code: str
    severity: Severity
    columns: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()
    message: str = ""
    evidence: Facts = {}
    advice: str = ""
    section: str = "appendix"
    waived: Any = None


class SeenCheck(Seen):
    """One check."""

    code: str
    status: str


class SeenVerdict(Seen):
    """What the findings came to."""

    level: str | None = None


class SeenTarget(Seen):
    """One target of reportgen.toml and whether it was met."""

    name: str
    asked: str | None = None
    op: str | None = None
    bound: float | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    status: str
    measure: str | None = None


class SeenModel(Seen):
    """The network."""

    family: str | None = None
    parameters: int | None = None
    inputs: int | None = None
    settings: dict[str, Scalar] = {}


class SeenEnvironment(Seen):
    """What made the report."""

    versions: dict[str, str] = {}
    platform: str | None = None


class SeenReport(Seen):
    """All of a report.json that a comparison reads."""

    dataset: SeenDataset
    task: SeenTask
    split: SeenSplit
    metrics: tuple[SeenMetric, ...]
    refits: SeenRefits | None = None
    importance: tuple[SeenImportance, ...] = ()
    errors: SeenErrors = SeenErrors()
    findings: tuple[SeenFinding, ...] = ()
    checks: tuple[SeenCheck, ...] = ()
    verdict: SeenVerdict = SeenVerdict()
    targets: tuple[SeenTarget, ...] = ()
    model: SeenModel = SeenModel()
    settings: dict[str, Any] = {}
    card: dict[str, Any] = {}
    environment: SeenEnvironment = SeenEnvironment()

    def metric(self, name: str, of: str | None = None) -> SeenMetric | None:
        """The metric of that name on test rows, None where it was not measured."""
        return next((m for m in self.metrics if (m.name, m.split, m.of) == (name, "test", of)), None)


def read_report(path: Path) -> SeenReport:
    """The report at a path, a folder standing for the report.json in it. Raises ReportgenError where there is none."""
    file = path / "report.json" if path.is_dir() else path
    content = _content(file)
    schema = content.get("schema") if isinstance(content, dict) else None
    if not str(schema).startswith(ANY_REPORT):
        raise ReportgenError(f"{file} is not a report; name the report.json of an audit, or the folder that holds it")
    try:
        return SeenReport.model_validate({key: value for key, value in content.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(key) for key in first["loc"])
        raise ReportgenError(f"{file} is a damaged report: {place}: {first['msg'].lower()}") from None


def _content(file: Path) -> Any:  # noqa: ANN401 - whatever stands in the file
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ReportgenError(f"there is no report {file}; name the report.json of an audit") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ReportgenError(f"{file} cannot be read as a report: {error}") from None
    except (ValueError, RecursionError):
        raise ReportgenError(f"{file} is not JSON; name the report.json of an audit") from None
