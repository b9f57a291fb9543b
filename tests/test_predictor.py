"""A saved network answers raw rows to the same bits as the audit did, wherever its files were moved to."""

import csv
import html
import json
import random
import re
import shutil
import subprocess
import sys
from dataclasses import FrozenInstanceError, dataclass
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest

from reportgen import api, load
from reportgen.config import Config
from reportgen.data.source import read
from reportgen.errors import DataError, ModelError
from reportgen.model.network import PIECE
from reportgen.model.runtime import keras  # as the product does: its last digits depend on who loads TensorFlow first
from reportgen.pipeline import Outcome
from reportgen.pipeline import audit as run_audit
from reportgen.progress import Stopwatch

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Saved:
    """A report's folder, the table behind it, and the audit as it was in memory."""

    folder: Path
    source: str
    outcome: Outcome

    @property
    def raw(self) -> pd.DataFrame:
        """The table as pandas reads it."""
        return pd.read_csv(self.source) if self.source.endswith(".csv") else read(self.source).frame

    @property
    def tested(self) -> pd.DataFrame:
        """Its test rows, in the order in which the audit asked for them."""
        return self.raw.iloc[self.outcome.prepared.test.rows]

    @property
    def answers(self) -> np.ndarray:
        """What the audit was told of them."""
        return self.outcome.network.predict(self.outcome.prepared.test.x)


def messy(path: Path) -> str:
    """A table in which every cell needs a decision: codes, commas, dates, truths, levels that are hardly seen."""
    chance = random.Random(3)
    head = ["id", "paid", "weight", "when", "truth", "code", "many", "garage", "label"]
    with path.open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(head)
        for number in range(240):
            good = chance.random() < 0.5
            paid = f"{chance.randrange(200, 4000) * (2 if good else 1):,}"
            when = f"{chance.randrange(1, 29):02}/{chance.randrange(1, 13):02}/{2019 + good}"
            cells = [f"N{number:04}", paid, f"{chance.gauss(70 + 5 * good, 9):.3f}", when, str(chance.random() < 0.4)]
            cells += [chance.choice(["007", "012", "100"]), f"L{int(chance.expovariate(0.1))}"]
            cells += [chance.choice(["None", "Attached"]), "yes" if good else "no"]
            for column in (1, 2, 3, 4):
                if chance.random() < 0.08:
                    cells[column] = chance.choice(["?", "NA", ""])
            if number % 40 == 7:
                cells[2] = "see note"
            out.writerow(cells)
    return str(path)


def publish(source: str, folder: Path, **options: object) -> Saved:
    kept = []

    def keeping(*words: object) -> Outcome:
        kept.append(run_audit(*words))
        return kept[0]

    with patch.object(api, "run_audit", keeping):
        options = {"model": {"hidden": (8,), "epochs": 20}, "refits": {"count": 0}, **options}
        config = Config(format=("html", "json"), split={"find_time": False}, **options)  # its dates tell the class
        api.publish(source, config, folder, None, Stopwatch(lambda _words: None))
    return Saved(folder, source, kept[0])


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Saved]:
    folder = tmp_path_factory.mktemp("saved")
    tables = {"iris": "iris", "diabetes": "diabetes", "messy": messy(folder / "messy.csv")}
    return {name: publish(source, folder / name) for name, source in tables.items()}


TABLES = pytest.mark.parametrize("table", ["iris", "diabetes", "messy"])


def given(run: Saved, rows: pd.DataFrame | str | Path) -> np.ndarray:
    """Probabilities, or the numbers of a regression."""
    model = load(run.folder)
    return model.predict_proba(rows) if model.classes else model.predict(rows)


def test_the_messy_table_is_messy(saved: dict[str, Saved]) -> None:
    notes = {note.code for note in saved["messy"].outcome.document.dataset.reading.notes}
    assert notes >= {"thousands", "dates", "missing_codes", "text_among_numbers"}
    treatments = {c.name: [t.code for t in c.treatment] for c in saved["messy"].outcome.document.dataset.columns}
    assert "other_level" in treatments["many"]
    assert (treatments["truth"][0], treatments["id"]) == ("boolean", [])


