"""What a plugin prints, apart from the data: to the byte, and without a trace afterwards."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from ganzoo.cli.apart import apart

CODE = """
import sys
from ganzoo.cli.apart import apart
sys.stdout.write("data before, ")
with apart():
    print("dirt of print")
    sys.__stdout__.write("dirt of the stream\\n")
sys.stdout.write("data after")
"""
BUFFERED = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}


def test_what_waits_to_be_written_stays_on_its_side() -> None:
    code = [sys.executable, "-c", CODE]
    said = subprocess.run(code, capture_output=True, text=True, check=True, env=BUFFERED)
    assert said.stdout == "data before, data after"
    assert sorted(said.stderr.splitlines()) == ["dirt of print", "dirt of the stream"]


@pytest.mark.parametrize("closed", ["1>&-", "2>&-", "1>&- 2>&-"])
def test_a_stream_that_is_closed_harms_nothing(closed: str) -> None:
    code = CODE.replace("sys.stdout.write(", "print(file=sys.stdout or sys.stderr, *[")
    code = code.replace('before, ")', 'before, "])').replace('after")', 'after"])')
    code = code.replace("    sys.__stdout__.write", "    if sys.__stdout__: sys.__stdout__.write")
    script = f'exec {closed}; exec "$0" -c "$1"'
    said = subprocess.run(
        ["sh", "-c", script, sys.executable, code], capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stderr
    assert "dirt" not in said.stdout


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="the system does not list files")
def test_no_file_stays_open() -> None:
    before = os.listdir("/proc/self/fd")
    for _ in range(3):
        with apart():
            pass
    assert len(os.listdir("/proc/self/fd")) == len(before)
