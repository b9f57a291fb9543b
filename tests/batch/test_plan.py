"""What a batch audits, under which names, and what is refused before any work."""

from pathlib import Path

import pytest

from reportgen.batch.plan import Shard, make_plan, read_shard
from reportgen.errors import ConfigError
from reportgen.naming import BUILT_IN, dataset_name

MANIFEST = """\
[defaults]
budget = "quick"
seed = 3

[[dataset]]
data = "tables/*.csv"
target = "y"
tags = ["nightly", "eu"]

[[dataset]]
data = "iris"
name = "flowers"
seed = 4
[dataset.card]
owner = "botany"
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tables").mkdir()
    for name in ("b.csv", "a.csv", "c.parquet"):
        (tmp_path / "tables" / name).write_text("x,y\n1,2\n")
    (tmp_path / "batch.toml").write_text(MANIFEST)
    return tmp_path


def planned(*data, manifest=None, options=None, config=None):
    return make_plan(data, manifest and Path(manifest), options or {}, config and Path(config), Path("out"))


def test_patterns_and_names_are_taken_in_order_and_once(home):
    jobs = planned("wine", "tables/*.csv", "tables/a.csv", "tables/c.parquet")
    assert [(job.name, job.source) for job in jobs] == [
        ("wine", "wine"), ("a", "tables/a.csv"), ("b", "tables/b.csv"), ("c", "tables/c.parquet"),
    ]  # fmt: skip
    assert jobs[1].folder == Path("out/a")
    assert jobs[1].log == Path("out/logs/a.log")


def test_tables_of_the_command_line_share_one_configuration(home):
    assert len({id(job.config) for job in planned("tables/*.csv", options={"seed": 5})}) == 1


def test_a_manifest_gives_each_dataset_its_own(home):
    a, b, flowers = planned(manifest="batch.toml")
    assert (a.source, a.config.target, a.config.seed, a.config.budget, a.tags) == (
        "tables/a.csv", "y", 3, "quick", ("nightly", "eu"),
    )  # fmt: skip
    assert (b.name, flowers.name, flowers.source) == ("b", "flowers", "iris")
    assert (flowers.config.seed, flowers.config.card.owner, flowers.config.target) == (4, "botany", None)


def test_the_command_line_goes_before_the_manifest_and_that_before_the_file(home):
    Path("own.toml").write_text('seed = 1\ntask = "binary"\n[split]\ntest = 0.3\n')
    jobs = planned(manifest="batch.toml", options={"seed": 9, "budget": None}, config="own.toml")
    assert {job.config.seed for job in jobs} == {9}
    assert jobs[0].config.budget == "quick"
    assert (jobs[0].config.task, jobs[0].config.split.test, jobs[0].config_file) == ("binary", 0.3, "own.toml")


def test_targets_and_waivers_may_be_a_datasets_own(home):
    targets = '[dataset.targets]\naccuracy = ">= 0.9"\n'
    waiver = '[[dataset.waive]]\ncode = "x"\nreason = "y"\nby = "z"\nuntil = 2030-01-31\n'
    Path("batch.toml").write_text(MANIFEST + targets + waiver)
    a, _, flowers = planned(manifest="batch.toml")
    assert ([goal.name for goal in flowers.config.targets], len(flowers.config.waive)) == (["accuracy"], 1)
    assert not a.config.targets


def test_paths_in_a_manifest_start_from_its_folder(home, monkeypatch, tmp_path_factory):
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert planned(manifest=str(home / "batch.toml"))[0].source == str(home / "tables" / "a.csv")


def test_a_file_that_is_not_there_is_planned_and_fails_later(home):
    assert [job.source for job in planned("none.csv")] == ["none.csv"]


CARD = "[dataset.card]"
WRONG = {
    "unknown key": ('seed = 4', 'sed = 4', "line 13: there is no option 'sed'; known here: data, sql, query, schema, "),
    "unknown key of a table": ("owner", "ownr", "batch.toml, line 15: there is no option 'card.ownr'"),
    "unknown default": ("budget", "bugdet", "batch.toml, line 2: there is no option 'bugdet'"),
    "no sense": ("seed = 4", "seed = -4", "batch.toml, line 13: seed = -4 makes no sense"),
    "no data": ('data = "iris"', "", "batch.toml, line 10: of a [[dataset]], data = ..."),
    "tags": ('tags = ["nightly", "eu"]', 'tags = "eu"', "batch.toml, line 5: of a [[dataset]], tags"),
    "unknown table": ("[defaults]", "[default]", "batch.toml, line 1: there is no 'default'"),
    "no target": (CARD, f'[dataset.targets]\naccuracy = "high"\n{CARD}', "line 15: targets.accuracy = 'high'"),
    "half a waiver": (CARD, f'[[dataset.waive]]\ncode = "x"\n{CARD}', "line 14: a waiver needs code"),
    "not TOML": ('name = "flowers"', "name = ", "batch.toml is not valid TOML: Invalid value (at line 12"),
    "no file": ("tables/*.csv", "tables/*.tsv", "tables/*.tsv matches no file"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_manifest_that_makes_no_sense_is_one_sentence_with_its_line(home, case):
    old, new, words = WRONG[case]
    Path("batch.toml").write_text(MANIFEST.replace(old, new))
    with pytest.raises(ConfigError) as error:
        planned(manifest="batch.toml")
    assert words in str(error.value)
    assert "\n" not in str(error.value)


NAMESAKES = {
    "b": "iris would be called b, as tables/b.csv is; give it another name in a --manifest",
    "B": "iris would be called B, as tables/b.csv is (b); give it another name in a --manifest",
    "logs": "iris would be called logs, as a file of the batch is; give it another name in a --manifest",
}


@pytest.mark.parametrize("name", NAMESAKES)
def test_the_second_of_a_name_is_refused_and_goes_by_its_source(home, name):
    Path("batch.toml").write_text(MANIFEST.replace('name = "flowers"', f'name = "{name}"'))
    *kept, last = planned(manifest="batch.toml")
    assert (last.name, last.refused) == ("iris", NAMESAKES[name])
    assert [job.refused for job in kept] == [""] * len(kept)


def test_files_of_one_name_are_refused_but_for_the_first(home):
    Path("other").mkdir()
    Path("other/a.csv.gz").write_bytes(b"")
    first, second = planned("tables/a.csv", "other/a.csv.gz")
    assert (first.name, first.refused) == ("a", "")
    assert second.name == "other/a.csv.gz"
    assert second.refused.startswith("other/a.csv.gz would be called a, as tables/a.csv is;")


@pytest.mark.parametrize(
    ("data", "manifest", "options", "words"),
    [
        ((), None, {}, "name the tables"),
        (("iris",), "batch.toml", {}, "name the tables"),
        (("iris", "wine"), None, {"name": "x"}, "--name names one report, and this batch has 2"),
        ((), "none.toml", {}, "there is no manifest none.toml"),
    ],
)
def test_words_that_make_no_sense_are_refused(home, data, manifest, options, words):
    with pytest.raises(ConfigError, match=words):
        planned(*data, manifest=manifest, options=options)


def test_shards_part_a_batch_whatever_else_is_in_it():
    keys = [f"table_{number}" for number in range(400)]
    parts = [{key for key in keys if Shard(number, 4).holds(key)} for number in (1, 2, 3, 4)]
    assert sorted(key for part in parts for key in part) == sorted(keys)
    assert all(70 < len(part) < 130 for part in parts)
    assert read_shard("2/4") == Shard(2, 4)


@pytest.mark.parametrize("text", ["0/2", "3/2", "1", "a/b", "1/0", "-1/2"])
def test_a_shard_that_is_none_is_refused(text):
    with pytest.raises(ConfigError, match="--shard takes"):
        read_shard(text)


def test_the_built_in_tables_are_those_that_data_can_read():
    from reportgen.data.source import BUILT_IN as READ

    assert tuple(READ) == BUILT_IN
    assert [dataset_name(name) for name in BUILT_IN] == list(BUILT_IN)