@TABLES
def test_test_rows_get_the_reports_answers(saved: dict[str, Saved], table: str) -> None:
    run = saved[table]
    assert np.array_equal(given(run, run.tested), run.answers)


@TABLES
def test_the_order_of_columns_and_columns_beside_them_do_not_matter(saved: dict[str, Saved], table: str) -> None:
    run = saved[table]
    rows = run.tested[run.tested.columns[::-1]].drop(columns=load(run.folder).target)
    rows = rows.assign(other="x", **{"7": np.inf}).set_axis([9] * len(rows))
    assert np.array_equal(given(run, rows), run.answers)


@TABLES
def test_the_likeliest_class_is_predicted_or_the_number(saved: dict[str, Saved], table: str) -> None:
    run, model = saved[table], load(saved[table].folder)
    task = run.outcome.document.task
    assert (model.target, model.classes) == (task.target, task.classes)
    expected = [task.classes[n] for n in run.answers.argmax(axis=1)] if task.classes else run.answers.tolist()
    assert model.predict(run.tested).tolist() == expected


def test_a_file_is_read_as_the_audit_read_it(saved: dict[str, Saved], tmp_path: Path) -> None:
    run = saved["messy"]
    texts = pd.read_csv(run.source, dtype=str, keep_default_na=False).iloc[run.outcome.prepared.test.rows]
    texts.to_csv(tmp_path / "rows.tsv", sep="\t", index=False)
    for rows in (texts, tmp_path / "rows.tsv", str(tmp_path / "rows.tsv")):
        assert np.array_equal(given(run, rows), run.answers)
    assert given(run, run.source).shape == (240, 2)
    assert given(saved["iris"], "iris").shape == (150, 3)


def test_rows_of_a_test_file_get_the_reports_answers(tmp_path: Path) -> None:
    source = messy(tmp_path / "all.csv")
    lines = Path(source).read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "data.csv").write_text("".join(lines[:180]), encoding="utf-8")
    (tmp_path / "test.csv").write_text("".join([lines[0], *lines[180:]]), encoding="utf-8")
    run = publish(str(tmp_path / "data.csv"), tmp_path / "out", test=str(tmp_path / "test.csv"))
    assert np.array_equal(given(run, tmp_path / "test.csv"), run.answers)
    assert np.array_equal(given(run, pd.read_csv(tmp_path / "test.csv")), run.answers)


