"""One session for each Python, and one for everything that reads the code without running it."""

import nox

nox.options.sessions = ["lint", "tests"]
nox.options.reuse_existing_virtualenvs = True


@nox.session(python=["3.11", "3.12", "3.13"])
def tests(session: nox.Session) -> None:
    """Run the tests on one Python; words after `--` go to pytest."""
    _install(session)
    session.run("python", "-m", "pytest", "-n", "2", "--dist", "loadfile", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check format, lint, types and floors, as `make test` does before the tests."""
    _install(session)
    session.run("python", "-m", "ruff", "format", "--check", ".")
    session.run("python", "-m", "ruff", "check", ".")
    session.run("python", "-m", "mypy")
    session.run("lint-imports")


def _install(session: nox.Session) -> None:
    session.install("--constraint", "constraints.txt", "--upgrade", "pip")
    session.install("--constraint", "constraints.txt", "--editable", ".", "--group", "dev")
