"""How the command line ends: one sentence, one exit status, and nothing left half-written."""

import os
import sys
import traceback
import unicodedata
from collections.abc import Callable
from types import FrameType
from typing import Any

import typer

from reportgen.errors import ReportgenError
from reportgen.output import abandon

INTERRUPTED = "interrupted; nothing was left half-written"
TOO_LARGE = (
    "the audit would take more memory than it may{}; draw fewer rows with --max-rows, or allow more with --memory"
)


def stop(stderr: int, _signal: int, _frame: FrameType | None) -> None:
    """Clear up and leave at once: an exception would be swallowed where a library calls back, or end its import oddly.

    Written straight to the file, since the interrupted line may itself be writing; to a copy of stderr, since
    TensorFlow's own start is kept quiet by closing the door in front of it.
    """
    if not abandon():
        return
    if sys.stdout and sys.stdout.isatty():
        os.write(sys.stdout.fileno(), b"\r\x1b[K\x1b[?25h")  # the spinner's line goes, the cursor comes back
    os.write(stderr, f"reportgen: {INTERRUPTED}\n".encode())
    os._exit(130)


def leave(stderr: int | None, limit: int | None) -> None:
    """Leave at once, before the system ends what takes more memory than there is: with one sentence, and cleared up."""
    from reportgen.memory import held_whole  # noqa: PLC0415

    if not abandon():
        return
    if stderr is not None:
        words = held_whole() or TOO_LARGE.format(f" ({(limit or 0) / 1e9:.3g} GB)")
        os.write(stderr, f"reportgen: {words}\n".encode())
    os._exit(2)


def status_of(command: Callable[..., Any]) -> int:
    """Run a command to its exit status; whatever went wrong is said in one sentence."""
    try:
        return int(command(prog_name="reportgen", standalone_mode=False) or 0)
    except ReportgenError as error:
        return _say(f"{error}", 2)
    except MemoryError:
        return _say(TOO_LARGE.format(""), 2)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        return _usage_or_fault(error)


def _usage_or_fault(error: Exception) -> int:
    if type(error).__name__ == "NoArgsIsHelpError":
        typer.echo(error.ctx.get_help())  # type: ignore[attr-defined]
        return 2
    message = getattr(error, "format_message", None)
    if message is not None:
        return _say(f"{message()} (see reportgen --help)", 2)
    traceback.print_exc()
    return _say(f"a fault of its own: {type(error).__name__}; please report it with the lines above", 3)


def _say(sentence: str, status: int) -> int:
    typer.echo(f"reportgen: {''.join(_seen(letter) for letter in ' '.join(sentence.split()))}", err=True)
    return status


def _seen(letter: str) -> str:
    """A control would act on the terminal, and a mark that turns text around would deceive: both are named."""
    return f"[U+{ord(letter):04X}]" if unicodedata.category(letter) in ("Cc", "Cf", "Cs") else letter
