"""What commands show and print when a plugin misbehaves while it is used."""

from __future__ import annotations

import re
from pathlib import Path

import odd_plugin
import pytest
from conftest import Forks, Result

PLUGIN = ("--plugin", odd_plugin.__file__)
SETS = (
    "threads=1", "batch_size=16", "samples=16", "log_every=5", "sample_every=20",
    "checkpoint_every=10", "steps=6",
)  # fmt: skip
TRAIN = (
    "train", "odd-model", "--loss", "odd-loss", "--penalty", "odd-penalty", "--dataset", "odd-data",
    *(f"--set={each}" for each in SETS),
)  # fmt: skip
QUIET = (*TRAIN, "--out", "new", "-q")


def trained(forked: Forks, at: str, do: str, *args: str, before: tuple[str, ...] = ()) -> Result:
    command = [*PLUGIN, *before, *QUIET, *args]
    return forked(*command, ODD_AT=at, ODD_DO=do, GANZOO_TRACEBACK="")


LEAVING = {
    "sys.exit(0)": "SystemExit: 0",
    "sys.exit(3)": "SystemExit: 3",
    "sys.exit('leaving')": "SystemExit: leaving",
    "import typer; raise typer.Exit(0)": "Exit: 0",
    "raise BrokenPipeError(32, 'pipe')": r"BrokenPipeError: \[Errno 32\] pipe",
    "raise ValueError('broken inside')": "ValueError: broken inside",
    "raise ValueError('[red]\\n\\n  two [/]')": r"ValueError: \[red\] two \[/\]",
    "exec('class E(Exception):\\n def __str__(self): 1/0\\nraise E')": "E: <exception str.*",
}


@pytest.mark.parametrize("do", LEAVING)
def test_an_error_in_a_loss_is_one_line(forked: Forks, do: str) -> None:
    failed = trained(forked, "generator", do)
    assert (failed.status, failed.out) == (1, "")
    told = rf"Error: loss odd-loss \(odd_plugin\.py:\d+\) failed: {LEAVING[do]} "
    assert re.fullmatch(told + r"\(traceback: new/error\.txt\)\n", failed.err), failed.err
    assert forked("runs", "--json", "new").json[0]["status"] == "failed"
    assert Path("new/error.txt").read_text().startswith("Traceback")


@pytest.mark.parametrize("place", ["build", "load", "penalty", "constrain", "sample"])
def test_leaving_from_anywhere_is_an_error(forked: Forks, place: str) -> None:
    kind = odd_plugin.PLACES[place]
    failed = trained(forked, place, "sys.exit(0)")
    failed.refused(1, f"{kind} odd-{'data' if kind == 'dataset' else kind} (odd_plugin.py:")
    assert len(failed.err.splitlines()) == 1
    hint = "new/error.txt" if Path("new").exists() else "ganzoo --traceback ..."
    assert failed.err.endswith(f"failed: SystemExit: 0 (traceback: {hint})\n")


def test_a_text_of_megabytes_is_cut(forked: Forks) -> None:
    failed = trained(forked, "generator", "raise ValueError('x' * 3_000_000)").refused(1, "xxx ...")
    assert len(failed.err) < 1000
    assert "x" * 3_000_000 in Path("new/error.txt").read_text()


@pytest.mark.parametrize("how", ["option", "environment"])
def test_the_whole_traceback_is_shown_if_wanted(forked: Forks, how: str) -> None:
    option = ("--traceback",) if how == "option" else ()
    env = {} if option else {"GANZOO_TRACEBACK": "1"}
    env |= {"ODD_AT": "load", "ODD_DO": "raise KeyError('x')"}
    failed = forked(*option, *PLUGIN, *QUIET, **env)
    assert failed.status == 1
    assert failed.err.startswith("Traceback (most recent call last):\n")
    assert "in load\n    now(" in failed.err
    told = r"Error: dataset odd-data \(odd_plugin\.py:\d+\) failed: KeyError: 'x'"
    assert re.fullmatch(told, failed.err.splitlines()[-1])
    refused = forked(*option, "train", "nosuch", **env)
    assert refused.status == 2
    assert "Traceback" in refused.err


