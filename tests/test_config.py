"""reportgen.toml and options: what is laid over what, and what a wrong line is answered with."""

import tomllib
from pathlib import Path

import pytest

from reportgen.config import Config, load_config
from reportgen.errors import ConfigError
from reportgen.records.card import Card

WAIVER = """[[waive]]
code = "id_column"
reason = "known"
by = "Ada"
until = 2027-01-31
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "reportgen.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_defaults_without_a_file() -> None:
    assert load_config(None, {}) == Config()


def test_options_lie_over_the_file_and_the_file_over_defaults(tmp_path: Path) -> None:
    path = write(tmp_path, 'target = "y"\nseed = 3\nlang = "zh"\n[card]\nowner = "Ada"\n[model]\nhidden = [8, 4]\n')
    config = load_config(path, {"seed": 7, "target": None, "drop": ()})
    assert config == Config(
        target="y",
        seed=7,
        lang="zh",
        card=Card(owner="Ada"),
        model={"hidden": (8, 4)},  # type: ignore[arg-type]
    )


def test_costs_are_a_pair_of_which_one_may_be_left_out(tmp_path: Path) -> None:
    assert Config().costs.pair is None
    assert load_config(write(tmp_path, "[costs]\nfalse_negative = 5.0\n"), {}).costs.pair == (1.0, 5.0)
    assert load_config(write(tmp_path, "[costs]\nfalse_positive = 2\nfalse_negative = 3\n"), {}).costs.pair == (
        2.0,
        3.0,
    )


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[costs]\nfalse_negative = 0\n", 2, "costs.false_negative = 0 makes no sense"),
        ('target = "y"\ntagret = "z"\n', 2, "there is no option 'tagret'"),
        ('[card]\nowner = "A"\n\n[model]\nlayers = 3\n', 5, "there is no option 'model.layers'"),
        ("[model]\nlearning_rate = -1\n", 2, "model.learning_rate = -1 makes no sense"),
        ('seed = "x"\n', 1, "seed = 'x' makes no sense"),
        ("[nonsense]\na = 1\n", 1, "there is no option 'nonsense'"),
        ("model.hiden = 3\n", 1, "there is no option 'model.hiden'"),
        ('[card]\nseed = 1\n[split]\n"test" = 0.3\n', 2, "there is no option 'card.seed'"),
        ('[split]\n"test" = 0.9\n', 2, "split.test = 0.9 makes no sense"),
        ("seed = 1\nthreads = 0\n", 2, "threads = 0 makes no sense"),
        ("threads = 65\n", 1, "threads = 65 makes no sense"),
        ('[model]\nkind = "forest"\n', 2, "model.kind = 'forest' makes no sense"),
        ("[model]\nhidden = [8, 0]\n", 2, "model.hidden.1 = 0 makes no sense"),
        ("[model]\nmembers = 65\n", 2, "model.members = 65 makes no sense"),
        ('[model]\nembedding = "fourier"\n', 2, "model.embedding = 'fourier' makes no sense"),
        ("[model]\nbins = 1\n", 2, "model.bins = 1 makes no sense"),
        ('[model]\nloss = "hinge"\n', 2, "model.loss = 'hinge' makes no sense"),
        ('[targets]\naccuracy = ">= abc"\n', 2, "targets.accuracy = '>= abc' makes no sense: write a sign"),
        ("[targets]\nrows = 500\n", 2, "targets.rows = 500 makes no sense: write a sign"),
        ('[targets]\n\nunfair_gap."a.b" = "5"\n', 3, "targets.unfair_gap.a.b = '5' makes no sense"),
        ('[targets]\nrows = ">= 1e999"\n', 2, "targets.rows = '>= 1e999' makes no sense"),
        ('targets_not_shown = "ignore"\n', 1, "targets_not_shown = 'ignore' makes no sense"),
        (WAIVER + WAIVER.replace("reason", "why"), 6, "a waiver needs code, reason, by (who answers"),
        (WAIVER + 'colums = ["x"]\n', 1, "there is no option 'waive.colums'; known here: reason, by, until, code, col"),
        (WAIVER + 'place = "x"\n', 1, "there is no option 'waive.place'"),
        (WAIVER + 'columns = "x"\n', 1, "waive.columns = 'x' makes no sense"),
        (WAIVER.replace('"Ada"', '" "'), 1, "waive.by = ' ' makes no sense"),
        (WAIVER.replace("2027-01-31", '"soon"'), 1, "waive.until = 'soon' makes no sense"),
        (WAIVER.replace("2027-01-31", "0"), 1, "waive.until = 0 makes no sense"),
        ('seed = 1\nwaive = [{code = "x"}]\n', 2, "a waiver needs code, reason, by (who answers"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, text: str, line: int, words: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load_config(path, {})
    assert f"line {line}: {words}" in str(caught.value)


def test_unknown_options_name_the_known_ones_of_their_table(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"known here: validation, test, find_groups, find_time$"):
        load_config(write(tmp_path, "[split]\ntrain = 0.5\n"), {})


def test_broken_toml_says_where(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"not valid TOML: .*line 1"):
        load_config(write(tmp_path, "target = \n"), {})


@pytest.mark.parametrize(
    ("asked", "op", "bound"),
    [
        ("≥ 90%", ">=", 0.9),
        ("<=.5", "<=", 0.5),
        (" > -1e-3 ", ">", -0.001),
        ("< 1_000", "<", 1000.0),
        ("<= 7%", "<=", 0.07),
    ],
)
def test_targets_are_a_sign_and_a_number(tmp_path: Path, asked: str, op: str, bound: float) -> None:
    (goal,) = load_config(write(tmp_path, f'[targets]\naccuracy = "{asked}"\n'), {}).targets
    assert (goal.name, goal.op, goal.bound, goal.asked) == ("accuracy", op, bound, asked.strip())


def test_targets_and_waivers_survive_the_manifest(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, f'[targets]\nrecall.a = [">= 0.5", "< 1"]\n{WAIVER}'), {"seed": 2})
    again = Config.model_validate(config.model_dump(mode="json"))
    assert again.model_dump() == config.model_dump()
    assert [goal.name for goal in again.targets] == ["recall.a", "recall.a"]
    assert "place" not in config.model_dump_json()


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no configuration file"):
        load_config(tmp_path / "none.toml", {})


def test_a_wrong_option_without_a_file() -> None:
    with pytest.raises(ConfigError, match="option budget = 'lavish' makes no sense"):
        load_config(None, {"budget": "lavish"})


def test_threads_decide_last_digits_and_so_belong_to_the_settings(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, "threads = 4\n"), {})
    assert (config.threads, config.settings.threads, Config().threads) == (4, 4, 1)
    assert load_config(write(tmp_path, "threads = 4\n"), {"threads": 1}).threads == 1


def test_every_setting_of_the_network_can_be_written_down(tmp_path: Path) -> None:
    text = """[model]
kind = "article"
members = 8
embedding = "piecewise"
bins = 48
embedding_width = 12
hidden = [64, 32]
loss = "huber"
class_weights = "balanced"
calibrate = false
schedule = "cosine"
learning_rate = 0.002
weight_decay = 0.0
dropout = 0.2
batch = 128
epochs = 40
patience = 9
"""
    config = load_config(write(tmp_path, text), {})
    assert config.model.model_dump(mode="json") == tomllib.loads(text)["model"]
    assert set(tomllib.loads(text)["model"]) == set(type(config.model).model_fields)


def test_settings_leave_out_what_decides_no_number() -> None:
    settings = Config(
        target="y", lang="zh", format=("html",), fail_on="warning", card=Card(owner="A"), targets={"rows": "> 1"}
    ).settings
    assert settings == Config(target="y").settings
    assert (
        set(type(settings).model_fields) & {"lang", "format", "fail_on", "templates", "card", "targets", "waive"}
        == set()
    )
