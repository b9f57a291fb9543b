"""reportgen.toml and options: what is laid over what, and what a wrong line is answered with."""

from pathlib import Path

import pytest

from reportgen.config import Config, load_config
from reportgen.errors import ConfigError
from reportgen.records.card import Card


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


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('target = "y"\ntagret = "z"\n', 2, "there is no option 'tagret'"),
        ('[card]\nowner = "A"\n\n[model]\nlayers = 3\n', 5, "there is no option 'model.layers'"),
        ("[model]\nlearning_rate = -1\n", 2, "model.learning_rate = -1 makes no sense"),
        ('seed = "x"\n', 1, "seed = 'x' makes no sense"),
        ("[nonsense]\na = 1\n", 1, "there is no option 'nonsense'"),
        ("model.hiden = 3\n", 1, "there is no option 'model.hiden'"),
        ('[card]\nseed = 1\n[split]\n"test" = 0.3\n', 2, "there is no option 'card.seed'"),
        ('[split]\n"test" = 0.9\n', 2, "split.test = 0.9 makes no sense"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, text: str, line: int, words: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load_config(path, {})
    assert f"line {line}: {words}" in str(caught.value)


def test_unknown_options_name_the_known_ones_of_their_table(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"known here: validation, test$"):
        load_config(write(tmp_path, "[split]\ntrain = 0.5\n"), {})


def test_broken_toml_says_where(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"not valid TOML: .*line 1"):
        load_config(write(tmp_path, "target = \n"), {})


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no configuration file"):
        load_config(tmp_path / "none.toml", {})


def test_a_wrong_option_without_a_file() -> None:
    with pytest.raises(ConfigError, match="option budget = 'lavish' makes no sense"):
        load_config(None, {"budget": "lavish"})


def test_settings_leave_out_what_decides_no_number() -> None:
    settings = Config(target="y", lang="zh", format=("html",), fail_on="warning", card=Card(owner="A")).settings
    assert settings == Config(target="y").settings
    assert set(type(settings).model_fields) & {"lang", "format", "fail_on", "templates", "card"} == set()
