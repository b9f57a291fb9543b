"""What an audit hangs on beside its table: versions, the seed, and the command that makes it again."""

import platform
import shlex
from importlib.metadata import version

from reportgen import __version__
from reportgen.config import Config
from reportgen.data import Dataset
from reportgen.document import Environment

LIBRARIES = ("tensorflow", "keras", "scikit-learn", "numpy", "pandas", "scipy", "matplotlib", "jinja2", "weasyprint")


def environment_of(dataset: Dataset, config: Config, config_file: str | None) -> Environment:
    """The versions, the seed, the system and the command of an audit."""
    versions = {"reportgen": __version__, "python": platform.python_version()}
    versions |= {library: version(library) for library in LIBRARIES}
    system = f"{platform.system()} {platform.machine()}"
    return Environment(
        versions=versions, seed=config.seed, platform=system, command=command(dataset, config, config_file)
    )


def command(dataset: Dataset, config: Config, config_file: str | None) -> str:
    """The command that makes these numbers again; where they are written and in which language is left out."""
    if dataset.reading.format == "data frame":
        threads = f", threads={config.threads}" if config.threads != Config().threads else ""
        return f"audit(frame, target={dataset.task.target!r}, seed={config.seed}{threads})"
    words = ["reportgen", "run", dataset.source, "--target", dataset.task.target, "--seed", str(config.seed)]
    return shlex.join([*words, *_given("config", config_file), *_reading(config), *_choices(config), *_columns(config)])


def _reading(config: Config) -> list[str]:
    """How the table is read, where it was said."""
    named = [word for option in ("sheet", "table", "sql") for word in _given(option, getattr(config.reading, option))]
    return named + _given("max-rows", config.reading.max_rows, Config().reading.max_rows)


def _choices(config: Config) -> list[str]:
    """What was chosen otherwise than it is by itself."""
    usual = Config()
    options = ("test", "name", "task", "budget", "threads")
    words = [word for option in options for word in _given(option, getattr(config, option), getattr(usual, option))]
    return words + (["--exclude-leaks"] if config.exclude_leaks else [])


def _columns(config: Config) -> list[str]:
    """The columns that have a part of their own, and the rows to explain."""
    named = {option: getattr(config, option) for option in ("drop", "protected", "group", "time")}
    every = {**named, "explain-row": config.explain_rows}
    return [word for option, values in every.items() for value in values for word in (f"--{option}", str(value))]


def _given(option: str, value: object, usual: object = None) -> list[str]:
    return [f"--{option}", str(value)] if value and value != usual else []
