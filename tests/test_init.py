"""`reportgen init`: a file that changes nothing until somebody takes away a #."""

import re
import tomllib
from pathlib import Path

import pandas as pd
import pytest

from reportgen.comparison.proposals import proposals
from reportgen.config import Config, load_config
from reportgen.data import load
from reportgen.data.guesses import guess, is_protected, words
from reportgen.records.card import Card
from tests.comparison.reports import metric, saved, seen
from tests.runs import reportgen
from tests.samples import HOSTILE, binary, regression

SETTING = re.compile(r"^#(?=[^ ])", re.MULTILINE)


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Visits of 30 patients, three each."""
    monkeypatch.chdir(tmp_path)
    frame = pd.DataFrame(
        {
            "patient_id": [f"p{k // 3}" for k in range(90)],
            "day": pd.date_range("2024-01-01", periods=90).astype(str),
            "age": [20 + k % 47 for k in range(90)],
            "usage": [k * 7 % 31 for k in range(90)],
            "性别": ["男", "女", "女"] * 30,
            "outcome": ["good", "bad"] * 45,
            "score": [k * 11 % 89 / 7 for k in range(90)],
        }
    )
    frame.to_csv("visits.csv", index=False)
    return tmp_path / "visits.csv"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_file_changes_nothing(table: Path, lang: str) -> None:
    assert reportgen("init", "visits.csv", "--no-run", "--lang", lang, "--quiet").status == 0
    assert load_config(Path("reportgen.toml"), {}) == Config()


def test_a_target_that_was_asked_for_is_all_it_says(table: Path) -> None:
    run = reportgen("init", "visits.csv", "--no-run", "--target", "outcome", "--out", "conf/first.toml")
    assert (run.status, run.err) == (0, "")
    assert load_config(Path("conf/first.toml"), {}) == Config(target="outcome")
    assert "--config conf/first.toml" in Path("conf/first.toml").read_text(encoding="utf-8")


def uncommented(path: Path) -> dict[str, object]:
    return tomllib.loads(SETTING.sub("", path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_without_its_marks_every_line_is_a_setting_that_there_is(table: Path, lang: str) -> None:
    reportgen("init", "visits.csv", "--no-run", "--target", "outcome", "--lang", lang)
    found = uncommented(Path("reportgen.toml"))
    assert found.pop("targets") == {"accuracy": ">= 0.9", "rows": ">= 90"}
    config = Config.model_validate(found)
    assert (config.group, config.time, config.protected) == (("patient_id",), ("day",), ("age", "性别"))
    assert config.immutable == config.protected
    assert (config.task, config.lang, config.fail_on) == ("binary", lang, "critical")
    assert set(found["card"]) == set(Card.model_fields)


def test_hostile_names_stay_within_their_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names = ["sex\nevil = 1", *HOSTILE, 'q"uote\\', "target"]
    frame = pd.DataFrame({name: [(k * (j + 3)) % 17 for k in range(60)] for j, name in enumerate(names)})
    frame.to_parquet("t.parquet")
    assert reportgen("init", "t.parquet", "--no-run", "--target", names[-2]).status == 0
    name = Path("reportgen.toml")
    assert load_config(name, {}) == Config(target=load("t.parquet", Config()).columns[-2].name)
    assert uncommented(name)["protected"] == [load("t.parquet", Config()).columns[0].name]


def test_a_file_that_is_there_is_not_written_over(table: Path) -> None:
    Path("reportgen.toml").write_text("seed = 7\n")
    run = reportgen("init", "visits.csv", "--no-run")
    assert (run.status, run.err.count("\n")) == (2, 1)
    assert "is there already" in run.err
    assert Path("reportgen.toml").read_text() == "seed = 7\n"
    assert reportgen("init", "visits.csv", "--no-run", "--force").status == 0
    assert load_config(Path("reportgen.toml"), {}) == Config()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["none.csv", "--no-run"], "none.csv"),
        (["visits.csv", "--no-run", "--target", "outcom"], "'outcome'"),
        (["visits.csv", "--no-run", "--out", "."], "is a folder"),
        (["visits.csv", "--report", "none.json"], "there is no report"),
        (["visits.csv", "--report", "other"], "is about another table"),
        (["visits.csv", "--report", "same", "--target", "outcome"], "predicts 'score' and not 'outcome'"),
    ],
)
def test_bad_input_is_one_sentence_and_writes_nothing(table: Path, options: list[str], said: str) -> None:
    digest = load("visits.csv", Config()).sha256
    saved(Path("other"), binary(), lambda report: report["task"].update(target="outcome"))
    saved(
        Path("same"),
        regression(),
        lambda report: report["dataset"].update(sha256=digest),
        lambda report: report["task"].update(target="score"),
    )
    before = sorted(table.parent.rglob("*"))
    run = reportgen("init", *options)
    assert (run.status, run.err.count("\n")) == (2, 1)
    assert said in run.err
    assert sorted(table.parent.rglob("*")) == before


def test_a_report_gives_its_targets(table: Path) -> None:
    digest = load("visits.csv", Config()).sha256
    saved(
        Path("r"),
        binary(),
        lambda report: report["dataset"].update(sha256=digest),
        lambda report: report["task"].update(target="outcome"),
    )
    assert reportgen("init", "visits.csv", "--report", "r").status == 0
    found = uncommented(Path("reportgen.toml"))
    assert (found["target"], found["targets"]["accuracy"]) == ("outcome", ">= 0.726")
    assert load_config(Path("reportgen.toml"), {}) == Config(target="outcome")


def test_proposals_are_met_by_the_report_they_come_from() -> None:
    report = seen(binary(), metric("accuracy", 0.81662, 0.0913), metric("log_loss", 0.4111, 0.0912))
    found = {one.name: one for one in proposals(report)}
    assert {name: one.asked for name, one in found.items() if "gap" not in name} == {
        "accuracy": ">= 0.725",
        "balanced_accuracy": ">= 0.63",
        "roc_auc": ">= 0.790",
        "log_loss": "<= 0.503",
        "rows": f">= {report.dataset.rows}",
    }
    for one in found.values():
        sign, bound = one.asked.split()
        if one.low is not None:
            assert (one.low >= float(bound)) if sign == ">=" else (one.high <= float(bound))


def test_proposals_for_numbers_and_for_gaps_between_groups() -> None:
    found = {one.name: one.asked for one in proposals(seen(regression(), metric("r2", 0.1, 0.3)))}
    assert found["rmse"] == "<= 33751"
    assert "r2" not in found
    gaps = {one.name for one in proposals(seen(binary())) if one.name.startswith("unfair_gap.")}
    assert gaps == {f"unfair_gap.{gap.column}" for gap in binary().errors.gaps}
    assert gaps


@pytest.mark.parametrize(
    ("name", "protected"),
    [
        ("sex", True), ("Age", True), ("native-country", True), ("MaritalStatus", True), ("age_at_visit", True),
        ("applicantGender", True), ("患者性别", True), ("年龄", True),
        ("usage", False), ("mileage", False), ("percentage", False), ("trace", False), ("essex", False),
        ("agency", False), ("raceway", False), ("类别", False),
    ],
)  # fmt: skip
def test_protected_columns_are_guessed_by_whole_words(name: str, protected: bool) -> None:
    assert is_protected(name) is protected


def test_names_are_taken_apart_into_words() -> None:
    assert words("customerID_no") == ["customer", "id", "no"]
    assert words("XMLFile2name") == ["xml", "file", "name"]


def test_a_key_is_no_group_and_what_repeats_seldom_names_rows(table: Path) -> None:
    frame = pd.read_csv("visits.csv")
    frame["customer"] = [f"c{min(k, 60)}" for k in range(90)]
    frame["clinic_year"] = 2000 + frame.index % 20
    frame["store_size"] = frame.index % 9
    frame["education-num"] = frame.index % 16
    frame["ward_id"] = frame.index % 7
    frame["student no"] = frame.index % 40
    frame["y"] = frame.pop("outcome")
    frame.to_csv("more.csv", index=False)
    found = guess(load("more.csv", Config()))
    assert (found.drop, found.group, found.time) == (
        ("customer",),
        ("patient_id", "ward_id", "student no"),
        ("day", "clinic_year"),
    )


@pytest.mark.slow
def test_targets_are_proposed_from_a_quick_audit(table: Path) -> None:
    run = reportgen("init", "visits.csv", "--target", "outcome", "--quiet")
    assert (run.status, run.err) == (0, "")
    assert set(uncommented(Path("reportgen.toml"))["targets"]) >= {"log_loss", "rows"}
    assert [path.name for path in table.parent.iterdir() if path.name != "visits.csv"] == ["reportgen.toml"]
