import os

import pytest

from reportgen.model.runtime import hushed

TENSORFLOW = (
    b"WARNING: All log messages before absl::InitializeLog() is called\nI0000 00:00:17.1 9 cudart_stub.cc:31] no\n"
)


def test_only_what_tensorflow_says_is_held_back(capfd):
    with hushed():
        os.write(2, TENSORFLOW + b"the disk is full\n")
    assert capfd.readouterr().err == "the disk is full\n"


def test_standard_error_is_back_when_an_import_fails(capfd):
    with pytest.raises(ImportError, match="no such"), hushed():
        os.write(2, TENSORFLOW + b"libfoo.so is missing\n")
        raise ImportError("no such module")
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "libfoo.so is missing\nafter\n"