def test_a_row_is_answered_alike_alone_and_among_many(saved: dict[str, Saved]) -> None:
    run = saved["messy"]
    alone = np.concatenate([given(run, run.tested.iloc[[n]]) for n in range(5)])
    np.testing.assert_allclose(alone, run.answers[:5], rtol=1e-5)
    many = pd.concat([run.tested] * (PIECE // len(run.tested) + 2))
    assert len(many) > PIECE
    np.testing.assert_allclose(given(run, many)[-len(run.tested) :], run.answers, rtol=1e-5)


def test_new_levels_and_missing_cells_are_answered_as_the_preparer_encodes_them(saved: dict[str, Saved]) -> None:
    run = saved["messy"]
    row = run.tested.iloc[[0]].astype(object)
    new = row.assign(many="never seen", paid=None, truth="?", when="soon")
    new = pd.concat([row, new])
    clean = run.outcome.prepared.test.frame.iloc[[0, 0]].copy()
    clean.iloc[1, clean.columns.get_indexer(["many"])] = "never seen"
    clean.iloc[1, clean.columns.get_indexer(["paid", "truth", "when"])] = None
    expected = run.outcome.network.predict(run.outcome.prepared.preparer.transform(clean))
    assert np.array_equal(given(run, new), expected)
    assert not np.array_equal(expected[0], expected[1])


@TABLES
def test_no_rows_get_no_answers(saved: dict[str, Saved], table: str) -> None:
    model = load(saved[table].folder)
    for rows in (saved[table].raw.iloc[:0], pd.DataFrame()):
        assert model.predict(rows).tolist() == []
        if model.classes:
            assert model.predict_proba(rows).shape == (0, len(model.classes))


def test_features_are_those_that_rows_must_have(saved: dict[str, Saved]) -> None:
    run, model = saved["messy"], load(saved["messy"].folder)
    assert model.features == ("paid", "weight", "when", "truth", "code", "many", "garage")
    with pytest.raises(DataError, match=re.escape("the rows lack the column 'weight' that the network learnt from")):
        model.predict(run.tested.drop(columns="weight"))
    assert model.predict(run.tested[list(model.features)]).shape == (len(run.tested),)


def test_a_regression_has_no_probabilities(saved: dict[str, Saved]) -> None:
    with pytest.raises(ModelError, match="the target 'progression' is a number and has no classes; ask predict for it"):
        load(saved["diabetes"].folder).predict_proba("diabetes")


def test_a_predictor_does_not_change_and_says_what_it_predicts(saved: dict[str, Saved]) -> None:
    model = load(saved["iris"].folder)
    assert repr(model).startswith(
        "Predictor(target='species', classes=('setosa', 'versicolor', 'virginica'), features=("
    )
    with pytest.raises(FrozenInstanceError):
        model.target = "other"


def test_the_files_may_move_together(saved: dict[str, Saved], tmp_path: Path) -> None:
    run = saved["iris"]
    for name in ("model.keras", "preparer.json"):
        shutil.copy(run.folder / name, tmp_path / name)
    expected = run.answers
    assert np.array_equal(load(tmp_path).predict_proba(run.tested), expected)
    (tmp_path / "model.keras").rename(tmp_path / "flowers.keras")
    assert np.array_equal(load(str(tmp_path / "flowers.keras")).predict_proba(run.tested), expected)


def test_the_manifest_holds_the_preparer(saved: dict[str, Saved]) -> None:
    from reportgen.output import listed, sha256

    folder = saved["iris"].folder
    outputs = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["outputs"]
    assert outputs["preparer.json"] == sha256(folder / "preparer.json")
    assert listed(folder) == {"report.html", "report.json", "model.keras", "preparer.json", "manifest.json"}


def test_the_program_that_the_report_prints_predicts(saved: dict[str, Saved]) -> None:
    run = saved["iris"]
    page = (run.folder / "report.html").read_text(encoding="utf-8")
    found = re.search(r'<pre[^>]*id="prediction"[^>]*>(.*?)</pre>', page, re.DOTALL)
    assert found
    program = html.unescape(re.sub(r"<[^>]+>", "", found[1]))
    run.tested.to_csv(run.folder / "new_rows.csv", index=False)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=run.folder, timeout=120
    )
    (run.folder / "new_rows.csv").unlink()
    labels = load(run.folder).predict(run.tested)
    assert done.stdout == f"{labels}\n{run.answers}\n"


@pytest.mark.parametrize(
    ("manifest", "threads"),
    [
        ('{"configuration": {"threads": 5}}', 5),
        ('{"configuration": {}}', None),
        ('{"configuration": 5}', None),
        ("[", None),
    ],
)
def test_the_manifest_says_on_how_many_threads(copied: Path, manifest: str, threads: int | None) -> None:
    (copied / "manifest.json").write_text(manifest)
    with patch("reportgen.model.saved.fix_threads") as fixed:
        load(copied)
    fixed.assert_called_once_with(threads or Config().threads)


FRESH = """
import sys
import numpy as np
from reportgen import load
np.save(sys.argv[3], load(sys.argv[1]).predict_proba(sys.argv[2]))
"""


def test_a_new_process_gives_the_same_bits_and_is_silent(saved: dict[str, Saved], tmp_path: Path) -> None:
    run = saved["messy"]
    texts = pd.read_csv(run.source, dtype=str, keep_default_na=False).iloc[run.outcome.prepared.test.rows]
    texts.to_csv(tmp_path / "rows.csv", index=False)
    words = [str(run.folder), str(tmp_path / "rows.csv"), str(tmp_path / "answers.npy")]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", FRESH, *words], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("", "")
    assert np.array_equal(np.load(tmp_path / "answers.npy"), run.answers)


PLAIN = """
import sys
import keras
import numpy as np
model = keras.models.load_model("model.keras")
answers = model.predict(np.load("encoded.npy"), verbose=0)
assert "reportgen" not in sys.modules
assert model.input.name == "encoded"
np.save("answers.npy", answers)
"""


@pytest.mark.parametrize("table", ["iris", "diabetes"])
def test_plain_keras_opens_the_network_without_reportgen(saved: dict[str, Saved], table: str, tmp_path: Path) -> None:
    run = saved[table]
    shutil.copy(run.folder / "model.keras", tmp_path)
    np.save(tmp_path / "encoded.npy", run.outcome.prepared.test.x)
    subprocess.run([sys.executable, "-c", PLAIN], capture_output=True, text=True, check=True, cwd=tmp_path)
    plain = np.load(tmp_path / "answers.npy")
    np.testing.assert_allclose(plain.reshape(run.answers.shape), run.answers, rtol=1e-5, atol=1e-6)


@pytest.fixture
def copied(saved: dict[str, Saved], tmp_path: Path) -> Path:
    return Path(shutil.copytree(saved["iris"].folder, tmp_path / "report"))


def test_nothing_to_load_is_one_sentence(copied: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"there is no saved network .*nowhere; give the folder of a report"):
        load(tmp_path / "nowhere")
    with pytest.raises(ModelError, match=r"there is no saved network .*model.keras; give the folder"):
        load(tmp_path)
    (copied / "preparer.json").unlink()
    with pytest.raises(ModelError, match=r"there is no .*preparer.json, which model.keras needs beside it"):
        load(copied)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "preparer.json is no JSON"),
        ("[]", "preparer.json is of the schema 'None' where this version reads 'reportgen/preparer/1'"),
        ('{"schema": "reportgen/preparer/2"}', "preparer.json is of the schema 'reportgen/preparer/2' where this"),
        ('{"schema": "reportgen/preparer/1"}', "preparer.json is broken"),
    ],
)
def test_another_preparer_is_one_sentence(copied: Path, text: str, message: str) -> None:
    (copied / "preparer.json").write_text(text)
    with pytest.raises(ModelError) as caught:
        load(copied)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("key", ["plans", "readers", "task"])
