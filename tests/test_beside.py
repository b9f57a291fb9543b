"""The second process gives what this one would, or nothing; it ends with this one, however that ends."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from reportgen import api, beside
from reportgen.api import Published
from tests.runs import reportgen

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a process is forked on Linux alone")

ASKS = """
import json, operator, os, time
from reportgen import beside as module
from reportgen.beside import beside
os.sched_getaffinity = lambda _process: {0, 1}
with beside() as second:
    answers = [second.begin(operator.mul, 6, 7), second.begin(os.getpid), second.begin(operator.truediv, 1, 0)]
    answers += [second.begin(operator.add, "a", "b"), second.begin(lambda: 5)]
    answers += [second.begin(os._exit, 1), second.begin(operator.mul, 2, 3)]
    product, child, fault, word, unwritten, ended, unasked = [answer() for answer in reversed(answers)][::-1]
    pids = [child, os.getpid()]
print(json.dumps({"got": [product, fault, word, unwritten, ended, unasked], "pids": pids}))
"""


def python(script: str) -> str:
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stderr == ""
    return run.stdout


def lives(process: int) -> bool:
    """Whether it runs; one that has ended and waits to be fetched does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_answers_come_in_any_order_and_none_stands_for_what_failed() -> None:
    said = json.loads(python(ASKS))
    assert said["got"] == [42, None, "ab", None, None, None]
    child, own = said["pids"]
    assert child != own
    assert not lives(child)


@pytest.mark.parametrize(
    "setting",
    [
        "import os; os.sched_getaffinity = lambda _process: {0}",
        "import sys; sys.platform = 'darwin'",
        "import threading; threading.Thread(target=threading.Event().wait, daemon=True).start()",
    ],
    ids=["one core", "not on Linux", "threads"],
)
def test_there_is_none_where_it_would_have_no_core_or_be_unsafe(setting: str) -> None:
    script = "\nfrom reportgen.beside import beside\nwith beside() as second: print(second)"
    assert python(setting + script) == "None\n"


def test_a_large_answer_comes_whole_and_what_waits_to_be_shown_is_shown_once() -> None:
    script = """
    import os, sys
    from reportgen.beside import beside
    os.sched_getaffinity = lambda _process: {0, 1}
    sys.stdout.write("once ")
    with beside() as second:
        answer = second.begin(bytes, 10_000_000)
        shown = second.begin(print, "not at all")
        shown()
        print(len(answer()))
    """
    assert python(textwrap.dedent(script)) == "once 10000000\n"


def test_neither_process_waits_to_be_heard() -> None:
    script = """
    import os
    from reportgen.beside import beside
    os.sched_getaffinity = lambda _process: {0, 1}
    (held, release), (told, tell) = os.pipe(), os.pipe()
    with beside() as second:
        second.begin(os.read, held, 1)
        large = second.begin(len, bytes(5_000_000))
        answer = second.begin(bytes, 5_000_000)
        second.begin(os.write, tell, b"on")
        os.write(release, b"!")
        print(os.read(told, 2), large(), len(answer()))
    """
    assert python(textwrap.dedent(script)) == "b'on' 5000000 5000000\n"


def test_what_is_only_offered_is_done_where_nothing_else_waits() -> None:
    script = """
    import os, time
    from reportgen.beside import beside
    os.sched_getaffinity = lambda _process: {0, 1}
    (held, release), (told, tell) = os.pipe(), os.pipe()
    with beside() as second:
        second.offer(os.write, tell, b"idle")
        print(os.read(told, 4))
        second.begin(os.read, held, 1)
        second.offer(os.write, tell, b"busy")
        second.offer(os.truncate, 1, 2)
        last = second.begin(os.write, tell, b"last")
        while not second._questions.empty():
            time.sleep(0.01)
        time.sleep(0.2)
        os.write(release, b"!")
        last()
        print(os.read(told, 100))
    """
    assert python(textwrap.dedent(script)) == "b'idle'\nb'last'\n"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_it_ends_with_the_first_process(number: signal.Signals) -> None:
    script = """
    import os, time
    from reportgen.beside import beside
    os.sched_getaffinity = lambda _process: {0, 1}
    with beside() as second:
        print(second.begin(os.getpid)(), flush=True)
        second.begin(time.sleep, 60)()
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as run:
        assert run.stdout
        child = int(run.stdout.readline())
        assert lives(child)
        run.send_signal(number)
        run.wait(timeout=20)
        for _ in range(100):
            if not lives(child):
                return
            time.sleep(0.05)
    os.kill(child, signal.SIGKILL)
    pytest.fail("the second process lives on")


RUN = """
import os, sys
from reportgen import beside
from reportgen.cli import main
cores, beside.os.sched_getaffinity = set(range(int(sys.argv.pop(1)))), lambda _process: cores
forked, begin = beside._fork, beside.Beside.begin
beside._fork = lambda: print("forked") or forked()
beside.Beside.begin = lambda second, function, *given: print(function.__name__) or begin(second, function, *given)
main()
"""


@pytest.mark.slow
def test_a_report_has_the_same_bytes_with_and_without_it(tmp_path: Path) -> None:
    rows = [(i * 7 % 31, i * 5 % 17) for i in range(160)]
    table = "".join(f"{a},{b},{'yes' if a > b else 'no'}\n" for a, b in rows)
    (tmp_path / "table.csv").write_text(f"a,b,y\n{table}")
    (tmp_path / "reportgen.toml").write_text("[model]\nepochs = 3\n[refits]\ncount = 0\n[learning_curve]\ndraws = 2\n")
    said = {}
    for cores in ("1", "2"):
        command = [sys.executable, "-c", RUN, cores, "run", "table.csv", "--config", "reportgen.toml", "--out", cores]
        run = subprocess.run([*command, "--quiet"], cwd=tmp_path, capture_output=True, text=True, check=True)
        assert run.stderr == ""
        said[cores] = run.stdout.split()
    asked = ["_on_threads", "learn_less_apart", "warm_up", *["_on_threads"] * 4, "to_pdf"]
    assert said == {"1": [], "2": ["forked", *asked]}
    for file in ("report.json", "report.html", "report.pdf", "model.keras"):
        assert (tmp_path / "2" / file).read_bytes() == (tmp_path / "1" / file).read_bytes(), file


def test_a_command_inside_a_program_forks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "_fork", lambda: pytest.fail("forked"))
    monkeypatch.setattr(api, "publish", lambda *_given: Published("done", False, None))
    assert reportgen("run", "iris").status == 0
