"""The arrays of examples/slurm and examples/kubernetes: the command that they run is run here, for every part."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.batch import stubs
from tests.batch.conftest import tables

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SLURM = ROOT / "examples" / "slurm" / "audits.sh"
JOB = ROOT / "examples" / "kubernetes" / "job.yaml"
STUBBED = """\
import functools
import reportgen.batch.command as command
from reportgen.cli import main
from tests.batch import stubs
command.batch = functools.partial(command.batch, work=stubs.stub)
main()
"""


def values(key: str) -> list[str]:
    """What the job says after a key, in the order of its lines."""
    return re.findall(rf"^ *(?:- )?{key}: (.+)$", JOB.read_text("utf-8"), flags=re.MULTILINE)


def environment() -> dict[str, str]:
    text = JOB.read_text("utf-8")
    return dict(re.findall(r'- name: ([A-Z]+)\n +value: "?([^"\n]+)', text))


def command_of_job() -> str:
    (line,) = re.findall(r"^ *- (exec reportgen .+)$", JOB.read_text("utf-8"), flags=re.MULTILINE)
    return line


@pytest.fixture
def shell(folder):
    """Run a command where `reportgen` is this one, with audits that train nothing."""
    tables(folder, "a", "b")
    (folder / "batch.toml").write_text('[[dataset]]\ndata = "*.csv"\n')
    tools = folder / "tools"
    tools.mkdir()
    (tools / "reportgen").write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "$PROGRAM" "$@"\n')
    (tools / "reportgen").chmod(0o755)
    path = {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "PROGRAM": STUBBED}
    given = {"MANIFEST": str(folder / "batch.toml"), "OUT": str(folder / "out")}

    def run(*words: str, parts: list[dict[str, str]]) -> list[tuple[int | None, str]]:
        """All parts at once, as an array does: how each ended, and what it complained of."""
        runs = [
            subprocess.Popen(
                words, cwd=folder, env=os.environ | path | given | part, stderr=subprocess.PIPE,
                stdout=subprocess.DEVNULL, text=True,
            )
            for part in parts
        ]  # fmt: skip
        said = [process.communicate(timeout=60)[1] for process in runs]
        return [(process.returncode, words) for process, words in zip(runs, said, strict=True)]

    return run


def test_every_task_of_the_slurm_array_does_its_part(shell, folder):
    names = {"SLURM_ARRAY_TASK_COUNT": "2", "SLURM_ARRAY_TASK_MIN": "1"}
    assert shell(str(SLURM), parts=[{"SLURM_ARRAY_TASK_ID": task, **names} for task in "12"]) == [(0, ""), (0, "")]
    check(folder)


def test_the_slurm_file_says_what_slurm_reads(folder):
    lines = SLURM.read_text("utf-8").splitlines()
    asked = [line.removeprefix("#SBATCH --") for line in lines if line.startswith("#SBATCH")]
    assert lines[0] == "#!/bin/bash"
    assert lines.index("#SBATCH --requeue") == len(asked), "Slurm stops to read at the first line of another kind"
    assert "array=1-4" in asked


def test_every_pod_of_the_job_does_its_part(shell, folder):
    parts = [{"JOB_COMPLETION_INDEX": index, "PARTS": "2"} for index in "01"]
    assert shell("/bin/sh", "-c", command_of_job(), parts=parts) == [(0, ""), (0, "")]
    check(folder)


def test_the_job_has_as_many_parts_as_pods():
    assert values("completions") == values("parallelism") == [environment()["PARTS"]]
    assert set(re.findall(r"\$\(?\(?([A-Z_]+)", command_of_job())) == {*environment(), "JOB_COMPLETION_INDEX"}
    assert values("completionMode") == ["Indexed"]


def test_the_job_is_yaml():
    yaml = pytest.importorskip("yaml")
    job = yaml.safe_load(JOB.read_text("utf-8"))
    (container,) = job["spec"]["template"]["spec"]["containers"]
    assert container["command"] == ["/bin/sh", "-c", command_of_job()]
    assert {one["name"]: one["value"] for one in container["env"]} == environment()


def check(folder: Path) -> None:
    """All parts together are the whole batch."""
    index = stubs.index(folder / "out")
    assert {name: one["status"] for name, one in index["datasets"].items()} == {"a": "done", "b": "done"}
    journals = sorted(path.name for path in (folder / "out" / ".reportgen").glob("*.jsonl"))
    assert journals == ["journal-1-of-2.jsonl", "journal-2-of-2.jsonl"]
    begun = [
        name
        for file in journals
        for name in re.findall(r'"running","key":"(\w+)"', (folder / "out" / ".reportgen" / file).read_text())
    ]
    assert sorted(begun) == ["a", "b"]
