"""Runs the command line inside this process, as a user's shell would see it."""

import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from unittest.mock import patch

import typer

from reportgen.cli import app
from reportgen.cli.leaving import status_of


@dataclass(frozen=True)
class Run:
    """What a command left: its exit status and what it printed."""

    status: int
    out: str
    err: str


def reportgen(*words: str) -> Run:
    """Run one command; nothing but its own prints is caught."""
    out, err = StringIO(), StringIO()
    with patch.object(sys, "argv", ["reportgen", *words]), redirect_stdout(out), redirect_stderr(err):
        status = status_of(typer.main.get_command(app))
    return Run(status, out.getvalue(), err.getvalue())