def test_a_preparer_that_lost_a_part_is_broken(copied: Path, key: str) -> None:
    content = json.loads((copied / "preparer.json").read_text(encoding="utf-8"))
    for part in (None, [], content[key][1:] if key != "task" else {}):
        (copied / "preparer.json").write_text(json.dumps(content | {key: part}))
        with pytest.raises(ModelError, match=r"preparer\.json is broken"):
            load(copied)


def test_bytes_that_are_no_text_are_one_sentence(copied: Path) -> None:
    (copied / "preparer.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ModelError, match=r"preparer\.json cannot be read"):
        load(copied)


def test_files_of_two_runs_are_refused(copied: Path, saved: dict[str, Saved]) -> None:
    shutil.copy(saved["diabetes"].folder / "model.keras", copied)
    with pytest.raises(ModelError, match="are of two different runs"):
        load(copied)


def test_a_damaged_or_foreign_network_is_one_sentence(copied: Path) -> None:
    file = copied / "model.keras"
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelError, match="is no Keras file, or a damaged one"):
        load(copied)
    file.unlink()
    shutil.make_archive(str(copied / "other"), "zip", copied, "report.json")
    (copied / "other.zip").rename(file)
    with pytest.raises(ModelError, match=r"cannot be loaded by Keras \d"):
        load(copied)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras's own, while it saves
def test_a_network_of_another_make_is_one_sentence(copied: Path) -> None:
    layers = [keras.Input((4,)), keras.layers.Dense(3, "sigmoid")]
    keras.Sequential(layers).save(copied / "model.keras")
    with pytest.raises(ModelError, match="is a Keras model, but none that reportgen saved"):
        load(copied)