def test_a_fault_of_ganzoo_itself_says_so(forked: Forks) -> None:
    before = "import ganzoo.engine.rounds as r\nr.Rounds.play = lambda *_: 1 / 0"
    failed = forked(*PLUGIN, *QUIET, before=before)
    assert (failed.status, failed.out) == (1, "")
    assert failed.err.startswith("Traceback")
    told = "Error: ganzoo itself failed: ZeroDivisionError: division by zero. Please report it with"
    assert failed.err.splitlines()[-1].startswith(told)
    assert "ZeroDivisionError" in Path("new/error.txt").read_text()


DIRT = {
    "print": "print('DIRT')",
    "the file descriptor": "os.write(1, b'DIRT')",
    "another program": "os.system('echo DIRT')",
    "the first stdout": "sys.__stdout__.write('DIRT')",
}


@pytest.mark.parametrize("how", DIRT)
def test_what_plugins_print_in_any_way_is_not_data(forked: Forks, how: str) -> None:
    for place in ("load", "build", "generator", "watch", "measure"):
        args = ("--observer", "odd-observer", "--metric", "odd-metric", "--evaluate-every", "5")
        out = f"new-{place}"
        command = [*PLUGIN, *TRAIN, *args, "-q", "--out", out]
        done = forked(*command, ODD_AT=place, ODD_DO=DIRT[how]).ok()
        assert done.out == f"{out}\n"
        assert "DIRT" in done.err


def test_other_commands_print_data_alone(forked: Forks) -> None:
    trained(forked, "", "").ok()
    dirt = "; ".join(DIRT.values())
    sampled = forked(*PLUGIN, "sample", "new", ODD_AT="sample", ODD_DO=dirt).ok()
    assert re.fullmatch(r"new/sample\S+\n", sampled.out)
    metric = ("--metric", "odd-metric", "--json")
    scored = forked(*PLUGIN, "evaluate", "new", *metric, ODD_AT="against", ODD_DO=dirt).ok()
    assert scored.json[0]["scores"] == {"odd-metric.good": 1.0}
    assert "DIRT" in sampled.err
    assert "DIRT" in scored.err
    told = r"Error: model odd-model \(odd_plugin\.py:\d+\) failed: SystemExit: 0 \(traceback.*\n"
    failed = forked(*PLUGIN, "sample", "new", ODD_AT="sample", ODD_DO="sys.exit(0)")
    assert (failed.status, failed.out) == (1, "")
    assert re.fullmatch(told, failed.err)


WARNINGS = {
    "other texts": "[warnings.warn(f'w{i}') for i in range(5000)]",
    "one text": "warnings.simplefilter('always'); [warnings.warn('w') for i in range(5000)]",
    "long texts": "[warnings.warn(f'{i}' + 'w' * 1000) for i in range(5000)]",
}


@pytest.mark.parametrize("how", WARNINGS)
def test_many_warnings_are_counted(forked: Forks, how: str) -> None:
    told = trained(forked, "load", WARNINGS[how]).ok().err
    assert told.count("UserWarning: ") == 3
    assert "4,997 more warnings" in told
    assert len(told) < 5000


def test_many_log_records_are_counted(forked: Forks) -> None:
    do = "[logging.getLogger('ganzoo').warning('w%d', i) for i in range(5000)]"
    told = trained(forked, "load", do).ok().err.splitlines()
    assert told[:3] == ["w0", "w1", "w2"]
    assert told[3:] == ["<string>: 4,997 more warnings"]


def test_a_different_state_in_every_round_is_told_once(forked: Forks) -> None:
    told = trained(forked, "constrain", "torch.set_default_dtype(torch.float64)").ok().err
    line = "loss odd-loss (odd_plugin.py) changed torch's default dtype. ganzoo has put it back.\n"
    assert told == line
